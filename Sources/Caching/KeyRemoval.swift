import Changes
import Redis

/// Removes batches of keys with one batch always under way, keeps the pace, and counts what the server says it removed: in the
/// operation's record in the same atomic step.
struct KeyRemoval {
  /// Keys a SCAN looks at. Such a page holds the server for half a millisecond, and the UNLINK of what it found for less;
  /// twice as many keys are hardly quicker, and another client's PING then takes 2.1 ms instead of 1.7 at the 99th percentile.
  static let pageSize = 500
  /// Keys in one UNLINK.
  static let largestBatch = 1_000

  private let redis: RedisConnection
  private let recordKey: RedisArgument
  private let keeper: LeaseKeeper
  private let control: ChangeControl
  private let batchSize: Int
  private var pacer: Pacer
  private var underWay: (ticket: RedisTicket, count: Int)?
  private(set) var outcome = ChangeOutcome()
  /// How many keys were on their way, which is asked when the server has gone.
  private(set) var inDoubt = 0

  init(_ redis: RedisConnection, operation: OperationID, lease: RedisLease?, control: ChangeControl) {
    self.redis = redis
    keeper = LeaseKeeper(lease, redis)
    self.control = control
    recordKey = RedisArgument(RedisJournal.operationKey(operation))
    batchSize = control.batchSize(upTo: Self.largestBatch)
    pacer = control.makePacer()
  }

  /// Removes the keys, in as many batches as the pace asks for; false when the work is to end.
  mutating func remove(_ keys: [RedisArgument]) throws -> Bool {
    for batch in keys.chunks(of: batchSize) {
      try pacer.wait(for: batch.count) { [keeper] in try keeper.keep() }
      try keeper.keep()
      guard !control.isInterrupted() else {
        outcome.wasInterrupted = true
        return false
      }
      let ticket = try redis.append(
        Self.script, keys: [recordKey] + batch, arguments: [RedisArgument(RedisJournal.recordRetentionSeconds)])
      inDoubt += batch.count
      try settle()
      underWay = (ticket, batch.count)
      guard outcome.failure == nil else { return false }
    }
    if keys.isEmpty, control.isInterrupted() { outcome.wasInterrupted = true }
    return !outcome.wasInterrupted
  }

  /// Waits for what is under way and gives the counts.
  mutating func end() throws -> ChangeOutcome {
    try settle()
    return outcome
  }

  /// Takes the reply to the batch under way. A refusal at the first batch is thrown; later it ends the work with what
  /// was done.
  private mutating func settle() throws {
    guard let (ticket, count) = underWay else { return }
    underWay = nil
    do throws(RedisError) {
      let removed = try redis.checked(ticket).integer
      outcome.changed += removed
      outcome.skipped += count - removed
      inDoubt -= count
    } catch {
      guard outcome.changed > 0, !error.isConnectionProblem else { throw error }
      inDoubt -= count
      outcome.failed += count
      outcome.failure = outcome.failure ?? error.failure.withCause
    }
    control.progress(outcome.changed)
  }

  // EXPIRE first: a full server refuses HINCRBY as the first write of a script. A record that is gone stays gone.
  /// KEYS operation, then what to remove; ARGV retention in s. Gives how many keys it removed.
  private static let script = RedisScript(
    name: "evict keys",
    source: """
      local isKept = redis.call('EXPIRE', KEYS[1], ARGV[1]) == 1
      local removed = redis.call('UNLINK', unpack(KEYS, 2))
      if isKept and removed > 0 then redis.call('HINCRBY', KEYS[1], 'changed', removed) end
      return removed
      """)
}
