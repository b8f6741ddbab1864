import Changes
import Failures
import Glibc
import Redis

/// Runs a numbered script (see `BatchPrelude`) batch by batch until it has nothing more to do.
///
/// Two batches are under way at a time, so that the server does not wait for us in between. An interruption stops the sending,
/// and what was sent is waited for. When the server goes away, the last batch in doubt is asked for again after it came back.
///
/// A script may keep a pace by itself and say how long it wants to be left alone; then its batches go one at a time.
struct BatchedScript {
  let redis: RedisConnection
  let script: RedisScript
  let keys: [RedisArgument]
  /// What follows the words that every script has.
  var arguments: [RedisArgument] = []
  /// What follows those in the batch of this number; asked for again when the batch has to be sent again.
  var batchArguments: (Int) -> [RedisArgument] = { _ in [] }
  let lifetimeMilliseconds: Int?
  let lease: RedisLease
  let control: ChangeControl
  /// Units that one batch works on at most, for the pace.
  let batchSize: Int
  /// Set for a script that keeps a pace by the server's clock: the least time between two of its batches.
  var stepMicroseconds: Int?

  /// What the script said last; all counts are of the whole operation so far.
  struct Totals: Equatable {
    var batch = 0
    var changed = 0
    /// The script's second count: those that needed no change.
    var other = 0
    var left = 0
    var hasMore = true
    /// Until the script has work again, in microseconds; such a script may also answer without having done its batch.
    var pause = 0
    /// The script's third count.
    var turns = 0
  }

  /// A server that is away in the middle.
  private struct Absence {
    /// How long it may be: a restart takes a second or two, and the lease lives fifteen.
    private static let limit = Duration.seconds(10)

    private var since: ContinuousClock.Instant?
    /// Why the last try to reach it again failed.
    var reason: RedisError?
    private(set) var hasEverBeen = false
    /// Batches that were sent and not answered.
    private(set) var batchesInDoubt = 0

    /// Whether it is worth waiting on; `underWay` batches had no answer when it was noticed.
    mutating func isShort(leaving underWay: Int) -> Bool {
      let start = since ?? .now
      (since, hasEverBeen, batchesInDoubt) = (start, true, max(batchesInDoubt, underWay))
      return ContinuousClock.now - start < Self.limit
    }

    mutating func end() { (since, reason, batchesInDoubt) = (nil, nil, 0) }
  }

  /// The totals at the end; `isInterrupted` of the control tells whether that end came early.
  func run() throws -> Totals {
    var totals = Totals()
    var underWay: [RedisTicket] = []
    var next = 1
    var pacer = control.makePacer()
    var absence = Absence()
    var gaps = 0
    return try redis.uninterrupted { () throws -> Totals in
      while true {
        do {
          while totals.hasMore, underWay.count < depth, !control.isInterrupted() {
            let renew = { try renewLease(hasBeenAway: absence.hasEverBeen) }
            try pacer.wait(for: 0, whileWaiting: renew)
            if totals.pause > 0 { try rest(max(totals.pause, stepMicroseconds ?? 0), renew) }
            if control.isInterrupted() { break }
            underWay.append(try redis.append(script, keys: keys, arguments: words(batch: next)))
            next += 1
          }
          guard !underWay.isEmpty else {
            // Ended on request while the server was away: what was on its way is not known.
            guard let reason = absence.reason else { return totals }
            throw brokenOff(by: reason, after: totals, underWay: absence.batchesInDoubt)
          }
          let before = totals.changed + totals.other
          totals = try Self.totals(try redis.checked(underWay.removeFirst()))
          absence.end()
          gaps = 0
          if stepMicroseconds != nil { next = totals.batch + 1 }
          let now = totals.changed + totals.other
          // A batch may be smaller than it might be (a before-image of a paced admission): only what moved is charged.
          pacer.charge(now - before)
          if now > before { control.progress(now) }
        } catch let error as RedisError where error.serverCode == "USHERLOST" {
          throw absence.hasEverBeen ? forgotten : RedisLease.lost
        } catch let error as RedisError where error.serverCode == "USHERGONE" {
          throw Self.imageLost
        } catch let error as RedisError where error.serverCode == "USHERGAP" {
          // Two batches can change places when the server has just forgotten its scripts; one that is ahead for ever means
          // that the record itself is gone.
          gaps += 1
          for ticket in underWay { _ = try? redis.reply(to: ticket) }
          underWay = []
          if gaps >= 3 { totals.batch = try lastBatch(before: totals.batch) }
          next = totals.batch + 1
        } catch let error as RedisError where error.isConnectionProblem {
          guard absence.isShort(leaving: next - 1 - totals.batch), !control.isInterrupted() else {
            throw brokenOff(by: absence.reason ?? error, after: totals, underWay: absence.batchesInDoubt)
          }
          underWay = []
          next = totals.batch + 1
          totals.pause = 0
          usleep(100_000)
          absence.reason = nil
          do throws(RedisError) { try redis.reconnect() } catch { absence.reason = error }
        } catch let error as RedisError where error.isRefusal {
          throw brokenOff(by: error, after: totals, underWay: next - 1 - totals.batch)
        }
      }
    }
  }

  /// The error itself where nothing was changed, else what is known to be done.
  private func brokenOff(by error: RedisError, after totals: Totals, underWay batches: Int) -> any Error {
    guard totals.changed + totals.other > 0 else { return error }
    return BrokenOffChange(
      done: ChangeOutcome(changed: totals.changed, skipped: totals.other), inDoubt: max(0, batches) * batchSize,
      by: error.failure)
  }

  /// What the record has as the last batch, where it is behind what the server has confirmed: a server that comes back from its file
  /// may have forgotten the last batches, with all that they did. They are done again.
  private func lastBatch(before known: Int) throws -> Int {
    guard let batch = try redis.command("HGET", keys[1], "batch").optional?.integer, batch < known else {
      throw Self.recordLost
    }
    return batch
  }

  /// A lock is kept in the same file as the change, so that a server without the one has not the other either.
  private var forgotten: Failure {
    Failure(
      .failed,
      "Redis at \(redis.target) came back without the lock of this change, so it has forgotten the end of it, or all",
      causes: ["it restarts from a file that is older than the change"],
      hints: ["see what is left of it, and where people are: `usher history`, `usher queue status`"])
  }

  private static let recordLost = Failure(
    .failed, "the record of this operation is gone from Redis, and with it the number of the last batch",
    hints: ["see whether Redis evicts keys, or came back without them: `usher doctor`"])

  private static let imageLost = Failure(
    .failed, "cannot take back any more of the operation: the before-images of its earlier part are no longer kept",
    causes: ["they stay \(RedisJournal.beforeImageRetentionSeconds / 3600) hours"])

  /// Paced batches go one at a time, so that the pace is the server's and not the pipeline's.
  private var depth: Int { control.unitsPerSecond == nil && stepMicroseconds == nil ? 2 : 1 }

  /// Keeps the lock; fails with what it means that it is gone.
  private func renewLease(hasBeenAway: Bool) throws {
    do {
      try lease.renew(on: redis)
    } catch let failure as Failure where failure == RedisLease.lost {
      throw hasBeenAway ? forgotten : failure
    }
  }

  /// Sleeps until the script has work again, keeps the lease alive meanwhile, and ends early when interrupted.
  private func rest(_ microseconds: Int, _ renew: () throws -> Void) throws {
    let clock = ContinuousClock()
    let end = clock.now + .microseconds(microseconds)
    var nextRenewal = clock.now + .seconds(1)
    while !control.isInterrupted(), clock.now < end {
      if clock.now >= nextRenewal {
        try renew()
        nextRenewal = clock.now + .seconds(1)
      }
      let left = min(end - clock.now, .milliseconds(100))
      if left > .zero { usleep(UInt32(left / .microseconds(1))) }
    }
  }

  private func words(batch: Int) -> [RedisArgument] {
    [
      RedisArgument(lease.token), RedisArgument(RedisLease.milliseconds), RedisArgument(batch),
      RedisArgument(RedisJournal.beforeImageRetentionSeconds), RedisArgument(lifetimeMilliseconds ?? 0),
    ] + arguments + batchArguments(batch)
  }

  private static func totals(_ reply: RedisValue) throws(RedisError) -> Totals {
    let fields = try reply.array
    guard fields.count == 5 || fields.count == 7 else {
      throw RedisError(.unexpectedReply(wanted: "five counts", found: "an array of \(fields.count)"))
    }
    return Totals(
      batch: try fields[0].integer, changed: try fields[1].integer, other: try fields[2].integer,
      left: try fields[3].integer, hasMore: try fields[4].integer == 1,
      pause: fields.count > 5 ? try fields[5].integer : 0, turns: fields.count > 6 ? try fields[6].integer : 0)
  }
}

extension RedisError {
  /// Whether the server refuses work that it did a moment ago, because it is full or has become read only. What a script says by a code
  /// of its own, or of a key's type, its room explains.
  var isRefusal: Bool {
    guard let serverCode else { return false }
    return !serverCode.hasPrefix("USHER") && serverCode != "WRONGTYPE" && serverCode != "LOADING"
  }
}
