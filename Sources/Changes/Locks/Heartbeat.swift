import Failures
import Redis

/// Shows others that an operation in Redis runs: a string that ends by itself unless the run renews it.
///
/// The run's token is the value. Every batch renews it, and so does a run that waits. A run without its heartbeat changes nothing any
/// more, because others may have found it dead and undone what it did.
public struct Heartbeat: Sendable {
  /// Long enough for a stalled network, short enough that a run which died elsewhere is soon known to be dead.
  static let milliseconds = 15_000

  let key: String
  let token: String

  /// Renews the heartbeat; fails with `tryAgain` when it is gone.
  func renew(on connection: RedisConnection) throws {
    let kept = try connection.evaluate(
      Self.renewScript, keys: [RedisArgument(key)], arguments: [RedisArgument(token), RedisArgument(Self.milliseconds)])
    guard kept == .integer(1) else { throw Self.lost }
  }

  /// What a run throws that found its heartbeat gone.
  static let lost = Failure(
    .tryAgain, "this run stopped for too long, and others may have changed the same data meanwhile",
    hints: ["see what was done with `usher history`; run the command again for the rest"])

  private static let renewScript = RedisScript(
    name: "heartbeat renew",
    source: "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0")
}
