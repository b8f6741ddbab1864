import Text

/// A table being written: it looks at the first rows to choose its layout, then streams with it.
struct TableText {
  /// So many rows are looked at before the widths are fixed: a screenful many times over, and still little memory.
  static let sampleSize = 1000

  private let columns: [TableColumn]
  private let stream: OutputStream
  private var sample: [[Cell]] = []
  private var layout: TableLayout?
  private var hasRecords = false

  struct Cell {
    var text: String
    var style: Style?
  }

  init(columns: [TableColumn], stream: OutputStream) {
    self.columns = columns
    self.stream = stream
  }

  mutating func add(_ row: [Cell]) throws(OutputError) {
    if let layout { return try write(row, layout) }
    sample.append(row)
    if sample.count == Self.sampleSize { try begin() }
  }

  mutating func finish() throws(OutputError) {
    if layout == nil { try begin() }
  }

  private mutating func begin() throws(OutputError) {
    let layout = TableLayout(
      columns, cells: sample.map { $0.map(\.text) }, available: stream.isTerminal ? stream.width ?? 80 : nil)
    self.layout = layout
    if sample.isEmpty, !layout.below.isEmpty {
      // No record comes that would name the others of its fields.
      try stream.writeText(columns.map(\.heading).joined(separator: "  "), style: .bold)
    } else if !layout.isOnItsSide {
      try writeHeadings(layout)
    }
    for row in sample { try write(row, layout) }
    sample = []
  }

  /// A heading that is broken ends in the line above the rows.
  private func writeHeadings(_ layout: TableLayout) throws(OutputError) {
    let headings = layout.shown.map { column in
      let heading = columns[column].heading
      return stream.isTerminal ? heading.wrapped(toColumns: layout.widths[column]) : [heading]
    }
    let height = headings.map(\.count).max() ?? 1
    for number in 0..<height {
      let cells = headings.map { lines in
        let blank = height - lines.count
        return Cell(text: number < blank ? "" : lines[number - blank], style: .bold)
      }
      try stream.writeLine(line(cells, layout))
    }
  }

  private mutating func write(_ row: [Cell], _ layout: TableLayout) throws(OutputError) {
    guard stream.isTerminal else { return try stream.writeLine(line(row, layout)) }
    if layout.isOnItsSide {
      if hasRecords { try stream.writeLine() }
      hasRecords = true
      return try RecordLines(columns).write(row, to: stream)
    }
    let parts = layout.shown.map { column in
      columns[column].fitted(row[column].text, to: layout.widths[column])
    }
    for number in 0..<(parts.map(\.count).max() ?? 1) {
      let cells = zip(layout.shown, parts).map { column, lines in
        Cell(text: number < lines.count ? lines[number] : "", style: row[column].style)
      }
      try stream.writeLine(line(cells, layout))
    }
    try RecordLines(columns).writeBelow(row, layout.below, to: stream)
  }

  /// The cells of the columns that are shown, side by side.
  private func line(_ cells: [Cell], _ layout: TableLayout) -> String {
    var line = ""
    // Blanks wait until something stands after them, so that no line ends in blanks.
    var blanks = 0
    for (column, cell) in zip(layout.shown, cells) {
      let padding = max(0, layout.widths[column] - cell.text.displayWidth)
      let alignment = columns[column].alignment
      if alignment == .trailing { blanks += padding }
      if !cell.text.isEmpty {
        line += String(repeating: " ", count: blanks) + stream.paint(cell.text, cell.style)
        blanks = 0
      }
      blanks += TableLayout.gap + (alignment == .trailing ? 0 : padding)
    }
    return line
  }
}

extension TableColumn {
  /// A cell's lines in this many columns.
  func fitted(_ text: String, to width: Int) -> [String] {
    switch giving {
    case .never: [text]
    case .end: [text.truncated(toColumns: width)]
    case .middle: [text.withoutMiddle(toColumns: width)]
    case .wraps: text.wrapped(toColumns: width)
    }
  }
}
