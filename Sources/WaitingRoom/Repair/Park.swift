import Changes
import Failures
import Redis
import Text

extension WaitingRoom {
  /// Sets aside everybody who waits, in one step at any number.
  public func park(_ change: RunningChange) throws -> ChangeOutcome {
    let totals = try run(
      ParkScript.script(for: layout), change, batchSize: 1, arguments: ["id": RedisArgument(change.id.description)])
    return ChangeOutcome(changed: totals.changed)
  }

  /// Returns everybody whom the operation `parking` has set aside, with the earlier scores, among those who came meanwhile.
  ///
  /// It can be interrupted at any moment and repeated: everybody is always either waiting or set aside. People who are active by now are
  /// searched for first, if scripts cannot find them, and are only removed from those set aside.
  public func unpark(_ parking: OperationID, _ change: RunningChange) throws -> ChangeOutcome {
    let size = Self.repairBatchLimit
    let active = Batches(elements: try alsoActive(in: RedisArgument(parkedKey(parking))), size: size)
    // In the middle the smaller of the two lines is set aside too, so a signal takes effect only at the end: after a second or two.
    var whole = change
    whole.control = ChangeControl(unitsPerSecond: nil, isInterrupted: { false }, progress: change.control.progress)
    do {
      let totals = try run(
        UnparkScript.script(for: layout), whole, takingBack: parking, batchSize: size,
        arguments: ["id": RedisArgument(parking.description), "limit": RedisArgument(size)], tenure: .whole
      ) { number in
        ScriptDeclaration.Rest(arguments: active.batch(number).flatMap { [$0.member, $0.entry] })
      }
      var outcome = ChangeOutcome(changed: totals.changed)
      if totals.other > 0 {
        outcome.notes.append(
          "\(totals.other.grouped) of them had come back meanwhile, and \(totals.other == 1 ? "was" : "were") not added twice"
        )
      }
      return outcome
    } catch let broken as BrokenOffChange {
      throw brokenOff(broken.outcome, broken.failure, parking)
    } catch let error as RedisError where error.isConnectionProblem || error.isRefusal {
      // While the smaller line is set aside, nobody is counted yet, but people have moved.
      let record = RedisArgument(keys.operation(change.id))
      if error.isRefusal, try redis.command("HEXISTS", record, "batch") == .integer(0) { throw error }
      throw brokenOff(ChangeOutcome(), error.failure, parking)
    }
  }

  /// The error of an unpark whose server failed in the middle, with the hint that completes it.
  private func brokenOff(_ done: ChangeOutcome, _ failure: Failure, _ parking: OperationID) -> BrokenOffChange {
    var failure = failure
    failure.hints.append(
      "people who came meanwhile may be set aside too until you run this again: \(layout.command("unpark \(parking)"))"
    )
    return BrokenOffChange(done: done, inDoubt: 1, by: failure)
  }
}
