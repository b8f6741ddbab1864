/// The statistics of one statement of the current database, since they were last reset.
public struct SlowQuery: Equatable, Sendable {
  /// The id for `usher query explain`; nil for a statement of another role that this role may not see.
  public var queryID: Int?
  public var calls: Int
  public var totalMilliseconds: Double
  public var meanMilliseconds: Double
  /// Rows returned or changed, in all calls.
  public var rows: Int
  /// The share of blocks that were found in shared buffers, from 0 to 1; nil where no blocks were read.
  public var hitRatio: Double?
  /// The statement with `$1` for its constants, as the server stores it; `<insufficient privilege>` where `isHidden`.
  public var text: String

  /// Whether the statement belongs to another role, and this role is not a member of pg_read_all_stats.
  public var isHidden: Bool { queryID == nil }
}

/// The figure by which statements are sorted.
public enum SlowQueryOrder: String, CaseIterable, Sendable {
  case total, mean, calls, rows

  var column: String {
    switch self {
    case .total: "total_ms"
    case .mean: "mean_ms"
    case .calls: "calls"
    case .rows: "rows"
    }
  }
}
