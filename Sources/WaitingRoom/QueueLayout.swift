import Failures
import Redis

/// How one service keeps one queue in Redis: the waiting room's key and score, and the form of what it calls active.
public struct QueueLayout: Sendable {
  /// What usher calls the queue.
  public var name: String
  /// A sorted set; the lowest score goes first, and equal scores go by the member's bytes.
  public var waitingKey: String
  public var score: ScoreMeaning
  public var active: any ActiveForm
  /// How many may be active at once; nil when the service has no such number.
  public var capacity: Int?
  /// What is kept in step beside the two; nothing unless set.
  public var sideKeys = SideKeys()

  /// Fails with `configuration` where a layout contradicts itself.
  public init(
    name: String, waitingKey: String, score: ScoreMeaning = .arrivalMilliseconds, active: any ActiveForm,
    capacity: Int? = nil
  ) throws {
    guard !waitingKey.isEmpty, !active.key.isEmpty else {
      throw Failure(.configuration, "queue \"\(name)\" needs the keys of its waiting and its active people")
    }
    guard waitingKey != active.key else {
      throw Failure(
        .configuration, "queue \"\(name)\" keeps waiting and active people under one key, \"\(waitingKey)\"")
    }
    self.name = name
    self.waitingKey = waitingKey
    self.score = score
    self.active = active
    self.capacity = capacity
  }
}

/// What a waiting person's score says.
public enum ScoreMeaning: String, CaseIterable, Sendable {
  case arrivalMilliseconds = "arrival-ms"
  case arrivalSeconds = "arrival-s"
  /// A running number: it gives the order, and no time.
  case counter

  /// How long somebody with this score has waited at `now`, in milliseconds; nil where the score cannot tell.
  func wait(score: Double, nowMilliseconds: Int) -> Int? {
    let arrival: Double
    switch self {
    case .arrivalMilliseconds: arrival = score
    case .arrivalSeconds: arrival = score * 1000
    case .counter: return nil
    }
    let wait = Double(nowMilliseconds) - arrival
    // A wait of ten years is a score of another meaning, and no wait.
    guard wait.isFinite, abs(wait) < 10 * 365 * 86_400_000 else { return nil }
    return Int(wait.rounded(.down))
  }
}
