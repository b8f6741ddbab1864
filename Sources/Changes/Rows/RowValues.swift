import Postgres

/// One column's values in a set of rows, as text in PostgreSQL's form of the column's type; nil is NULL.
public enum RowValues: Equatable, Sendable {
  /// All rows have this value.
  case same(String?)
  /// One value for each row, in the order of the rows.
  case each([String?])

  /// The values of the rows; one that several rows share is stored once.
  public init(_ values: [String?]) {
    let isShared = values.count > 1 && values.allSatisfy { $0 == values[0] }
    self = isShared ? .same(values[0]) : .each(values)
  }

  /// Nil where all rows have the same value.
  var count: Int? {
    if case .each(let values) = self { return values.count }
    return nil
  }

  /// One text, or an array of texts.
  var parameter: PostgresValue? {
    switch self {
    case .same(let value): value.map { .init(text: $0) }
    case .each(let values): .array(values)
    }
  }
}
