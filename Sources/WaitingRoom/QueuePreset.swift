import Failures

/// The shapes that cover most services, by the names that a config file uses.
public enum QueuePreset: String, CaseIterable, Sendable {
  /// A set of active tokens, with one time to live for the whole key.
  case setTTL = "set-ttl"
  /// A sorted set of active tokens, scored with each one's expiry.
  case zsetExpiry = "zset-expiry"
  /// A sorted set of active tokens, scored with each one's admission.
  case proceedZset = "proceed-zset"
  /// One string key an active token, each with its own time to live.
  case keyPerToken = "key-per-token"

  /// The layout of this shape; `activeTTL` is how long an admission holds, nil for ever where the shape allows that.
  public func layout(
    name: String, waiting: String, active: String, activeTTL: Duration?, score: ScoreMeaning = .arrivalMilliseconds,
    capacity: Int? = nil
  ) throws -> QueueLayout {
    let lifetime = try activeTTL.map { try milliseconds($0, queue: name) }
    func needed() throws -> Int {
      guard let lifetime else {
        throw Failure(
          .configuration, "queue \"\(name)\" needs active-ttl: with \(rawValue) an admission ends by it",
          hints: ["add `active-ttl: 300s` to the queue"])
      }
      return lifetime
    }
    let form: any ActiveForm =
      switch self {
      case .setTTL: WholeKeySet(key: active, lifetimeMilliseconds: try needed())
      case .zsetExpiry: ExpirySet(key: active, lifetimeMilliseconds: try needed())
      case .proceedZset: AdmissionTimeSet(key: active, lifetimeMilliseconds: lifetime)
      case .keyPerToken: KeyPerToken(prefix: active, lifetimeMilliseconds: try needed())
      }
    return try QueueLayout(name: name, waitingKey: waiting, score: score, active: form, capacity: capacity)
  }

  private func milliseconds(_ duration: Duration, queue: String) throws -> Int {
    let milliseconds = duration / .milliseconds(1)
    guard milliseconds >= 1, milliseconds < 1e15 else {
      throw Failure(.configuration, "queue \"\(queue)\" has an active-ttl that is no time to live")
    }
    return Int(milliseconds)
  }
}
