import Failures
import Glibc
import Redis

/// The right to change one thing in Redis, which no more than one run has at a time.
///
/// Each batch of a change is one script, and atomic by itself; the lock decides whose turn is next. A run with a pace gives the lock
/// back in the same step as each batch. Any other run keeps it, and gives it back between two batches to a run that waits, unless its
/// change must not be mixed with others. The lock of a run that was killed ends within `milliseconds`, and at once on its own machine.
public struct RedisLock: Sendable {
  public static let milliseconds = 15_000
  /// How often a run that waits asks for the lock.
  static let pollInterval = Duration.milliseconds(100)

  let keys: OwnKeys
  /// Whose lock it is: see `Actor.makeToken()`.
  let token: String

  /// Takes the lock. When another run has it: waits up to `wait`, then fails with `tryAgain`.
  ///
  /// - Parameters:
  ///   - name: what is changed, for messages: `queue tickets`.
  ///   - evenWhenFull: for a change that frees memory, so that it works on a server that is full.
  public static func acquire(
    _ keys: OwnKeys, called name: String, as token: String, on connection: RedisConnection, evenWhenFull: Bool = false,
    wait: Duration = .zero, isInterrupted: () -> Bool = { false }
  ) throws -> RedisLock {
    let lock = RedisLock(keys: keys, token: token)
    let deadline = ContinuousClock.now + wait
    while true {
      if try lock.take(on: connection, evenWhenFull: evenWhenFull) { return lock }
      if try lock.takeOverFromDead(on: connection) { return lock }
      if ContinuousClock.now >= deadline || isInterrupted() { break }
      try lock.queueUp(on: connection)
      usleep(UInt32(pollInterval / .microseconds(1)))
    }
    let holder = try connection.command("GET", lock.key).optional?.string
    throw Failure(
      .tryAgain, "another usher is changing \(name) in Redis at \(connection.target)",
      causes: holder.map { [RunHolder.description(of: $0)] } ?? [],
      hints: ["wait for it with `--wait 30s`; the lock of a killed run expires within \(milliseconds / 1000) s"])
  }

  var key: RedisArgument { RedisArgument(keys.lock) }

  /// False when another run has it.
  private func take(on connection: RedisConnection, evenWhenFull: Bool) throws -> Bool {
    let (token, time) = (RedisArgument(token), RedisArgument(Self.milliseconds))
    let reply =
      evenWhenFull
      ? try connection.evaluate(Self.takeScript, keys: [key], arguments: [token, time])
      : try connection.command("SET", key, token, "NX", "PX", time)
    return reply != .null
  }

  /// Takes the lock of a holder whose process is known to be dead; false when there is no such holder.
  func takeOverFromDead(on connection: RedisConnection) throws -> Bool {
    guard let holder = try connection.command("GET", key).optional?.string,
      RunHolder(token: holder)?.isKnownDead == true
    else { return false }
    return try connection.evaluate(
      Self.takeOverScript, keys: [key],
      arguments: [RedisArgument(token), RedisArgument(Self.milliseconds), RedisArgument(holder)]) != .null
  }

  /// Lets the holder know that a run waits. A server that refuses to write it lets the run wait all the same.
  private func queueUp(on connection: RedisConnection) throws {
    _ = try connection.pipeline([["SET", RedisArgument(keys.lockQueue), RedisArgument(token), "PX", "1000"]])
  }

  /// Releases the lock, unless another run holds it by now.
  public func release(on connection: RedisConnection) throws {
    _ = try connection.evaluate(Self.releaseScript, keys: [key], arguments: [RedisArgument(token)])
  }

  /// Releases the lock without waiting for the answer, for a process that ends now.
  public func abandon(on connection: RedisConnection) throws {
    try connection.post(Self.releaseScript, keys: [key], arguments: [RedisArgument(token)])
  }

  // A server over its maxmemory refuses SET, also as the first write of a script, but lets a script that has written before go on:
  // nothing is there to be deleted. Source: `scriptVerifyOOM` of the server.
  private static let takeScript = RedisScript(
    name: "lock take",
    source: """
      if redis.call('EXISTS', KEYS[1]) == 1 then return false end
      redis.call('UNLINK', KEYS[1])
      return redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
      """)
  private static let takeOverScript = RedisScript(
    name: "lock take over",
    source: """
      if redis.call('GET', KEYS[1]) ~= ARGV[3] then return false end
      redis.call('UNLINK', KEYS[1])
      return redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
      """)
  private static let releaseScript = RedisScript(
    name: "lock release",
    source: "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0")
}
