/// How records are written: `-o`.
public enum OutputFormat: String, CaseIterable, Sendable {
  /// For people: aligned columns with headings.
  case table
  /// One JSON array, or one object where there is one record.
  case json
  /// One JSON object a line.
  case jsonl
  /// Comma-separated values with a heading line.
  case csv
}
