import Changes
import Redis
import Text

/// What taking people out would do now.
public struct RemovalPlan: Sendable {
  /// One person that the operator's words mean.
  struct Person: Sendable {
    /// The member in line, or what it would be; empty where that is not known.
    var line: RedisArgument
    var token: RedisArgument
    /// Nil of somebody who does not wait.
    var score: Double?
    /// What may be hers or his among the active.
    var entries: [RedisArgument]

    /// As `RemoveScript` reads it.
    var words: [RedisArgument] { [line, token, RedisArgument(entries.count)] + entries }
  }

  var people: [Person]
  public var takesActive: Bool
  /// Words that mean nobody, in their order.
  public var unknown: [RedisArgument]
  public var snapshot: QueueSnapshot

  public var count: Int { people.count }
  /// How many of them wait.
  public var waiting: Int { people.count { $0.score != nil } }
  /// The first few words, for a person to read.
  public var sample: [String] { people.prefix(5).map { ByteNotation.encode($0.token.bytes) } }
}

extension WaitingRoom {
  /// Looks the words up, each a token or a whole member; changes nothing. A word that is given twice counts once.
  ///
  /// - Parameter takesActive: whether those of them who are active leave as well.
  public func planRemoval(_ words: [RedisArgument], takesActive: Bool) throws -> RemovalPlan {
    let snapshot = try snapshot()
    let words = words.withoutRepetition()
    let places = try waitingPlaces(for: words)
    // Who is to stay active is looked for too, because their side keys stay; what a name tells the script sees by itself.
    let sought = zip(words, places).map { word, place in
      Sought(name: activeName(ofMember: (place?.member ?? word).bytes), token: isWhole(word) ? nil : word.bytes)
    }
    let entries = try activeEntries(of: sought, byName: takesActive)
    let stored = takesActive ? try areStored(entries.flatMap { $0.map(\.entry) }) : []
    var plan = RemovalPlan(people: [], takesActive: takesActive, unknown: [], snapshot: snapshot)
    // A token and its whole member mean one person.
    var (seen, taken): (Set<RedisArgument>, Set<RedisArgument>) = ([], [])
    for (index, (word, place)) in zip(words, places).enumerated() {
      let member = place?.member
      let own = entries[index].map(\.entry)
      let present = own.filter(stored.contains)
      if layout.member != .token, let member, !seen.insert(member).inserted { continue }
      if member == nil, !present.isEmpty, taken.isSuperset(of: present) { continue }
      taken.formUnion(present)
      guard member != nil || !present.isEmpty else {
        plan.unknown.append(word)
        continue
      }
      let line = member ?? lineName(of: word, entries[index].first { stored.contains($0.entry) })
      let token = RedisArgument(token(ofMember: (line.bytes.isEmpty ? word : line).bytes))
      plan.people.append(RemovalPlan.Person(line: line, token: token, score: place?.score, entries: own))
    }
    return plan
  }

  /// Whether a word is a member with more in it than the token.
  private func isWhole(_ word: RedisArgument) -> Bool {
    layout.member != .token && layout.member.reading(word.bytes) != nil
  }

  /// The name in line of a person who does not wait; empty if only a token is known.
  private func lineName(of word: RedisArgument, _ entry: StoredEntry?) -> RedisArgument {
    if layout.member == .token || isWhole(word) { return word }
    return layout.active.naming == nil ? entry.map { RedisArgument($0.name) } ?? "" : ""
  }

  /// Carries out the plan in atomic batches, each with its before-image. People who left meanwhile are counted as skipped.
  ///
  /// The first in line leave first. People who came one after the other are mostly close together in the server's memory, so this takes
  /// half as long as the order of the words.
  public func remove(_ plan: RemovalPlan, _ change: RunningChange) throws -> ChangeOutcome {
    try takeOut(
      plan.people.sorted { ($0.score ?? .infinity) < ($1.score ?? .infinity) },
      from: plan.takesActive ? .everywhere : .line, change,
      skipped: (one: "had left before the removal", many: "had left before the removal"))
  }

  /// Runs `RemoveScript` over the people.
  func takeOut(
    _ people: [RemovalPlan.Person], from place: RemoveScript.Place, _ change: RunningChange,
    skipped: (one: String, many: String)
  ) throws -> ChangeOutcome {
    let size = repairBatchSize(change.control, takesActive: place != .line)
    let batches = Self.batches(of: people, size: size)
    // Only their names in line matter: the script has a quicker way for them.
    let isPlain = place == .line && layout.sideKeys.perToken.isEmpty && people.allSatisfy { $0.entries.isEmpty }
    let totals = try run(
      RemoveScript.script(for: layout), change, batchSize: size,
      arguments: ["place": RedisArgument(place.rawValue), "plain": isPlain ? "1" : "0"]
    ) { number in
      guard number <= batches.count else { return nil }
      let batch = batches[number - 1]
      return ScriptDeclaration.Rest(arguments: isPlain ? batch.map(\.line) : batch.flatMap(\.words))
    }
    return outcome(totals, change.control, skipped: skipped)
  }

  /// The people in batches of so many at most, and fewer where they have many entries among the active: each entry is a look and a
  /// cut of its own. Somebody with more than a batch holds has one alone.
  static func batches(of people: [RemovalPlan.Person], size: Int) -> [ArraySlice<RemovalPlan.Person>] {
    let entryLimit = repairBatchLimit
    var batches: [ArraySlice<RemovalPlan.Person>] = []
    var (start, entries) = (0, 0)
    for (index, person) in people.enumerated() {
      if index > start, index - start == size || entries + person.entries.count > entryLimit {
        batches.append(people[start..<index])
        (start, entries) = (index, 0)
      }
      entries += person.entries.count
    }
    if start < people.count { batches.append(people[start...]) }
    return batches
  }

  /// Undoes a removal or an expiry. May be repeated after an interruption.
  public func undoRemoval(_ removal: OperationID, _ change: RunningChange) throws -> ChangeOutcome {
    let returned = try whoCameBack(since: removal)
    let totals = try run(
      UndoRemoveScript.script(for: layout), change, takingBack: removal, batchSize: Self.repairBatchLimit
    ) { number in ScriptDeclaration.Rest(arguments: number <= returned.count ? returned[number - 1] : []) }
    return outcome(
      totals, change.control,
      skipped: (
        one: "had come back or had expired, and was left unchanged",
        many: "had come back or had expired, and were left unchanged"
      ))
  }

  /// Who has come back since a removal under another name than the one that was taken out, as only a scan can tell; a list for each
  /// batch of the undo, which begins with the last of the removal.
  private func whoCameBack(since removal: OperationID) throws -> [[RedisArgument]] {
    guard layout.member != .token || !findsActiveByToken else { return [] }
    let images = RedisArgument(keys.beforeImages(removal))
    let count = try redis.command("LLEN", images).integer
    var batches: [[Removed]] = []
    for place in (0..<count).reversed() {
      batches.append(try removed(images, place))
    }
    let found = try found(byWalk: Set(batches.joined().map(\.token)))
    return batches.map { batch in
      batch.filter { found.inLine.contains($0.token) || (found.active.contains($0.token) && !$0.stayedActive) }.map(
        \.id)
    }
  }

  private struct Removed {
    /// The member, or the entry of the active.
    var id: RedisArgument
    var token: [UInt8]
    var stayedActive: Bool
  }

  private func removed(_ images: RedisArgument, _ place: Int) throws -> [Removed] {
    let reply = try redis.evaluate(
      RemovedPeopleScript.script, keys: ["images": images], arguments: ["place": RedisArgument(place)]
    ).array
      .map { try $0.array.map { RedisArgument(try $0.bytes) } }
    guard reply.count == 3 else { return [] }
    let held = Set(reply[1])
    let members = reply[0].map { Removed(id: $0, token: token(ofMember: $0.bytes), stayedActive: held.contains($0)) }
    return members
      + stride(from: 0, to: reply[2].count - 2, by: 3).map {
        Removed(id: reply[2][$0], token: reply[2][$0 + 2].bytes, stayedActive: false)
      }
  }

}

extension [RedisArgument] {
  /// The first of each, in order.
  func withoutRepetition() -> [RedisArgument] {
    var seen = Set<RedisArgument>(minimumCapacity: count)
    return filter { seen.insert($0).inserted }
  }
}
