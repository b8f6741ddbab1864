import Failures
import Text

/// The prose: every reason in the user's words, with the exit status and the way on.
extension RedisError: FailureConvertible {
  public var failure: Failure {
    let place = target.map { "Redis at \($0)" } ?? "Redis"
    let work = command ?? "a command"
    switch reason {
    case .badAddress(let text, let hints): return Failure(.configuration, text, hints: hints)
    case .cannotConnect(let cause):
      return Failure(.unavailable, "cannot reach \(place)", causes: [cause], hints: [Self.reachHint])
    case .connectTimedOut(let limit):
      return Failure(
        .unavailable, "cannot reach \(place) (timed out after \(limit.shortText))", hints: [Self.reachHint])
    case .commandTimedOut(let limit):
      return Failure(
        .unavailable, "\(place) did not answer \(work) within \(limit.shortText)",
        hints: ["see slow commands with `redis-cli SLOWLOG GET 10`"])
    case .connectionLost(let cause):
      return Failure(
        .unavailable, "lost the connection to \(place) during \(work)", causes: [cause], hints: [Self.reachHint])
    case .interrupted: return Failure(.interrupted, "interrupted while waiting for \(place)")
    case .server(let error): return Self.failure(error, place: place, work: work, keys: keys)
    case .notRedis(let cause):
      return Failure(.unavailable, "\(place) does not speak Redis's protocol", causes: [cause], hints: [Self.reachHint])
    case .unexpectedReply(let wanted, let found):
      return Failure(.failed, "\(place) answered \(work) with \(found) where \(wanted) was expected")
    }
  }

  private static let reachHint = "check USHER_REDIS, or run `usher doctor`"

  private static func failure(_ error: RedisServerError, place: String, work: String, keys: [RedisArgument]) -> Failure
  {
    let causes = [error.message.escapingControls]
    func refused(_ message: String, _ hints: String...) -> Failure {
      Failure(.refused, message, causes: causes, hints: hints)
    }
    switch error.code {
    case "NOAUTH":
      return refused("\(place) requires a password", "set USHER_REDIS=redis://USER:PASSWORD@HOST:PORT")
    case "WRONGPASS": return refused("\(place) does not accept the user or the password", "check USHER_REDIS")
    case "NOPERM": return refused("\(place) does not allow \(work) to this user", "see `redis-cli ACL WHOAMI`")
    case "DENIED": return refused("\(place) accepts no connections from here")
    case "READONLY":
      return refused("\(place) is a read-only replica", "find its primary with `redis-cli INFO replication`")
    case "WRONGTYPE": return Failure(.badInput, wrongTypeMessage(keys, work: work), causes: causes)
    case "LOADING", "BUSY", "TRYAGAIN", "MASTERDOWN", "CLUSTERDOWN", "NOREPLICAS":
      return Failure(.tryAgain, "\(place) cannot do \(work) now", causes: causes, hints: ["try again in a moment"])
    case "OOM":
      return Failure(
        .failed, "\(place) is out of memory for \(work)", causes: causes,
        hints: [
          "compare used_memory with maxmemory in `redis-cli INFO memory`",
          "make room with `usher cache evict NAME`, which works on a full server too",
        ])
    case "MISCONF":
      return Failure(
        .failed, "\(place) refuses writes because it cannot save to disk", causes: causes,
        hints: ["see `redis-cli INFO persistence`"])
    case "MOVED", "ASK", "CROSSSLOT":
      return Failure(
        .configuration, "\(place) is a node of a Redis Cluster, which usher does not support", causes: causes,
        hints: ["point USHER_REDIS at a server that holds all the keys"])
    default: break
    }
    if error.message.contains("max number of clients") {
      return Failure(.tryAgain, "\(place) accepts no more connections", causes: causes)
    }
    if work == "AUTH" { return authenticationFailure(error, place: place) }
    return Failure(.failed, "\(place) refused \(work)", causes: causes)
  }

  private static func wrongTypeMessage(_ keys: [RedisArgument], work: String) -> String {
    let names = keys.map { ByteNotation.quoted($0.bytes) }
    switch names.count {
    case 0: return "a key has the wrong type for \(work)"
    case 1: return "the key \(names[0]) has the wrong type for \(work)"
    default: return "one of the keys \(names.joined(separator: ", ")) has the wrong type for \(work)"
    }
  }

  /// Servers before 6 answer AUTH with plain ERR.
  private static func authenticationFailure(_ error: RedisServerError, place: String) -> Failure {
    let causes = [error.message.escapingControls]
    if error.message.contains("wrong number of arguments") {
      return Failure(
        .refused, "\(place) is older than Redis 6 and does not support users", causes: causes,
        hints: ["leave the user out: redis://:PASSWORD@HOST:PORT"])
    }
    if error.message.contains("no password is set") || error.message.contains("without any password configured") {
      return Failure(
        .refused, "\(place) has no password set, but one was given", causes: causes,
        hints: ["leave the password out of USHER_REDIS"])
    }
    return Failure(
      .refused, "\(place) does not accept the user or the password", causes: causes, hints: ["check USHER_REDIS"])
  }
}

extension Duration {
  /// `2s`, `1.5s` or `250ms`.
  fileprivate var shortText: String {
    let milliseconds = components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    if milliseconds < 1000 { return "\(milliseconds)ms" }
    return milliseconds % 1000 == 0 ? "\(milliseconds / 1000)s" : "\(Double(milliseconds) / 1000)s"
  }
}
