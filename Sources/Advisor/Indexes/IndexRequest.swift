/// A requested index, as the command line describes it.
public struct IndexRequest: Equatable, Sendable {
  /// The table's name in SQL: `seat`, `public.seat`, `"Odd Name"`.
  public var table: String
  public var columns: [IndexColumn]
  public var isUnique: Bool
  /// Columns that the index includes without being ordered by them.
  public var included: [String]
  /// An SQL condition; only rows that satisfy it are indexed. Nil for all rows.
  public var condition: String?
  /// Nil for the name that PostgreSQL would choose.
  public var name: String?

  public init(
    table: String, columns: [IndexColumn], isUnique: Bool = false, included: [String] = [], condition: String? = nil,
    name: String? = nil
  ) {
    self.table = table
    self.columns = columns
    self.isUnique = isUnique
    self.included = included
    self.condition = condition
    self.name = name
  }

  /// The first column that is named twice; nil where each is named once.
  public var repeatedColumn: String? {
    var seen: Set<String> = []
    return (columns.map(\.name) + included).first { !seen.insert($0).inserted }
  }
}

/// One key column with its direction.
public struct IndexColumn: Equatable, Sendable {
  /// The exact name, with its case.
  public var name: String
  public var isDescending: Bool

  public init(_ name: String, isDescending: Bool = false) {
    self.name = name
    self.isDescending = isDescending
  }

  /// Reads `created_at` or `created_at desc`. Expressions are not accepted.
  public init(word: String) {
    let pieces = word.split(separator: " ")
    switch pieces.last?.lowercased() {
    case "asc" where pieces.count > 1: self.init(pieces.dropLast().joined(separator: " "))
    case "desc" where pieces.count > 1: self.init(pieces.dropLast().joined(separator: " "), isDescending: true)
    default: self.init(word)
    }
  }
}
