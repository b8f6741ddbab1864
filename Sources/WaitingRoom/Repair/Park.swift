import Changes
import Failures
import Redis
import Text

extension WaitingRoom {
  /// Sets everybody who waits aside in one step, whatever their number.
  public func park(_ change: RunningChange) throws -> ChangeOutcome {
    let totals = try run(
      ParkScript.script(for: layout), change, batchSize: 1, arguments: ["id": RedisArgument(change.id.description)])
    return ChangeOutcome(changed: totals.changed)
  }

  /// Gives everybody back whom the operation `parking` has set aside, with the scores of before, between those who came meanwhile.
  ///
  /// May be broken off at any moment and repeated: everybody is either waiting or set aside, never both and never neither. Who is active
  /// by now is looked for first, wherever scripts could not find them, and only leaves those set aside.
  public func unpark(_ parking: OperationID, _ change: RunningChange) throws -> ChangeOutcome {
    let size = Self.repairBatchLimit
    let active = Batches(elements: try alsoActive(in: RedisArgument(parkedKey(parking))), size: size)
    // In the middle the smaller of the two lines is set aside with the others, so a request to end waits for the end: a second or two.
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
        outcome.notes.append("\(totals.other.grouped) of them had come back meanwhile, and were not added twice")
      }
      return outcome
    } catch let broken as BrokenOffChange {
      throw brokenOff(broken.outcome, broken.failure, parking)
    } catch let error as RedisError where error.isConnectionProblem || error.isRefusal {
      // While the smaller line moves aside nobody is counted yet, but people have moved.
      let record = RedisArgument(keys.operation(change.id))
      if error.isRefusal, try redis.command("HEXISTS", record, "batch") == .integer(0) { throw error }
      throw brokenOff(ChangeOutcome(), error.failure, parking)
    }
  }

  /// An unpark that its server left in the middle, with how to end it.
  private func brokenOff(_ done: ChangeOutcome, _ failure: Failure, _ parking: OperationID) -> BrokenOffChange {
    var failure = failure
    failure.hints.append(
      "people who came meanwhile may be set aside too until you run this again: \(layout.command("unpark \(parking)"))"
    )
    return BrokenOffChange(done: done, inDoubt: 1, by: failure)
  }
}
