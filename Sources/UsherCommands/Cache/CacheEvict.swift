import Arguments
import Caching
import Changes
import Failures
import Terminal
import Text

/// `usher cache evict`: removes cache entries by cache, key or pattern.
enum CacheEvict: Command {
  static let names = OperandList("NAME", .text.completing(.caches), help: "Evict all entries of this configured cache")
  static let key = ListOption(
    "key", .text, placeholder: "KEY", help: "Evict this exact key; may be repeated")
  static let match = Option(
    "match", .glob, placeholder: "GLOB", help: "Evict all keys that match this Redis pattern")
  static let all = Toggle("all", help: "Evict all configured caches")

  static let specification = CommandSpecification(
    "evict", summary: "Remove entries from the caches",
    discussion: """
      Use it when a cache shows outdated data. Until the cache is filled again, the service reads from its database: with \
      many readers, evict a part at a time, or warm the cache at once.

      Keys of configured queues and of usher are never touched: a pattern that matches them is refused before anything is \
      changed. Evicted entries cannot be restored; `usher cache warm` fills a cache that has a query for it.
      """,
    details: """
      Exact keys are removed first, then patterns page by page with SCAN and UNLINK. The server is never occupied for more \
      than about a millisecond at a time; --rate slows the eviction down further.

      A Redis that has reached its maxmemory and refuses writes still accepts an eviction and its record.

      The plan counts the keys with a full scan before the eviction scans them again. With --yes, but without --dry-run and \
      --max-affected, the keys are scanned only once, and the count in the plan is an estimate.
      """,
    effect: .changes,
    examples: [
      Example("usher cache evict concertOption --dry-run", "Show how many entries would be removed, and some of them"),
      Example("usher cache evict --key 'concerts::SimpleKey []' --yes", "Remove one entry by its exact name"),
      Example(
        "usher cache evict --match 'concertOption::1*' --rate 5000/s", "Remove entries by pattern, at a limited rate"),
    ],
    operands: [names], options: [key, match, all] + ChangeOptions.all,
    groups: [.oneOf("NAME", "--key", "--match", "--all")],
    exitStatuses: [
      ExitStatus(77, "refused: a key of a queue or of usher is among the keys")
    ],
    seeAlso: ["cache list", "cache warm"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    let (selection, target) = try selection(values, session)
    try session.change(command: "cache evict") {
      let eviction = Eviction(
        try session.redis(), protected: try session.protectedKeys(), isInterrupted: { Interruption.isRequested })
      let plan = try eviction.plan(selection, counting: counting(values))
      return PlannedChange(proposal(plan, target), (eviction, plan))
    } apply: { planned, change in
      try planned.0.apply(planned.1, change)
    }
  }

  /// The count is exact only if it is shown or limited, because it takes a full scan.
  private static func counting(_ values: ParsedValues) -> Eviction.Counting {
    let isBounded = values[ChangeOptions.maxAffected] != nil
    return values[ChangeOptions.yes] && !values[ChangeOptions.dryRun] && !isBounded ? .bySample : .exactly
  }

  private static func selection(_ values: ParsedValues, _ session: Session) throws -> (KeySelection, String) {
    if let glob = values[match] {
      return (KeySelection(patterns: [KeyGlob(glob)]), "keys matching '\(glob)'")
    }
    let keys = values[key]
    if !keys.isEmpty {
      return (
        KeySelection(keys: keys.map { ByteNotation.reading($0.utf8) }),
        keys.count == 1 ? "key '\(keys[0])'" : keys.count.counted("key")
      )
    }
    let configured = try session.caches()
    let caches = values[all] ? configured.definitions : try configured.find(values[names])
    guard !caches.isEmpty else {
      throw Failure(
        .configuration, "no cache is configured", hints: ["describe them under `caches:` in the config file"])
    }
    return (KeySelection(caches: caches), CacheTarget.text(caches))
  }

  private static func proposal(_ plan: EvictionPlan, _ target: String) -> ChangeProposal {
    let total = plan.databaseSize.counted("key")
    let range = plan.estimate.range
    var count = plan.count.grouped
    var details: [(name: String, value: FieldValue)] = [("database_keys", .integer(plan.databaseSize))]
    if !plan.estimate.isExact {
      count = "about \(count) (\(range.lowerBound.grouped) to \(range.upperBound.grouped))"
      details += [("planned_min", .integer(range.lowerBound)), ("planned_max", .integer(range.upperBound))]
    }
    return ChangeProposal(
      command: "cache evict", target: target, place: .redis(.caches), action: "evict \(count) of \(total): \(target)",
      count: plan.count, countIsEstimate: !plan.estimate.isExact, sample: plan.sample,
      estimate: pass(over: plan.databaseSize, removing: plan.count), details: details,
      undo: plan.undo, freesMemory: true,
      nothingToDo: "nothing to do: no entries found (\(target))",
      done: { "evicted \($0.changedText("key")): \(target)" })
  }

  /// Scanning a million key names takes from half a second to a second, and removing a million keys from one to three.
  /// Measured on two busy cores, with a margin for slower machines.
  private static func pass(over total: Int, removing count: Int) -> ClosedRange<Duration>? {
    guard count > 10_000 else { return nil }
    let walk = Double(total) / 1_000_000
    let removal = Double(count) / 1_000_000
    return .seconds(walk * 0.5 + removal)...Duration.seconds(walk * 2 + removal * 4)
  }
}

/// What history and locks call caches.
enum CacheTarget {
  static func text(_ caches: [CacheDefinition]) -> String {
    "cache \(caches.map(\.name).joined(separator: ", "))"
  }
}
