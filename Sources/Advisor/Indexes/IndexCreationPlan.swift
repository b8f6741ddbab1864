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
  /// The session that builds the same index now, which is followed to its end; nil for none.
  let twin: IndexBuilder?
  /// All indexes that the table has now.
  public let existing: [IndexDescription]
  public let estimate: IndexEstimate?
  /// Open transactions that a build would wait for, the oldest first.
  public let blockers: [OpenTransaction]
  public let warnings: [String]
  /// Rows that a unique index would not allow; nil where nobody looked.
  let duplicates: DuplicateKeys?
  let signature: String
  /// The tablespace of the index, empty for that of the database; nil for the one that the server chooses.
  var tablespace: String?
  /// Statements that run after the build, for what CREATE INDEX does not say.
  var afterwards: [String] = []
  /// The partitions; nil for a table that has none.
  var tree: PartitionTree?

  /// Indexes to create: 1, or the partitions that still need it; 0 where there is nothing to do.
  public var count: Int { equal != nil ? 0 : max(1, tree?.remaining ?? 1) }
  /// Partitions with rows, and how many of them still need the index; nil for a table without partitions.
  public var partitions: (all: Int, remaining: Int)? { tree.map { ($0.leaves, $0.remaining) } }

  /// The plan for one partition.
  func forPartition(_ table: TableFacts, name: String, statement: String) -> IndexCreationPlan {
    IndexCreationPlan(
      table: table, name: name, statement: statement, equal: nil, leftovers: [], twin: nil, existing: [], estimate: nil,
      blockers: [], warnings: [], duplicates: duplicates, signature: signature, tablespace: tablespace)
  }

  /// The statement without CONCURRENTLY, for a transaction.
  var plainStatement: String {
    guard let range = statement.firstRange(of: "INDEX CONCURRENTLY ") else { return statement }
    return statement.replacingCharacters(in: range, with: "INDEX ")
  }
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
    bytes = (page + rows * 13 / 2)...(2 * page + Int(Double(rows) * entry * 1.1))
    // A concurrent build reads the table twice and sorts once. From memory on a fast machine: 2 GB/s and 0.2 µs for each row; from
    // a slow disk with a live service: 40 MB/s and 5 µs for each row.
    let fast = Double(2 * tableBytes) / 2e9 + Double(rows) * 0.2e-6
    let slow = Double(2 * tableBytes) / 40e6 + Double(rows) * 5e-6
    time = .seconds(fast)...Duration.seconds(max(slow, fast, 1))
  }
}

extension String {
  func firstRange(of needle: String) -> Range<Index>? {
    indices.first { self[$0...].hasPrefix(needle) }.map { $0..<index($0, offsetBy: needle.count) }
  }

  func replacingCharacters(in range: Range<Index>, with text: String) -> String {
    String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
  }
}
