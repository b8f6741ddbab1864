import Changes
import Failures
import Glibc
import Redis

/// Removes what one pattern matches by a script that walks and unlinks a page on the server: no key travels, and the record of
/// the operation counts each page in the step that removes it.
///
/// The cursor stands in the record too, so that a page can be asked for before the answer to the one before has come.
struct PatternRemoval {
  /// Keys that one call looks at. It holds the server for a good half of a millisecond where half of them match. With 500 the whole took a
  /// twentieth longer, and another client's PING half a millisecond less.
  private static let pageSize = 650
  /// Calls under way: one more than the server works on, so that it never waits for us.
  private static let depth = 2
  /// What the first of two calls is sent ahead of the second: less than a call takes, and more than a server needs to wake up.
  ///
  /// Redis works off all that it has read of a client before it looks at the next client, and answers all of it at once; two calls
  /// that it reads together would hold the others for both, and then find us with none under way. Sent apart they stay apart,
  /// because each answer lets one call go.
  private static let headStart: UInt32 = 200

  let redis: RedisConnection
  let pattern: KeyGlob
  let operation: OperationID
  let lease: RedisLease?
  let control: ChangeControl

  /// Walks to the end, or to an interruption; `earlier` is what the operation has done already.
  func run(after earlier: ChangeOutcome) throws -> ChangeOutcome {
    var outcome = earlier
    do {
      try walk(&outcome)
      return outcome
    } catch let error as RedisError where error.isConnectionProblem && outcome.changed > 0 {
      throw BrokenOffChange(done: outcome, inDoubt: 1, by: error.failure)
    }
  }

  private func walk(_ outcome: inout ChangeOutcome) throws {
    let keeper = LeaseKeeper(lease, redis)
    var underWay: [RedisTicket] = []
    var isAtEnd = false
    while true {
      // A second answer that came with the first is read before anything is sent, and both calls go out apart again.
      while !isAtEnd, outcome.failure == nil, underWay.isEmpty || (underWay.count < Self.depth && !redis.hasReply),
        !control.isInterrupted()
      {
        try keeper.keep()
        underWay.append(try redis.append(Self.script, keys: [recordKey], arguments: arguments))
        try redis.flush()
        if underWay.count == 1 { usleep(Self.headStart) }
      }
      guard !underWay.isEmpty else { break }
      do throws(RedisError) {
        let page = try redis.checked(underWay.removeFirst()).array
        guard page.count == 3 else {
          throw RedisError(.unexpectedReply(wanted: "three counts", found: "an array of \(page.count)"))
        }
        isAtEnd = try page[0].integer == 0
        outcome.changed += try page[2].integer
        outcome.skipped += try page[1].integer - page[2].integer
      } catch {
        if error.serverCode == "USHERGONE" { throw Self.recordLost }
        // A refusal of the first page is thrown; later it ends the work with what was done.
        guard outcome.changed > 0, !error.isConnectionProblem else { throw error }
        outcome.failed = max(1, outcome.failed)
        outcome.failure = outcome.failure ?? error.failure.withCause
      }
      control.progress(outcome.changed)
    }
    outcome.wasInterrupted = !isAtEnd && outcome.failure == nil
  }

  private var recordKey: RedisArgument { RedisArgument(RedisJournal.operationKey(operation)) }

  private var arguments: [RedisArgument] {
    [RedisArgument(RedisJournal.recordRetentionSeconds), RedisArgument(pattern.source), RedisArgument(Self.pageSize)]
  }

  private static let recordLost = Failure(
    .failed, "the record of this operation is gone from Redis, and with it the place in the keys",
    hints: ["run it again: what was removed is removed", "see whether Redis evicts keys: `usher doctor`"])

  // EXPIRE first: a full server refuses HSET and HINCRBY as the first write of a script, and no server refuses that one.
  // UNLINK takes a thousand keys at a time, because Lua's stack is bounded.
  /// KEYS operation; ARGV retention in s, pattern, keys to look at. Gives whether there is more, and how many keys it found and
  /// removed.
  private static let script = RedisScript(
    name: "evict",
    source: """
      if redis.replicate_commands then redis.replicate_commands() end
      if redis.call('EXPIRE', KEYS[1], ARGV[1]) == 0 then return redis.error_reply('USHERGONE no record') end
      local cursor = redis.call('HGET', KEYS[1], 'cursor') or '0'
      if cursor == 'end' then return {0, 0, 0} end
      local page = redis.call('SCAN', cursor, 'MATCH', ARGV[2], 'COUNT', ARGV[3])
      local keys, removed, more = page[2], 0, page[1] ~= '0'
      for first = 1, #keys, 1000 do
        removed = removed + redis.call('UNLINK', unpack(keys, first, math.min(first + 999, #keys)))
      end
      redis.call('HSET', KEYS[1], 'cursor', more and page[1] or 'end')
      if removed > 0 then redis.call('HINCRBY', KEYS[1], 'changed', removed) end
      return {more and 1 or 0, #keys, removed}
      """)
}
