import Text

/// The part of a row writer that does not depend on what a row is: it is given one value after the other.
@usableFromInline
struct RecordWriter {
  private let names: [String]
  private let format: OutputFormat
  private let stream: OutputStream
  /// What stands before each JSON value: `{"queue": ` and then `, "waiting": `.
  private let memberPrefixes: [[UInt8]]
  private var table: TableText
  private var cells: [TableText.Cell] = []
  private var json = JSONWriter()
  private var csv = CSVText()
  private var count = 0

  init(names: [String], columns: [TableColumn], format: OutputFormat, stream: OutputStream) {
    self.names = names
    self.format = format
    self.stream = stream
    table = TableText(columns: columns, stream: stream)
    memberPrefixes = names.enumerated().map { index, name in
      Array(((index == 0 ? "{" : ", ") + JSONWriter.quoted(name) + ": ").utf8)
    }
  }

  @usableFromInline
  mutating func beginRow() {
    switch format {
    case .table: cells.removeAll(keepingCapacity: true)
    case .json:
      json.bytes.removeAll(keepingCapacity: true)
      count == 0 ? json.raw("[\n") : json.raw(",\n")
    case .jsonl: json.bytes.removeAll(keepingCapacity: true)
    case .csv:
      csv.bytes.removeAll(keepingCapacity: true)
      if count == 0 { addCSVHeading() }
    }
  }

  @usableFromInline
  mutating func add(_ value: FieldValue, _ style: Style?, at index: Int) {
    switch format {
    case .table: cells.append(TableText.Cell(text: value.tableText(onTerminal: stream.isTerminal), style: style))
    case .json, .jsonl:
      json.bytes.append(contentsOf: memberPrefixes[index])
      json.add(value)
    case .csv: csv.add(value, isFirst: index == 0, escapingControls: stream.isTerminal)
    }
  }

  @usableFromInline
  mutating func endRow() throws(OutputError) {
    count += 1
    switch format {
    case .table: try table.add(cells)
    case .json, .jsonl:
      names.isEmpty ? json.raw("{}") : json.raw("}")
      if format == .jsonl { json.raw("\n") }
      try stream.write(bytes: json.bytes)
    case .csv:
      csv.endLine()
      try stream.write(bytes: csv.bytes)
    }
  }

  mutating func finish() throws(OutputError) {
    switch format {
    case .table: try table.finish()
    case .json: try stream.write(count == 0 ? "[]\n" : "\n]\n")
    case .jsonl: break
    case .csv:
      guard count == 0 else { return }
      addCSVHeading()
      try stream.write(bytes: csv.bytes)
    }
  }

  private mutating func addCSVHeading() {
    for (index, name) in names.enumerated() {
      csv.add(.text(name), isFirst: index == 0, escapingControls: stream.isTerminal)
    }
    csv.endLine()
  }
}
