import Failures
import Redis

/// How one service keeps one queue in Redis: the waiting room's key and score, and the form of what it calls active.
public struct QueueLayout: Sendable {
  /// What usher calls the queue.
  public var name: String
  /// A sorted set; the lowest score goes first, and equal scores go by the member's bytes.
  public var waitingKey: String
  public var score: ScoreMeaning
  /// How long a place in line lasts, where scores are expiries; nil if that is not known.
  public var waitingLifetimeMilliseconds: Int?
  /// What a member of the waiting room is made of.
  public var member: MemberForm
  public var active: any ActiveForm
  /// How many may be active at once; nil when the service has no such number.
  public var capacity: Int?
  public var sideKeys: SideKeys

  /// Fails with `configuration` where a layout contradicts itself.
  public init(
    name: String, waitingKey: String, score: ScoreMeaning = .arrivalMilliseconds,
    waitingLifetimeMilliseconds: Int? = nil, member: MemberForm = .token, active: any ActiveForm, capacity: Int? = nil,
    sideKeys: SideKeys = SideKeys()
  ) throws {
    guard !waitingKey.isEmpty, !active.key.isEmpty else {
      throw Failure(.configuration, "queue '\(name)' needs a key for waiting people and a key for active users")
    }
    guard waitingKey != active.key else {
      throw Failure(
        .configuration, "queue '\(name)' has one key for waiting people and active users, '\(waitingKey)'")
    }
    self.name = name
    self.waitingKey = waitingKey
    self.score = score
    self.waitingLifetimeMilliseconds = waitingLifetimeMilliseconds
    self.member = member
    self.active = active
    self.capacity = capacity
    self.sideKeys = sideKeys
  }
}
