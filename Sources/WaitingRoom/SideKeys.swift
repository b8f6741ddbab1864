/// Keys that a service keeps beside its queue, and that usher keeps in step.
public struct SideKeys: Equatable, Sendable {
  /// Keys of one person with `{token}` in them, as `token:info:{token}`: they go away with a removed person and come back with the undo.
  public var perToken: [String] = []
  /// A string key that counts the waiting; nil if the service has none.
  public var waitingCounter: String?
  /// A string key that counts the active.
  public var activeCounter: String?
  /// A string key that the service looks at before it admits: while it exists, it admits nobody.
  public var pauseFlag: String?

  public init(
    perToken: [String] = [], waitingCounter: String? = nil, activeCounter: String? = nil,
    pauseFlag: String? = nil
  ) {
    self.perToken = perToken
    self.waitingCounter = waitingCounter
    self.activeCounter = activeCounter
    self.pauseFlag = pauseFlag
  }
}
