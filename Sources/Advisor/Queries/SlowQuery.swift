/// What one statement of the current database has cost since the statistics began.
public struct SlowQuery: Equatable, Sendable {
  /// What `usher query explain` takes; nil for a statement of another role that ours may not see.
  public var queryID: Int?
  public var calls: Int
  public var totalMilliseconds: Double
  public var meanMilliseconds: Double
  /// Rows returned or changed, all calls together.
  public var rows: Int
  /// The share of blocks that were found in shared buffers, from 0 to 1; nil when none were read.
  public var hitRatio: Double?
  /// The statement with `$1` for its constants, as the server keeps it; `<insufficient privilege>` where `isHidden`.
  public var text: String

  /// Whether the text belongs to another role, and ours lacks pg_read_all_stats.
  public var isHidden: Bool { queryID == nil }
}

/// What the costliest statement is measured by.
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
