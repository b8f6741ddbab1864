/// The planned creation of one index; planning only reads.
public struct IndexCreationPlan: Equatable, Sendable {
  public let table: TableFacts
  /// The name of the new index, which is in the schema of its table.
  public let name: String
  /// The statement that will run.
  public let statement: String
  /// A valid index that is the same, with any name; then there is nothing to do.
  public let equal: IndexDescription?
  /// Unfinished builds of the same index, dropped before the new build.
  public let leftovers: [IndexDescription]
  /// All indexes that the table has now.
  public let existing: [IndexDescription]
  public let estimate: IndexEstimate?
  /// Open transactions that a build would wait for, the oldest first.
  public let blockers: [OpenTransaction]
  public let warnings: [String]
  let signature: String

  /// Indexes to create: 1 or 0.
  public var count: Int { equal == nil ? 1 : 0 }
  var quotedTitle: String { "'\(table.schema).\(name)'" }
}

/// The size and duration of a build, as ranges: both depend on the cache, the disk, and the load of the server.
public struct IndexEstimate: Equatable, Sendable {
  public let bytes: ClosedRange<Int>
  public let time: ClosedRange<Duration>

  /// - Parameter keyBytes: the average size of one row's keys and included columns.
  init(rows: Int, tableBytes: Int, keyBytes: Int) {
    // An entry is its keys, padded to 8, an 8-byte header and a 4-byte pointer, on pages that are 90% full. Equal keys of a
    // non-unique index are stored once, at best in six bytes for each row.
    let entry = Double((keyBytes + 7) / 8 * 8 + 12) / 0.9
    let page = 8192
    bytes = (page + rows * 7)...(2 * page + Int(Double(rows) * entry * 1.1))
    // A concurrent build reads the table twice and sorts once. From memory on a fast machine: 2 GB/s and 0.2 µs for each row; from
    // a slow disk with a live service: 40 MB/s and 5 µs for each row.
    let fast = Double(2 * tableBytes) / 2e9 + Double(rows) * 0.2e-6
    let slow = Double(2 * tableBytes) / 40e6 + Double(rows) * 5e-6
    time = .seconds(fast)...Duration.seconds(max(slow, fast, 1))
  }
}

/// A session with an open transaction that others wait for.
public struct OpenTransaction: Equatable, Sendable {
  public let pid: Int
  public let role: String
  public let application: String
  /// `idle in transaction`, `active`.
  public let state: String
  public let ageMilliseconds: Int

  /// `pid 4711 (psql of ann, idle in transaction for 312s)`
  public var description: String {
    "pid \(pid) (\(application.isEmpty ? "a session" : application) of \(role), \(state) for \(ageMilliseconds / 1000)s)"
  }
}
