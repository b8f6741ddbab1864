import Failures
import Journal
import Redis

/// What taking people out would do now.
public struct RemovalPlan: Sendable {
  /// One person that the operator's words mean.
  struct Person: Sendable {
    /// Nil for somebody who is active only.
    var member: RedisArgument?
    var token: RedisArgument
  }

  var people: [Person]
  public var takesActive: Bool
  /// Words that mean nobody, in their order.
  public var unknown: [RedisArgument]
  public var snapshot: QueueSnapshot

  public var count: Int { people.count }
  /// How many of them wait.
  public var waiting: Int { people.count { $0.member != nil } }
  /// The first few words, for a person to read.
  public var sample: [String] { people.prefix(5).map { RedisText.plain($0.token.bytes) } }
}

extension WaitingRoom {
  /// Looks the words up; changes nothing. A word that is given twice counts once.
  ///
  /// - Parameter takesActive: whether those of them who are active leave as well.
  public func planRemoval(_ words: [RedisArgument], takesActive: Bool) throws -> RemovalPlan {
    if takesActive { _ = try repairableForm() }
    let snapshot = try snapshot()
    let words = words.withoutRepetition()
    let members = try waitingMembers(for: words)
    let active = takesActive ? try activeTokens(among: words) : []
    var plan = RemovalPlan(people: [], takesActive: takesActive, unknown: [], snapshot: snapshot)
    // A token and its whole member mean one person.
    var seen: Set<RedisArgument> = []
    for (word, member) in zip(words, members) {
      if let member, !seen.insert(member).inserted { continue }
      if member != nil || active.contains(word) {
        let token = member.flatMap { layout.member.reading($0.bytes)?.token }.map { RedisArgument($0) }
        plan.people.append(RemovalPlan.Person(member: member, token: token ?? word))
      } else {
        plan.unknown.append(word)
      }
    }
    return plan
  }

  /// Carries the plan out in atomic batches, each with its before-image. Who left meanwhile is counted as skipped.
  public func remove(
    _ plan: RemovalPlan, operation: OperationID, lease: RedisLease, control: ChangeControl
  ) throws -> ChangeOutcome {
    let batches = Batches(
      elements: plan.people, size: repairBatchSize(control, takesActive: plan.takesActive))
    let totals = try repair(
      RemoveScript.script(for: layout), operation: operation, lease: lease, control: control, batchSize: batches.size
    ) { number in
      [RedisArgument(plan.takesActive ? 1 : 0), RedisArgument(batches.count)]
        + batches.batch(number).flatMap { [$0.member ?? "", $0.token] }
    }
    return outcome(totals, control, skipped: "left by themselves before their turn")
  }

  /// Takes a removal, or an expiry, back. May be repeated after it was broken off.
  public func undoRemoval(
    _ removal: OperationID, operation: OperationID, lease: RedisLease, control: ChangeControl
  ) throws -> ChangeOutcome {
    let totals = try repair(
      UndoRemoveScript.script(for: layout), operation: operation, images: removal, lease: lease, control: control,
      batchSize: Self.repairBatchLimit)
    return outcome(
      totals, control, skipped: "had come back by themselves, or their time was over, and stay as they are")
  }

  /// The outcome of a repair whose second count is of people that needed nothing.
  func outcome(_ totals: BatchedScript.Totals, _ control: ChangeControl, skipped: String) -> ChangeOutcome {
    var outcome = ChangeOutcome(changed: totals.changed, skipped: totals.other)
    outcome.wasInterrupted = totals.hasMore && control.isInterrupted()
    if totals.other > 0 { outcome.notes.append("\(totals.other.grouped) \(skipped)") }
    return outcome
  }

  /// The active form, if usher can take single people out of it; fails with `refused` else.
  func repairableForm() throws -> any RepairableForm {
    let problem =
      "cannot take people out of the active of queue \"\(layout.name)\" and put them back as they were"
    guard let form = layout.active as? any RepairableForm else {
      throw Failure(.refused, problem, causes: ["their expiry is inside the member"])
    }
    guard layout.member == .token else {
      throw Failure(.refused, problem, causes: ["members are \(layout.member.prose), and only tokens are found there"])
    }
    return form
  }

  /// Those of the tokens that the active form holds, whether or not their time is over.
  private func activeTokens(among tokens: [RedisArgument]) throws -> Set<RedisArgument> {
    var found: Set<RedisArgument> = []
    let script = FoundActiveScript.script(for: layout)
    let batches = Batches(elements: tokens, size: Self.batchLimit)
    for number in stride(from: 1, through: batches.count, by: 1) {
      let reply = try namingWrongTypes {
        try redis.evaluate(
          script, keys: [RedisArgument(layout.active.key)], arguments: Array(batches.batch(number)))
      }
      found.formUnion(try reply.array.map { RedisArgument(try $0.bytes) })
    }
    return found
  }
}

extension [RedisArgument] {
  /// The first of each, in order.
  func withoutRepetition() -> [RedisArgument] {
    var seen: Set<RedisArgument> = []
    return filter { seen.insert($0).inserted }
  }
}
