import Failures
import Glibc
import Redis

/// The right to change one thing in Redis, held for a while and renewed by whoever holds it.
///
/// Changing scripts take `key` and `token`, renew the lease, and refuse when it is not theirs any more; so two ushers never
/// interleave, and a killed one blocks nobody for longer than `milliseconds`; on the machine where it died, nobody at all.
public struct RedisLease: Sendable {
  public let key: String
  /// `user@host PID PROCESS.RANDOM`: see `LeaseHolder`.
  public let token: String
  /// Long enough for a stalled network, short enough that a crash at night delays the next try by less than a prompt.
  public static let milliseconds = 15_000

  /// Takes the lease on `name` (`queue tickets`). When another holds it: waits up to `wait`, then fails with `tryAgain`.
  ///
  /// - Parameter evenWhenFull: for a change that frees memory, so that a server that is full can be helped.
  public static func acquire(
    _ name: String, on connection: RedisConnection, by actor: Actor, evenWhenFull: Bool = false,
    wait: Duration = .zero, isInterrupted: () -> Bool = { false }
  ) throws -> RedisLease {
    let lease = RedisLease(key: "\(RedisJournal.keyPrefix)lock:\(name)", token: LeaseHolder.token(of: actor))
    let clock = ContinuousClock()
    let deadline = clock.now + wait
    while true {
      if try lease.take(on: connection, evenWhenFull: evenWhenFull) { return lease }
      let holder = try connection.command("GET", RedisArgument(lease.key))
      if holder != .null, try LeaseHolder(token: holder.string)?.isKnownDead == true,
        try lease.takeOver(from: holder.string, on: connection)
      {
        // What the dead one had on its way is read by then: not every script of the caches asks for the lease.
        usleep(100_000)
        return lease
      }
      if clock.now >= deadline || isInterrupted() { break }
      usleep(100_000)
    }
    let holder = try connection.command("GET", RedisArgument(lease.key))
    throw Failure(
      .tryAgain, "another usher is changing \(name) in Redis at \(connection.target)",
      causes: holder == .null ? [] : [LeaseHolder.description(of: try holder.string)],
      hints: ["wait for it with `--wait 30s`; a run that was killed elsewhere frees it within \(milliseconds / 1000) s"]
    )
  }

  /// False when another has it.
  private func take(on connection: RedisConnection, evenWhenFull: Bool) throws -> Bool {
    let (key, token, time) = (RedisArgument(key), RedisArgument(token), RedisArgument(Self.milliseconds))
    let reply =
      evenWhenFull
      ? try connection.evaluate(Self.takeScript, keys: [key], arguments: [token, time])
      : try connection.command("SET", key, token, "NX", "PX", time)
    return reply != .null
  }

  /// Takes the lease of a holder that died; false when it is not that one's any more.
  private func takeOver(from dead: String, on connection: RedisConnection) throws -> Bool {
    try connection.evaluate(
      Self.takeOverScript, keys: [RedisArgument(key)],
      arguments: [RedisArgument(token), RedisArgument(Self.milliseconds), RedisArgument(dead)]) != .null
  }

  /// Extends the lease; fails with `tryAgain` when it is not ours any more.
  public func renew(on connection: RedisConnection) throws {
    let kept = try connection.evaluate(
      Self.renewScript, keys: [RedisArgument(key)], arguments: [RedisArgument(token), RedisArgument(Self.milliseconds)])
    guard kept == .integer(1) else { throw Self.lost }
  }

  /// Gives the lease back; one that is not ours any more is left alone.
  public func release(on connection: RedisConnection) throws {
    _ = try connection.evaluate(Self.releaseScript, keys: [RedisArgument(key)], arguments: [RedisArgument(token)])
  }

  /// Gives the lease back without waiting for the answer, for a process that ends now.
  public func abandon(on connection: RedisConnection) throws {
    try connection.post(Self.releaseScript, keys: [RedisArgument(key)], arguments: [RedisArgument(token)])
  }

  /// What a room throws when a script found that the lease is not ours.
  public static let lost = Failure(
    .tryAgain, "the lock was lost in the middle, because this run stood still too long",
    hints: ["what was done is in `usher history`; run the command again for the rest"])

  // A server over its maxmemory refuses SET, also as the first write of a script, but lets a script that has written before go on:
  // nothing is there to be deleted. Source: `scriptVerifyOOM` of the server.
  private static let takeScript = RedisScript(
    name: "lease take",
    source: """
      if redis.call('EXISTS', KEYS[1]) == 1 then return false end
      redis.call('DEL', KEYS[1])
      return redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
      """)
  private static let takeOverScript = RedisScript(
    name: "lease take over",
    source: """
      if redis.call('GET', KEYS[1]) ~= ARGV[3] then return false end
      redis.call('DEL', KEYS[1])
      return redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
      """)
  private static let renewScript = RedisScript(
    name: "lease renew",
    source: "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0")
  private static let releaseScript = RedisScript(
    name: "lease release",
    source: "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0")
}
