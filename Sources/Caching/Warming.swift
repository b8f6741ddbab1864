import Changes
import Failures
import Postgres
import Redis
import Text

/// What filling caches would write, as their queries say now.
public struct WarmingPlan: Sendable {
  public let caches: [CacheDefinition]
  /// Also entries that are there are written again.
  public let overwrites: Bool
  /// Rows of the queries.
  public let entries: Int
  /// Rows whose key is there already.
  public let present: Int
  /// Some of the keys to write, readable.
  public let sample: [String]

  /// Entries to write.
  public var count: Int { overwrites ? entries : entries - present }

  /// Warmed entries can be removed again; what an overwritten one held is gone.
  public var undo: UndoPromise {
    if overwrites && present > 0 { return .none(reason: "overwritten entries are not kept") }
    return .by(command: "usher cache evict \(caches.map(\.name).joined(separator: " "))")
  }
}

/// Fills caches from the database with their configured queries, a batch of entries a round trip.
public struct Warming {
  static let batchSize = 500
  private static let sampleSize = 10

  private let redis: RedisConnection
  private let postgres: PostgresConnection
  private let protected: ProtectedKeys

  public init(_ redis: RedisConnection, _ postgres: PostgresConnection, protected: ProtectedKeys) {
    self.redis = redis
    self.postgres = postgres
    self.protected = protected
  }

  /// Throws, before any store is asked, where a cache has no query.
  public static func requireQueries(of caches: [CacheDefinition]) throws {
    let withoutQuery = caches.filter { $0.warming == nil }.map { "'\($0.name)'" }
    guard withoutQuery.isEmpty else {
      throw Failure(
        .configuration, "no query is configured to warm cache \(withoutQuery.joined(separator: ", "))",
        hints: ["give it `warm: { sql: \"SELECT … AS key, … AS value\", ttl: 10m }` in the config file"])
    }
  }

  /// Runs the queries and counts. Throws where a cache has no query, or a row's key is no entry of its cache.
  public func plan(_ caches: [CacheDefinition], overwriting: Bool, isInterrupted: () -> Bool) throws -> WarmingPlan {
    try Self.requireQueries(of: caches)
    var entries = 0
    var present = 0
    var sample: [String] = []
    try forEachBatch(of: caches) { _, batch in
      if isInterrupted() { throw Failure(.interrupted, "interrupted while planning; nothing was changed") }
      let found = try redis.pipeline(batch.map { ["EXISTS", RedisArgument($0.key)] })
      for (entry, reply) in zip(batch, found) {
        let isPresent = try reply.integer > 0
        entries += 1
        present += isPresent ? 1 : 0
        if sample.count < Self.sampleSize, overwriting || !isPresent { sample.append(ByteNotation.encode(entry.key)) }
      }
      return true
    }
    return WarmingPlan(caches: caches, overwrites: overwriting, entries: entries, present: present, sample: sample)
  }

  /// Writes the entries; one that appeared meanwhile counts as skipped unless the plan overwrites.
  public func apply(_ plan: WarmingPlan, _ change: RunningChange) throws -> ChangeOutcome {
    var totals = BulkRun.Totals()
    for cache in plan.caches {
      totals = try write(cache, plan, change, after: totals)
      if !totals.isComplete { break }
    }
    var outcome = ChangeOutcome(changed: totals.changed, skipped: totals.other)
    outcome.wasInterrupted = !totals.isComplete
    return outcome
  }

  private func write(
    _ cache: CacheDefinition, _ plan: WarmingPlan, _ change: RunningChange, after earlier: BulkRun.Totals
  ) throws -> BulkRun.Totals {
    let size = change.control.batchSize(upTo: Self.batchSize)
    let feed = try BulkFeed(
      Self.script, of: change, on: redis,
      arguments: [
        "life_ms": RedisArgument(cache.warming?.timeToLive.map { "\($0.wholeMilliseconds)" } ?? ""),
        "overwrites": plan.overwrites ? "1" : "0",
      ], batchSize: size, after: earlier)
    var isComplete = true
    do {
      try forEachBatch(of: [cache], size: size) { _, batch in
        isComplete = try feed.send(
          ScriptDeclaration.Rest(
            keys: batch.map { RedisArgument($0.key) }, arguments: batch.map { RedisArgument($0.value) }))
        return isComplete
      }
    } catch let error as any FailureConvertible where !(error is BrokenOffChange) {
      // The database failed in the middle: report what was written.
      let totals = try feed.end(isComplete: false)
      guard totals.changed + totals.other > 0, error.failure.kind == .unavailable else { throw error }
      throw BrokenOffChange(
        done: ChangeOutcome(changed: totals.changed, skipped: totals.other), inDoubt: 1, by: error.failure)
    }
    return try feed.end(isComplete: isComplete)
  }

  // The first write is one that a full server refuses.
  private static let script = BatchScript(
    "warm", arguments: ["life_ms", "overwrites"], rest: "values", restKeys: "cached", second: "present",
    opening: .noting("'changed', changed"),
    body: """
      local options = {}
      if life_ms ~= '' then options = {'PX', life_ms} end
      if overwrites ~= '1' then options[#options + 1] = 'NX' end

      local function step()
        open_batch()
        local written = 0
        for i = cached_at, #KEYS do
          if redis.call('SET', KEYS[i], ARGV[values_at + i - cached_at], unpack(options)) then written = written + 1 end
        end
        changed, present = changed + written, present + #KEYS - cached_at + 1 - written
        close_batch()
      end

      local function has_more() return nil end
      """)

  /// Streams each cache's rows in batches; ends when `body` returns false.
  private func forEachBatch(
    of caches: [CacheDefinition], size: Int = Warming.batchSize,
    _ body: (CacheDefinition, [CacheEntry]) throws -> Bool
  ) throws {
    for cache in caches {
      guard let warming = cache.warming else { continue }
      var batch: [CacheEntry] = []
      do {
        try postgres.transaction(readOnly: true) {
          try postgres.stream(warming.query) { row in
            batch.append(try entry(row, of: cache))
            guard batch.count == size else { return }
            if try !body(cache, batch) { throw EndOfWarming() }
            batch.removeAll(keepingCapacity: true)
          }
        }
      } catch is EndOfWarming {
        return
      } catch let error as PostgresError {
        throw Self.mistake(error, in: warming, of: cache) ?? error
      }
      if !batch.isEmpty, try !body(cache, batch) { return }
    }
  }

  /// What is wrong with the query itself, in the file's terms; nil if the server or the way to it is to blame.
  private static func mistake(_ error: PostgresError, in warming: CacheWarming, of cache: CacheDefinition) -> Failure? {
    let isItsOwn = error.failure.kind == .badInput || error.problem == .undecodable || error.problem == .misuse
    guard isItsOwn || error.isReadOnly else { return nil }
    let reason = error.isReadOnly ? ["it changes data, but runs in a read-only transaction"] : [error.failure.message]
    return Failure(
      .badInput, "cannot warm cache '\(cache.name)' with its query", causes: reason + error.failure.causes,
      hints: [
        "correct warm.sql of the cache\(warming.place.map { " at \($0)" } ?? ""): a SELECT with the columns key and value, never NULL"
      ])
  }

  private func entry(_ row: PostgresRow, of cache: CacheDefinition) throws -> CacheEntry {
    let entry = CacheEntry(key: try row.decode("key"), value: try row.decode("value"))
    if let owner = entry.key.withUnsafeBytes(protected.owner(of:)) {
      throw ProtectedKeyConflict(key: entry.key, owner: owner)
    }
    guard cache.keys.contains(entry.key) || cache.patterns.contains(where: { $0.matches(entry.key) }) else {
      throw Failure(
        .badInput,
        "the query of cache '\(cache.name)' gives the key \(ByteNotation.quoted(entry.key)), which is not an entry of the cache",
        hints: ["correct the query, or the key, prefix or match of the cache, in the config file"])
    }
    return entry
  }
}

/// One row of a warming query.
private struct CacheEntry {
  let key: [UInt8]
  let value: [UInt8]
}

/// Ends a stream of rows from inside.
private struct EndOfWarming: Error {}

extension Duration {
  /// At least one, because a server refuses a life of no time.
  fileprivate var wholeMilliseconds: Int64 {
    max(1, components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000)
  }
}
