import Text

extension OutputStream {
  /// Writes records: a table, a JSON array, JSON lines or CSV.
  @inlinable
  public func render<Row>(
    _ rows: some Sequence<Row>, _ fields: [Field<Row>], format: OutputFormat
  ) throws(OutputError) {
    var writer = RowWriter(fields, format: format, to: self)
    for row in rows { try writer.write(row) }
    try writer.finish()
  }

  /// Writes one record: aligned `name  value` lines for people, one JSON object, or a CSV of one row.
  ///
  /// Here a wide field is shown to people too, wrapped under its own column on a terminal.
  public func renderObject<Row>(_ row: Row, _ fields: [Field<Row>], format: OutputFormat) throws(OutputError) {
    switch format {
    case .jsonl, .csv: try render(CollectionOfOne(row), fields, format: format)
    case .json: try renderJSONObject(row, fields)
    case .table: try renderLines(row, fields)
    }
  }

  private func renderJSONObject<Row>(_ row: Row, _ fields: [Field<Row>]) throws(OutputError) {
    var json = JSONWriter()
    json.raw("{")
    for (index, field) in fields.enumerated() {
      index == 0 ? json.raw("\n  ") : json.raw(",\n  ")
      json.add(field.name)
      json.raw(": ")
      json.add(field.value(of: row))
    }
    fields.isEmpty ? json.raw("}\n") : json.raw("\n}\n")
    try write(bytes: json.bytes)
  }

  private func renderLines<Row>(_ row: Row, _ fields: [Field<Row>]) throws(OutputError) {
    let cells = fields.map { field in
      TableText.Cell(text: field.value(of: row).tableText(onTerminal: isTerminal), style: field.style?(row))
    }
    try RecordLines(fields.map(\.column)).write(cells, to: self)
  }
}
