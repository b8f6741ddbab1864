import Failures
import Redis

/// Counts the keys of a selection by reading, keeps a few to show, and stops at a protected one.
struct KeyCounter {
  /// Databases up to this size are always read whole: it takes a hundredth of a second.
  static let smallDatabase = 20_000
  private static let sampleSize = 10
  private static let sampledPages = 10
  private static let pageSize = 1_000

  private let selection: KeySelection
  private let guarded: [ProtectedKeys.Family]
  private let exactKeys: Set<[UInt8]>
  private var exactCount = 0
  private(set) var sample: [[UInt8]] = []
  private(set) var estimate = CountEstimate(exactly: 0)

  init(_ selection: KeySelection, guarding guarded: [ProtectedKeys.Family]) {
    self.selection = selection
    self.guarded = guarded
    exactKeys = Set(selection.keys)
  }

  mutating func countExactKeys(_ redis: RedisConnection) throws {
    for chunk in selection.keys.chunks(of: Self.pageSize) {
      let replies = try redis.pipeline(chunk.map { ["EXISTS", RedisArgument($0)] })
      for (key, reply) in zip(chunk, replies) where try reply.integer > 0 {
        exactCount += 1
        keepForSample(key)
      }
    }
    estimate = CountEstimate(exactly: exactCount)
  }

  /// A sample is read without a pattern, because only then is it known how many keys were looked at, and from all over the database: a
  /// scan that was broken off has emptied its beginning.
  mutating func countPatterns(
    _ redis: RedisConnection, bySample: Bool, databaseSize: Int, isInterrupted: () -> Bool
  ) throws {
    guard !selection.patterns.isEmpty else { return }
    var matching = 0
    if bySample {
      var read = 0
      // Keys to the part of the scan that they stand for.
      var density = (matching: 0.0, all: 0.0)
      for number in 0..<Self.sampledPages {
        let page = try redis.scanPage(at: Double(number) / Double(Self.sampledPages), count: Self.pageSize)
        guard page.share > 0 else { continue }
        let count = try count(page.keys, isMatched: false, isInterrupted)
        density.matching += Double(count) / page.share
        density.all += Double(page.keys.count) / page.share
        read += page.keys.count
      }
      let share = density.all > 0 ? density.matching / density.all : 0
      estimate = CountEstimate(matching: Int((share * Double(read)).rounded()), read: read, total: databaseSize)
        .adding(exactCount)
      return
    }
    let serverPattern = selection.serverPattern
    var scan = redis.scan(match: serverPattern.map { RedisArgument($0.source) }, count: Self.pageSize)
    while let page = try scan.nextPage() {
      matching += try count(page, isMatched: serverPattern != nil, isInterrupted)
    }
    estimate = CountEstimate(exactly: matching + exactCount)
  }

  /// How many of the keys are of the selection, other than by their names.
  private mutating func count(_ page: [RedisArgument], isMatched: Bool, _ isInterrupted: () -> Bool) throws -> Int {
    if isInterrupted() { throw Failure(.interrupted, "interrupted while counting keys; nothing was changed") }
    var count = 0
    for key in page where isMatched || key.bytes.withUnsafeBytes(selection.patternsMatch) {
      try refuse(key.bytes)
      guard !exactKeys.contains(key.bytes) else { continue }
      count += 1
      keepForSample(key.bytes)
    }
    return count
  }

  private mutating func keepForSample(_ key: [UInt8]) {
    if sample.count < Self.sampleSize { sample.append(key) }
  }

  private func refuse(_ key: [UInt8]) throws {
    guard let owner = guarded.first(where: { $0.shape.matches(key) })?.owner else { return }
    let pattern = selection.patterns.first { $0.matches(key) }
    throw ProtectedKeyConflict(key: key, owner: owner, pattern: pattern)
  }
}
