import Arguments
import Caching
import Terminal

/// `usher cache list`: the configured caches and how much they hold.
enum CacheList: Command {
  static let sample = Toggle(
    "sample", help: "Look at a few entries of each for their size and how long they still live")

  static let specification = CommandSpecification(
    "list", summary: "Show the caches and how many entries they hold",
    discussion: """
      Counts the entries of every configured cache. Exact keys are asked for by name; prefixes and patterns are counted in one \
      walk over the key names with SCAN, however many caches there are, so it takes about a second a million keys and holds \
      the server for no more than a millisecond at a time.

      With --sample, up to \(CacheSurvey.usualSampleSize) entries of each cache are looked at, and the memory of the whole \
      cache is estimated from them.
      """,
    effect: .reads,
    examples: [
      Example("usher cache list", "how many entries does each cache hold"),
      Example("usher cache list --sample -o json", "with sizes and lifetimes, for a script"),
    ],
    options: [sample], seeAlso: ["cache evict", "cache warm"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    let caches = try session.caches().definitions
    let isSampled = values[sample]
    let survey = CacheSurvey(try session.redis(), isInterrupted: { Interruption.isRequested })
    let rows = try survey.take(of: caches, sampleSize: isSampled ? CacheSurvey.usualSampleSize : 0)
    if caches.isEmpty { session.note("no cache is configured; describe them under `caches:` in the config file") }
    try session.print(rows, fields + (isSampled ? sampleFields : []))
  }

  static let fields: [Field<CacheSummary>] = [
    Field("cache", heading: "cache", giving: .never) { .text($0.definition.name) },
    Field("keys", heading: "keys", alignment: .trailing) { .integer($0.keys) },
    Field("entries", heading: "entries are", giving: .wraps, rank: 2) { .text($0.definition.extent) },
    Field("warmable", heading: "warmable", giving: .never, rank: 3) { .boolean($0.definition.warming != nil) },
  ]

  static let sampleFields: [Field<CacheSummary>] = [
    Field("sampled_keys", heading: "sampled", alignment: .trailing, rank: 1) { .integer($0.sample?.entries ?? 0) },
    Field("estimated_bytes", heading: "memory (estimate)", alignment: .trailing) { row in
      row.sample.map { .bytes($0.estimatedBytes(of: row.keys)) } ?? .null
    },
    Field("shortest_ttl_ms", heading: "shortest life", alignment: .trailing, rank: 1) {
      .milliseconds($0.sample?.timeToLiveMilliseconds?.lowerBound)
    },
    Field("longest_ttl_ms", heading: "longest life", alignment: .trailing, rank: 1) {
      .milliseconds($0.sample?.timeToLiveMilliseconds?.upperBound)
    },
    Field("without_expiry", heading: "for ever", alignment: .trailing, rank: 1) { .integer($0.sample?.withoutExpiry) },
  ]
}
