/// Writes records a row at a time in the format that was asked for, in flat memory.
///
/// Call `finish()` at the end, also when there was no row: a table then has its headings, JSON its brackets. The stream
/// is not flushed.
public struct RowWriter<Row> {
  private let fields: [Field<Row>]
  private let format: OutputFormat
  private let stream: OutputStream
  private let memberPrefixes: [[UInt8]]
  private var table: TableText
  private var json = JSONText()
  private var csv = CSVText()
  private var count = 0

  public init(_ fields: [Field<Row>], format: OutputFormat, to stream: OutputStream) {
    self.fields = format == .table ? fields.filter { !$0.isWide } : fields
    self.format = format
    self.stream = stream
    table = TableText(
      headings: self.fields.map(\.heading), alignments: self.fields.map(\.alignment), stream: stream)
    memberPrefixes = self.fields.enumerated().map { index, field in
      Array(((index == 0 ? "{" : ", ") + FieldValue.text(field.name).json + ": ").utf8)
    }
  }

  public mutating func write(_ row: Row) throws(OutputError) {
    switch format {
    case .table:
      try table.add(
        fields.map { field in
          TableText.Cell(
            text: field.value(of: row).tableText(onTerminal: stream.isTerminal), style: field.style?(row))
        })
    case .json:
      json.bytes.removeAll(keepingCapacity: true)
      count == 0 ? json.raw("[\n") : json.raw(",\n")
      addObject(row)
      try stream.write(bytes: json.bytes)
    case .jsonl:
      json.bytes.removeAll(keepingCapacity: true)
      addObject(row)
      json.raw("\n")
      try stream.write(bytes: json.bytes)
    case .csv:
      if count == 0 { try writeCSVHeading() }
      csv.bytes.removeAll(keepingCapacity: true)
      for (index, field) in fields.enumerated() {
        csv.add(field.value(of: row), isFirst: index == 0, escapingControls: stream.isTerminal)
      }
      csv.endLine()
      try stream.write(bytes: csv.bytes)
    }
    count += 1
  }

  public mutating func finish() throws(OutputError) {
    switch format {
    case .table: try table.finish()
    case .json: try stream.write(count == 0 ? "[]\n" : "\n]\n")
    case .jsonl: break
    case .csv: if count == 0 { try writeCSVHeading() }
    }
  }

  private mutating func addObject(_ row: Row) {
    for (index, field) in fields.enumerated() {
      json.bytes.append(contentsOf: memberPrefixes[index])
      json.add(field.value(of: row))
    }
    fields.isEmpty ? json.raw("{}") : json.raw("}")
  }

  private mutating func writeCSVHeading() throws(OutputError) {
    csv.bytes.removeAll(keepingCapacity: true)
    for (index, field) in fields.enumerated() {
      csv.add(.text(field.name), isFirst: index == 0, escapingControls: stream.isTerminal)
    }
    csv.endLine()
    try stream.write(bytes: csv.bytes)
  }
}
