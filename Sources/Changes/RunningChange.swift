import Redis

/// A change that is being applied: under which operation it is recorded, what it holds, and how it is held back.
public struct RunningChange: Sendable {
  /// The operation as the history has it.
  public let id: OperationID
  /// The lock in Redis; nil for a change that needs none there.
  public let lock: RedisLock?
  public var control: ChangeControl

  public init(_ id: OperationID, lock: RedisLock? = nil, control: ChangeControl = ChangeControl()) {
    self.id = id
    self.lock = lock
    self.control = control
  }

  /// The same change at another pace.
  public func paced(unitsPerSecond: Double?) -> RunningChange {
    var change = self
    change.control.unitsPerSecond = unitsPerSecond
    return change
  }
}
