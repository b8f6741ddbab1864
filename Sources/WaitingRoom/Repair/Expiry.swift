import Changes
import Failures
import Redis
import Text

/// What removing the expired active people would do now.
public struct ExpiryPlan: Sendable {
  /// How many are removed at most.
  public var count: Int
  /// How many more have expired than one run removes.
  public var beyond: Int
  public var snapshot: QueueSnapshot
  /// The first few that would be removed, those that expired first at the front.
  public var sample: [String]
}

extension WaitingRoom {
  /// Counts the expired active people, at most as many as one run removes. Only reads.
  ///
  /// Fails with `refused` if the form stores no expiry for each token; the message says what removes tokens instead.
  public func planExpiry() throws -> ExpiryPlan {
    let found = try overdue(limit: 5)
    let count = min(found.count, Self.repairLimit)
    return ExpiryPlan(
      count: count, beyond: found.count - count, snapshot: try snapshot(),
      sample: found.people.map { ByteNotation.encode($0.name) })
  }

  /// Removes them in atomic batches with their before-images; never more than the plan's count.
  ///
  /// Each is checked again in the step that removes it. Only if members contain the expiry, a person who was admitted again since the
  /// scan may be treated as expired: the new member stays, and the side keys are removed.
  public func expire(_ plan: ExpiryPlan, _ change: RunningChange) throws -> ChangeOutcome {
    let found = plan.count == 0 ? [] : try overdue(limit: plan.count).people
    return try takeOut(
      try expiring(found), from: .overdue, change,
      skipped: (
        one: "had left before the removal, or has a new expiry",
        many: "had left before the removal, or have a new expiry"
      ))
  }

  private func overdue(limit: Int) throws -> Overdue {
    let hasTime = layout.active.lifetimeMilliseconds != nil
    let now = try checkTypesAndReadClock()
    if let found = try layout.active.overdue(on: redis, nowMilliseconds: now, limit: limit) { return found }
    guard hasTime else {
      throw Failure(
        .refused, "queue '\(layout.name)' has no time after which active users expire",
        hints: ["set `active-ttl` of the queue in the config file"])
    }
    throw Failure(
      .refused, "cannot remove expired active people of queue '\(layout.name)'",
      causes: [
        layout.active.keyType == nil
          ? "each token is a key with its own time to live, and Redis removes it"
          : "the set has one time to live for the whole key: no token's own expiry can be read, and Redis removes all tokens together"
      ])
  }

  /// The people as the script takes them, with what they are called in line, so that those who wait keep their side keys.
  private func expiring(_ people: [Overdue.Person]) throws -> [RemovalPlan.Person] {
    let isCalledSo = layout.member == .token || layout.active.naming == nil
    // Only side keys need the name of a person of whom only the token is known: that takes a scan of the line.
    let members =
      isCalledSo || layout.sideKeys.perToken.isEmpty
      ? [] : try waitingMembers(for: people.map { RedisArgument(token(ofActive: $0.name)) })
    return people.enumerated().map { index, person in
      RemovalPlan.Person(
        line: isCalledSo ? RedisArgument(person.name) : members.isEmpty ? "" : members[index] ?? "",
        token: RedisArgument(token(ofActive: person.name)), score: nil, entries: person.entries)
    }
  }
}
