import Failures
import Glibc
import Redis

/// What goes wrong in a run: servers that go away, batches that change places, turns that are somebody else's.
extension BulkRun {
  func recover(from error: RedisError, _ state: inout BulkRunState) throws {
    switch error.serverCode {
    case "USHERLOST": throw try heartbeatLost(state)
    case "USHERGONE": throw Self.imageLost
    case "USHERNORECORD": throw Self.recordLost
    case "USHERBUSY":
      drain(&state)
      state.startAgain()
      _ = try lock.takeOverFromDead(on: redis)
      try rest(.milliseconds(20), &state)
    case "USHERGAP":
      // Two batches can change places when the server has just forgotten its scripts; one that is ahead without end means that the record
      // itself is gone, or older than what was confirmed.
      state.gaps += 1
      drain(&state)
      if state.gaps >= 3 { state.totals.batch = try lastBatch(before: state.totals.batch) }
      state.startAgain()
    default:
      guard error.isConnectionProblem else {
        guard error.isRefusal else { throw error }
        throw brokenOff(by: error, after: state.totals, inDoubt: state.next - 1 - state.totals.batch)
      }
      let underWay = state.next - 1 - state.totals.batch
      guard survivesRestart, state.absence.isShort(leaving: underWay), !change.control.isInterrupted() else {
        let inDoubt = max(state.absence.batchesInDoubt, underWay)
        throw brokenOff(by: state.absence.reason ?? error, after: state.totals, inDoubt: inDoubt)
      }
      state.startAgain()
      usleep(100_000)
      state.absence.reason = nil
      do throws(RedisError) { try redis.reconnect() } catch { state.absence.reason = error }
    }
  }

  /// Reads and forgets what is under way: it is sent again.
  private func drain(_ state: inout BulkRunState) {
    for batch in state.underWay { _ = try? redis.reply(to: batch.ticket) }
  }

  /// Keeps the run known as alive, about once a second; fails with what it means that it is not.
  func renewHeartbeat(_ state: inout BulkRunState) throws {
    guard ContinuousClock.now - state.renewed >= .seconds(1) else { return }
    do {
      try Heartbeat(key: lock.keys.heartbeat(change.id), token: lock.token).renew(on: redis)
      state.renewed = .now
    } catch let failure as Failure where failure == Heartbeat.lost {
      throw failure == Heartbeat.lost ? try heartbeatLost(state) : failure
    }
  }

  /// What it means that the heartbeat is gone: a server without the record has lost more than that.
  private func heartbeatLost(_ state: BulkRunState) throws -> Failure {
    if state.absence.hasEverBeen { return forgotten }
    let record = RedisArgument(lock.keys.operation(change.id))
    return try redis.command("EXISTS", record).integer == 0 ? Self.recordLost : Heartbeat.lost
  }

  /// The error itself where nothing was changed, else what is known to be done.
  func brokenOff(by error: RedisError, after totals: Totals, inDoubt batches: Int) -> any Error {
    guard totals.changed + totals.other > 0 else { return error }
    return BrokenOffChange(
      done: ChangeOutcome(changed: totals.changed, skipped: totals.other), inDoubt: max(0, batches) * batchSize,
      by: error.failure)
  }

  /// What the record has as the last batch, where it is behind what the server has confirmed: a server that comes back from its file
  /// may have forgotten the last batches, with all that they did. They are done again.
  private func lastBatch(before known: Int) throws -> Int {
    let record = RedisArgument(lock.keys.operation(change.id))
    guard let batch = try redis.command("HGET", record, "batch").optional?.integer, batch < known else {
      throw Self.recordLost
    }
    return batch
  }

  /// The heartbeat is kept in the same file as the change, so that a server without the one has not the other either.
  private var forgotten: Failure {
    Failure(
      .failed,
      "Redis at \(redis.target) came back without the record of this change, so it has lost the last part of the change, or all of it",
      causes: ["it restarted from a file that is older than the change"],
      hints: ["see what is left of the change with `usher history` and `usher queue status`"])
  }

  private static let recordLost = Failure(
    .failed, "the record of this operation is gone from Redis, and with it the number of the last batch",
    hints: ["see with `usher doctor` whether Redis evicts keys or does not save them"])

  private static let imageLost = Failure(
    .failed, "cannot undo any more of the operation: the before-images of its earlier part are no longer kept",
    causes: ["they are kept for \(RedisJournal.beforeImageRetentionSeconds / 3600) hours"])
}

extension RedisError {
  /// Whether the server refuses work that it did a moment ago, because it is full or has become read only. What a script says by a code
  /// of its own, or of a key's type, its module explains.
  public var isRefusal: Bool {
    guard let serverCode else { return false }
    return !serverCode.hasPrefix("USHER") && serverCode != "WRONGTYPE" && serverCode != "LOADING"
  }
}
