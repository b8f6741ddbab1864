import Arguments
import Caching
import Terminal

/// `usher cache list`: the configured caches and how much they hold.
enum CacheList: Command {
  static let sample = Toggle(
    "sample", help: "Read some entries of each cache for their size and time to live")

  static let specification = CommandSpecification(
    "list", summary: "Show the caches and how many entries they hold",
    discussion: """
      Counts the entries of each configured cache. Exact keys are looked up by name. Prefixes and patterns are counted in \
      one scan of all keys, which takes about one second per million keys and occupies Redis for at most a millisecond at a \
      time.

      With --sample, up to \(CacheSurvey.usualSampleSize) entries of each cache are read, and the memory of the whole cache \
      is estimated from them.
      """,
    effect: .reads,
    examples: [
      Example("usher cache list", "Show how many entries each cache holds"),
      Example("usher cache list --sample -o json", "Print sizes and times to live for a script"),
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
    Field("shortest_ttl_ms", heading: "shortest TTL", alignment: .trailing, rank: 1) {
      .milliseconds($0.sample?.timeToLiveMilliseconds?.lowerBound)
    },
    Field("longest_ttl_ms", heading: "longest TTL", alignment: .trailing, rank: 1) {
      .milliseconds($0.sample?.timeToLiveMilliseconds?.upperBound)
    },
    Field("without_expiry", heading: "no expiry", alignment: .trailing, rank: 1) { .integer($0.sample?.withoutExpiry) },
  ]
}
