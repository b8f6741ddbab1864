/// What one node used, as far as the server measured it: blocks of 8 kB over all executions, times over all processes.
///
/// Source: https://www.postgresql.org/docs/current/sql-explain.html
public struct PlanResources: Equatable, Sendable {
  /// Blocks with those of the nodes below.
  public var hitBlocks: Int?
  public var readBlocks: Int?
  public var dirtiedBlocks: Int?
  public var writtenBlocks: Int?
  public var temporaryReadBlocks: Int?
  public var temporaryWrittenBlocks: Int?
  /// The time of reading and writing blocks; nil unless track_io_timing is on.
  public var readMilliseconds: Double?
  public var writeMilliseconds: Double?
  /// Pages of a bitmap for which only the page was kept, because work_mem was too small for the rows.
  public var lossyBlocks: Int?
  public var exactBlocks: Int?
  /// The peak memory of a hash, an aggregate or a cache.
  public var peakKilobytes: Int?
  /// The batches of a hash that were planned.
  public var plannedBatches: Int?
  public var aggregateBatches: Int?
  public var cache: Cache?
  public var heapFetches: Int?
  /// The query that a foreign server got.
  public var remoteSQL: String?

  /// How a Memoize node used its cache.
  public struct Cache: Equatable, Sendable {
    public var hits: Int
    public var misses: Int
    public var evictions: Int
    public var overflows: Int
  }

  public init() {}

  init(_ values: PlanObject) throws(PlanMismatch) {
    hitBlocks = try values.integer("Shared Hit Blocks")
    readBlocks = try values.integer("Shared Read Blocks")
    dirtiedBlocks = try values.integer("Shared Dirtied Blocks")
    writtenBlocks = try values.integer("Shared Written Blocks")
    temporaryReadBlocks = try values.integer("Temp Read Blocks")
    temporaryWrittenBlocks = try values.integer("Temp Written Blocks")
    // The names have the kind of blocks in them since version 17.
    let (read, sharedRead) = (try values.number("I/O Read Time"), try values.number("Shared I/O Read Time"))
    let (write, sharedWrite) = (try values.number("I/O Write Time"), try values.number("Shared I/O Write Time"))
    readMilliseconds = read ?? sharedRead
    writeMilliseconds = write ?? sharedWrite
    lossyBlocks = try values.integer("Lossy Heap Blocks")
    exactBlocks = try values.integer("Exact Heap Blocks")
    peakKilobytes = try values.integer("Peak Memory Usage")
    plannedBatches = try values.integer("Original Hash Batches")
    aggregateBatches = try values.integer("HashAgg Batches")
    heapFetches = try values.number("Heap Fetches").map { Int(clamping: $0) }
    remoteSQL = try values.text("Remote SQL")
    if let hits = try values.integer("Cache Hits") {
      cache = Cache(
        hits: hits, misses: try values.integer("Cache Misses") ?? 0,
        evictions: try values.integer("Cache Evictions") ?? 0,
        overflows: try values.integer("Cache Overflows") ?? 0)
    }
  }
}
