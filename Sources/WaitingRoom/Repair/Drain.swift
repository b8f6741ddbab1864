import Changes
import Failures
import Redis
import Text

extension WaitingRoom {
  /// Sets everybody who waits aside in one step, whatever their number.
  public func drain(
    operation: OperationID, lease: RedisLease, control: ChangeControl
  ) throws -> ChangeOutcome {
    let totals = try repair(
      DrainScript.script(for: layout), operation: operation, lease: lease, control: control, batchSize: 1
    ) { _ in [RedisArgument(operation.description)] }
    return ChangeOutcome(changed: totals.changed)
  }

  /// Gives everybody whom `drain` has set aside back with the scores of before, between those who came meanwhile.
  ///
  /// May be broken off at any moment and repeated: everybody is either waiting or set aside, never both and never neither. Who is active
  /// by now is looked for first, wherever scripts could not find them, and only leaves those set aside.
  public func restore(
    _ drain: OperationID, operation: OperationID, lease: RedisLease, control: ChangeControl
  ) throws -> ChangeOutcome {
    let size = Self.repairBatchLimit
    let active = Batches(elements: try alsoActive(in: RedisArgument(asideKey(drain))), size: size)
    // In the middle the smaller of the two lines is set aside with the others, so a request to end waits for the end: a second or two.
    let whole = ChangeControl(unitsPerSecond: nil, isInterrupted: { false }, progress: control.progress)
    do {
      let totals = try repair(
        RestoreScript.script(for: layout), operation: operation, images: drain, lease: lease, control: whole,
        batchSize: size
      ) { number in
        [RedisArgument(drain.description), RedisArgument(size)]
          + active.batch(number).flatMap { [$0.member, $0.entry] }
      }
      var outcome = ChangeOutcome(changed: totals.changed)
      if totals.other > 0 {
        outcome.notes.append("\(totals.other.grouped) of them had come again meanwhile, and are in one place only")
      }
      return outcome
    } catch let broken as BrokenOffChange {
      throw brokenRestore(broken.outcome, broken.failure, drain)
    } catch let error as RedisError where error.isConnectionProblem || error.isRefusal {
      // While the smaller line moves aside nobody is counted yet, but people have moved.
      let record = RedisArgument(RedisJournal.operationKey(operation))
      if error.isRefusal, try redis.command("HEXISTS", record, "batch") == .integer(0) { throw error }
      throw brokenRestore(ChangeOutcome(), error.failure, drain)
    }
  }

  /// A restore that its server left in the middle, with how to end it.
  private func brokenRestore(_ done: ChangeOutcome, _ failure: Failure, _ drain: OperationID) -> BrokenOffChange {
    var failure = failure
    failure.hints.append(
      "who came meanwhile may be set aside with the others until this is run again: \(layout.command("restore \(drain)"))"
    )
    return BrokenOffChange(done: done, inDoubt: 1, by: failure)
  }
}
