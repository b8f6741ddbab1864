/// One field of a record: declared once, rendered as a column, a JSON member or a CSV column.
public struct Field<Row>: Sendable {
  /// The JSON key and CSV heading: snake_case, with the unit in it (`wait_ms`).
  public let name: String
  /// The table's heading.
  public let heading: String
  public let alignment: Alignment
  /// Too wide for a table: shown in JSON, CSV and a record printed by itself.
  public let isWide: Bool
  @usableFromInline let value: @Sendable (Row) -> FieldValue
  @usableFromInline private(set) var style: (@Sendable (Row) -> Style?)?

  public init(
    _ name: String, heading: String, alignment: Alignment = .leading, isWide: Bool = false,
    _ value: @escaping @Sendable (Row) -> FieldValue
  ) {
    self.name = name
    self.heading = heading
    self.alignment = alignment
    self.isWide = isWide
    self.value = value
  }

  /// The same field, its cells coloured by what the row says.
  public func styled(_ style: @escaping @Sendable (Row) -> Style?) -> Field {
    var copy = self
    copy.style = style
    return copy
  }

  /// What the field holds in a row.
  public func value(of row: Row) -> FieldValue { value(row) }
}
