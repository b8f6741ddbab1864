import Failures
import Redis

/// What one cache holds now.
public struct CacheSummary: Equatable, Sendable {
  public let definition: CacheDefinition
  /// Entries there are; an exact key counts as one.
  public let keys: Int
  /// Nil when no sample was asked for, or the cache is empty.
  public let sample: CacheSample?
}

/// What a few entries of a cache have in common.
public struct CacheSample: Equatable, Sendable {
  /// Entries looked at.
  public let entries: Int
  /// Memory that they take on the server together, with their names.
  public let bytes: Int
  /// The least and the most time that an entry has left; nil when none of them expires.
  public let timeToLiveMilliseconds: ClosedRange<Int>?
  /// Entries among them that never expire.
  public let withoutExpiry: Int

  /// What the whole cache takes, if its other entries are like these.
  public func estimatedBytes(of keys: Int) -> Int {
    entries == 0 ? 0 : Int(Double(bytes) / Double(entries) * Double(keys))
  }
}

/// Counts the entries of all configured caches in one scan of the key names, however many caches there are.
public struct CacheSurvey {
  /// Enough to tell kilobytes from megabytes, and quick.
  public static let usualSampleSize = 20
  private static let pageSize = 1_000

  private let redis: RedisConnection
  private let isInterrupted: @Sendable () -> Bool

  public init(_ redis: RedisConnection, isInterrupted: @escaping @Sendable () -> Bool = { false }) {
    self.redis = redis
    self.isInterrupted = isInterrupted
  }

  /// One summary a definition, in their order. `sampleSize` entries of each are looked at; 0 for none.
  public func take(of definitions: [CacheDefinition], sampleSize: Int = 0) throws -> [CacheSummary] {
    var tallies = definitions.map { Tally($0, sampleSize: sampleSize) }
    for index in tallies.indices { try countKeys(&tallies[index]) }
    try countPatterns(&tallies)
    return try tallies.map { tally in
      CacheSummary(definition: tally.definition, keys: tally.count, sample: try look(at: tally.sample))
    }
  }

  private struct Tally {
    let definition: CacheDefinition
    let exactKeys: Set<[UInt8]>
    let sampleSize: Int
    var count = 0
    var sample: [[UInt8]] = []

    init(_ definition: CacheDefinition, sampleSize: Int) {
      self.definition = definition
      self.sampleSize = sampleSize
      exactKeys = Set(definition.keys)
    }

    mutating func note(_ key: [UInt8]) {
      count += 1
      if sample.count < sampleSize { sample.append(key) }
    }
  }

  private func countKeys(_ tally: inout Tally) throws {
    for chunk in tally.definition.keys.chunks(of: Self.pageSize) {
      let replies = try redis.pipeline(chunk.map { ["EXISTS", RedisArgument($0)] })
      for (key, reply) in zip(chunk, replies) where try reply.integer > 0 { tally.note(key) }
    }
  }

  private func countPatterns(_ tallies: inout [Tally]) throws {
    let patterns = KeySelection(caches: tallies.map(\.definition))
    guard !patterns.patterns.isEmpty else { return }
    var scan = redis.scan(match: patterns.serverPattern.map { RedisArgument($0.source) }, count: Self.pageSize)
    while let page = try scan.nextPage() {
      if isInterrupted() { throw Failure(.interrupted, "interrupted while counting keys") }
      for key in page {
        for index in tallies.indices where tallies[index].definition.patterns.contains(where: { $0.matches(key.bytes) })
        {
          if !tallies[index].exactKeys.contains(key.bytes) { tallies[index].note(key.bytes) }
        }
      }
    }
  }

  /// An entry that goes away meanwhile is left out.
  private func look(at keys: [[UInt8]]) throws -> CacheSample? {
    var entries = 0
    var bytes = 0
    var withoutExpiry = 0
    var times: [Int] = []
    let sizes = try redis.pipeline(keys.map { ["MEMORY", "USAGE", RedisArgument($0)] })
    let expiries = try redis.pipeline(keys.map { ["PTTL", RedisArgument($0)] })
    for (size, expiry) in zip(sizes, expiries) {
      let milliseconds = try expiry.integer
      guard let size = try size.optional?.integer, milliseconds != -2 else { continue }
      entries += 1
      bytes += size
      if milliseconds < 0 { withoutExpiry += 1 } else { times.append(milliseconds) }
    }
    guard entries > 0 else { return nil }
    let range = times.min().flatMap { least in times.max().map { least...$0 } }
    return CacheSample(
      entries: entries, bytes: bytes, timeToLiveMilliseconds: range, withoutExpiry: withoutExpiry)
  }
}
