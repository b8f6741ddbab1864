import Changes
import Failures
import Redis
import Text

/// Where people are moved to.
public enum MoveDestination: Equatable, Sendable {
  case front
  case back
  /// Right before the person that this word names.
  case before(RedisArgument)
}

/// What moving people would do now.
public struct MovePlan: Sendable {
  /// The people to move, in their new order.
  public var members: [RedisArgument]
  var scores: [Double]
  /// The member before which they are moved, and its score as Redis writes it.
  var anchor: (member: RedisArgument, score: String)?
  /// Words that name nobody who waits.
  public var unknown: [RedisArgument]
  public var snapshot: QueueSnapshot
  public var count: Int { members.count }
  public var sample: [String] { members.prefix(5).map { ByteNotation.encode($0.bytes) } }
  /// Whether they share the score of a neighbour and are in the right order by their names.
  public var usesTies = false
  /// Of how many the place will have ended, where a score is that end.
  public var placesOver = 0
}

extension WaitingRoom {
  /// Looks the words up and finds the scores that put them there in the order of the words; changes nothing.
  ///
  /// Fails with `refused` when no score, and no order of names under one score, says what was asked for.
  public func planMove(_ words: [RedisArgument], to destination: MoveDestination) throws -> MovePlan {
    let snapshot = try snapshot()
    let words = words.withoutRepetition()
    let members = try waitingMembers(for: words)
    let moved = members.compactMap { $0 }.withoutRepetition()
    let unknown = zip(words, members).filter { $0.1 == nil }.map(\.0)
    var plan = MovePlan(members: moved, scores: [], unknown: unknown, snapshot: snapshot)
    guard !moved.isEmpty else { return plan }
    let isMoved = Set(moved)
    switch destination {
    case .front:
      // Where everybody moves, the first of them gives the measure.
      let first = try place(from: 0, step: 1) { !isMoved.contains($0) } ?? place(from: 0, step: 1) { _ in true }
      plan.scores =
        try first.flatMap { MoveScores.before($0.score, count: moved.count) } ?? none(of: moved, beside: first)
    case .back:
      let last = try place(from: -1, step: -1) { !isMoved.contains($0) }
      let now = try arrivalScore()
      plan.scores = try MoveScores.after(last?.score, now: now, count: moved.count) ?? none(of: moved, beside: last)
    case .before(let word):
      try placeBefore(word, &plan, isMoved)
    }
    let now = snapshot.nowMilliseconds
    plan.placesOver = plan.scores.count { score in layout.score.expiry(score: score).map { $0 <= now } ?? false }
    return plan
  }

  /// Gives the people of the plan their new scores in atomic batches; who does not wait any more is counted as skipped.
  public func move(_ plan: MovePlan, _ change: RunningChange) throws -> ChangeOutcome {
    let people = zip(plan.scores, plan.members).map { (score: RedisArgument("\($0)"), member: $1) }
    let batches = Batches(elements: people, size: repairBatchSize(change.control))
    do {
      let totals = try run(
        MoveScript.script(for: layout), change, batchSize: batches.size,
        arguments: [
          "anchor": plan.anchor?.member ?? "", "place": plan.anchor.map { RedisArgument($0.score) } ?? "",
        ]
      ) { number in batches.rest(number) { [$0.score, $0.member] } }
      return outcome(totals, change.control, skipped: (one: "is no longer waiting", many: "are no longer waiting"))
    } catch let error as RedisError where error.serverCode == "USHERMOVED" {
      throw Failure(
        .tryAgain, "the token to move before has moved or left meanwhile, so nobody was moved",
        hints: ["see the new plan with `--dry-run`"])
    }
  }

  /// Restores the earlier scores of moved people, unless they have moved again.
  public func undoMove(_ move: OperationID, _ change: RunningChange) throws -> ChangeOutcome {
    let totals = try run(UndoMoveScript.script(for: layout), change, takingBack: move, batchSize: Self.repairBatchLimit)
    return outcome(
      totals, change.control,
      skipped: (
        one: "had left or had moved again, and was left unchanged",
        many: "had left or had moved again, and were left unchanged"
      ))
  }

  /// The hint for a destination that is a score.
  private var scoreHint: String {
    let scores =
      switch layout.score.unit {
      case .milliseconds: " (scores here are milliseconds since 1970)"
      case .seconds: " (scores here are seconds since 1970)"
      case nil: ""
      }
    return
      "a destination is front, back or a token, not a score\(scores); see the people with \(layout.command("list -o jsonl"))"
  }

  // MARK: Places

  /// One position in the line.
  private struct Place {
    var member: RedisArgument
    var text: String
    var score: Double
  }

  /// The first position from `rank` on, towards the back or (`step` -1) the front, whose member fits; nil beyond the end.
  private func place(
    from rank: Int, step: Int, where fits: (RedisArgument) -> Bool
  ) throws -> Place? {
    let page = 500
    var rank = rank
    while true {
      let bounds = step > 0 ? (rank, rank + page - 1) : (rank < 0 ? rank - page + 1 : max(0, rank - page + 1), rank)
      let found = try redis.command(
        "ZRANGE", RedisArgument(layout.waitingKey), RedisArgument(bounds.0), RedisArgument(bounds.1), "WITHSCORES"
      ).pairs.map {
        Place(member: RedisArgument(try $0.0.bytes), text: try $0.1.string, score: try $0.1.double)
      }
      if let place = (step > 0 ? found : found.reversed()).first(where: { fits($0.member) }) { return place }
      if found.count < page { return nil }
      rank += step * page
      if step < 0, rank < 0, bounds.1 >= 0 { return nil }
    }
  }

  /// The score of a person who arrives now; nil if it is not known.
  private func arrivalScore() throws -> Double? {
    let ahead = layout.score.isExpiry ? layout.waitingLifetimeMilliseconds : 0
    guard let unit = layout.score.unit, let ahead else { return nil }
    return Double((try checkTypesAndReadClock() + ahead) / unit.rawValue)
  }

  private func placeBefore(_ word: RedisArgument, _ plan: inout MovePlan, _ isMoved: Set<RedisArgument>) throws {
    let name = ByteNotation.encode(word.bytes)
    guard let member = try waitingMembers(for: [word])[0] else {
      throw Failure(
        .badInput, "'\(name)' is not waiting in queue '\(layout.name)'",
        hints: Double(name) == nil ? [] : [scoreHint])
    }
    guard !isMoved.contains(member) else {
      throw Failure(.usage, "'\(name)' cannot be moved before itself")
    }
    let key = RedisArgument(layout.waitingKey)
    let score = try redis.append(["ZSCORE", key, member])
    let rank = try redis.append(["ZRANK", key, member])
    guard let text = try redis.checked(score).optional?.string, let upper = Double(text),
      let position = try redis.checked(rank).optional?.integer
    else {
      throw Failure(.tryAgain, "'\(name)' has just left queue '\(layout.name)'")
    }
    plan.anchor = (member, text)
    let before = position == 0 ? nil : try place(from: position - 1, step: -1) { !isMoved.contains($0) }
    let count = plan.members.count
    if let scores = before.map({ MoveScores.between($0.score, upper, count: count) })
      ?? MoveScores.before(upper, count: count)
    {
      plan.scores = scores
    } else if Self.rises([before?.score == upper ? before?.member : nil] + plan.members + [member]) {
      (plan.scores, plan.usesTies) = (Array(repeating: upper, count: count), true)
    } else if let before, Self.rises([before.member] + plan.members) {
      guard before.score < upper else { throw try noPlace(before, name, text) }
      (plan.scores, plan.usesTies) = (Array(repeating: before.score, count: count), true)
    } else {
      throw try noPlace(before, name, text)
    }
  }

  /// Whether the members are in this order if they share one score; nil members are ignored.
  private static func rises(_ members: [RedisArgument?]) -> Bool {
    let members = members.compactMap { $0?.bytes }
    return zip(members, members.dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) }
  }

  private func noPlace(_ before: Place?, _ name: String, _ score: String) throws -> Failure {
    let first = try redis.command(
      "ZRANGEBYSCORE", RedisArgument(layout.waitingKey), RedisArgument(score), RedisArgument(score), "LIMIT", "0", "1"
    ).array.first.map { ByteNotation.encode(try $0.bytes) }
    let other = before.map { "\(ByteNotation.quoted($0.member.bytes)) (\($0.text))" } ?? "the front"
    return Failure(
      .refused, "no score fits between \(other) and '\(name)' (\(score))",
      causes: ["people with equal scores are ordered by token, and there is no double between the two scores"],
      hints: first.map { ["move before the first token with that score: `--to \($0)`"] } ?? [])
  }

  private func none(of moved: [RedisArgument], beside place: Place?) throws -> [Double] {
    throw Failure(
      .refused, "no score lies beyond that of \(ByteNotation.quoted(place?.member.bytes ?? []))",
      causes: ["it is \(place?.text ?? "unknown")"])
  }
}
