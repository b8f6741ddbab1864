import Changes
import Failures
import Redis
import Text

/// What issuing tokens would do now.
public struct IssuePlan: Sendable {
  public var tokens: [RedisArgument]
  /// How many of the operator's words wait already.
  public var known: Int
  public var snapshot: QueueSnapshot
  public var count: Int { tokens.count }
  public var sample: [String] { tokens.prefix(5).map { ByteNotation.encode($0.bytes) } }
}

extension WaitingRoom {
  /// Leaves out who waits already; changes nothing.
  ///
  /// Fails with `refused` where a score is an expiry and nobody said how long a place lasts, and with `badInput` for a word that is no
  /// member of the queue's form.
  public func planIssue(_ words: [RedisArgument]) throws -> IssuePlan {
    if layout.score.isExpiry, layout.waitingLifetimeMilliseconds == nil {
      throw Failure(
        .refused, "cannot compute a score for a new token of queue '\(layout.name)'",
        causes: [
          "a score is the time at which a waiting person expires (\(layout.score.rawValue)), and `waiting-ttl` is not configured"
        ],
        hints: [
          "set `waiting-ttl` of the queue in the config file, for example `waiting-ttl: 30m`",
          "let the service issue the token",
        ])
    }
    let snapshot = try snapshot()
    let words = words.withoutRepetition()
    // A token that waits is not issued again for another user.
    let members = try waitingMembers(for: try words.map(tokenOfMember).map { RedisArgument($0) })
    var issued: Set<[UInt8]> = []
    let tokens = try zip(words, members).filter { word, member in
      try member == nil && issued.insert(tokenOfMember(word)).inserted
    }.map(\.0)
    return IssuePlan(tokens: tokens, known: words.count - tokens.count, snapshot: snapshot)
  }

  private func tokenOfMember(_ word: RedisArgument) throws -> [UInt8] {
    guard let reading = layout.member.reading(word.bytes) else {
      throw Failure(
        .badInput,
        "\(ByteNotation.quoted(word.bytes)) is not a valid member of queue '\(layout.name)', whose members are \(layout.member.prose)",
        hints: ["see the queue's settings with `usher config show`"])
    }
    return reading.token
  }

  /// Adds the tokens at the back in atomic batches. Tokens that wait, are active or are set aside by then, also under
  /// another member, are left unchanged and count as skipped.
  public func issue(_ plan: IssuePlan, _ change: RunningChange) throws -> ChangeOutcome {
    let found = try found(byWalk: Set(plan.tokens.map { token(ofMember: $0.bytes) }))
    let elsewhere = found.inLine.union(found.active)
    let people = plan.tokens.map { (member: $0, isElsewhere: elsewhere.contains(token(ofMember: $0.bytes))) }
    let batches = Batches(elements: people, size: repairBatchSize(change.control))
    do {
      let totals = try run(
        IssueScript.script(for: layout), change, batchSize: batches.size,
        arguments: [
          "unit_of_score": RedisArgument(layout.score.unit?.rawValue ?? 0),
          "ahead": RedisArgument(layout.score.isExpiry ? layout.waitingLifetimeMilliseconds ?? 0 : 0),
        ]
      ) { number in batches.rest(number) { [$0.member, $0.isElsewhere ? "1" : "0"] } }
      return outcome(
        totals, change.control,
        skipped: (
          one: "was already waiting, active or set aside, and was left unchanged",
          many: "were already waiting, active or set aside, and were left unchanged"
        ))
    } catch let error as RedisError where error.serverCode == "USHERSCORE" {
      throw Failure(
        .failed, "cannot add anybody at the back of queue '\(layout.name)'",
        causes: ["the last score is so large that a double cannot represent the next whole number"],
        hints: ["see the scores with \(layout.command("list --from \(max(1, plan.snapshot.waiting - 9))"))"])
    }
  }

  /// Takes issued tokens out again that still wait where they were put.
  public func undoIssue(_ issue: OperationID, _ change: RunningChange) throws -> ChangeOutcome {
    let totals = try run(
      UndoIssueScript.script(for: layout), change, takingBack: issue, batchSize: Self.repairBatchLimit)
    return outcome(
      totals, change.control,
      skipped: (
        one: "no longer waits at that position, and was left unchanged",
        many: "no longer wait at that position, and were left unchanged"
      ))
  }
}
