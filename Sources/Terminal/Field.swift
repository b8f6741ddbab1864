/// One field of a record: declared once, rendered as a column, a JSON member or a CSV column.
public struct Field<Row>: Sendable {
  /// The JSON key and CSV heading: snake_case, with the unit in it (`wait_ms`).
  public let name: String
  /// Too wide for a table: shown in JSON, CSV and a record printed by itself.
  public let isWide: Bool
  let column: TableColumn
  @usableFromInline let value: @Sendable (Row) -> FieldValue
  @usableFromInline private(set) var style: (@Sendable (Row) -> Style?)?

  /// - Parameters:
  ///   - heading: the table's heading.
  ///   - giving: what the column does on a terminal that is too narrow; `end` when not said, `never` for figures.
  ///   - rank: columns of the highest rank give way first. Where that does not do, they leave the table, those of one rank at
  ///     once, and stand below their row; without ranks the last column does so first.
  ///   - least: how narrow it may become before that; when not said, a column that wraps keeps its words whole.
  public init(
    _ name: String, heading: String, alignment: Alignment = .leading, giving: Giving? = nil, rank: Int = 0,
    least: Int? = nil, isWide: Bool = false, _ value: @escaping @Sendable (Row) -> FieldValue
  ) {
    self.name = name
    self.isWide = isWide
    column = TableColumn(heading, alignment: alignment, giving: giving, rank: rank, least: least)
    self.value = value
  }

  /// The table's heading.
  public var heading: String { column.heading }

  /// The same field, its cells coloured by what the row says.
  public func styled(_ style: @escaping @Sendable (Row) -> Style?) -> Field {
    var copy = self
    copy.style = style
    return copy
  }

  /// What the field holds in a row.
  public func value(of row: Row) -> FieldValue { value(row) }
}
