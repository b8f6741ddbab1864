/// A table being written: it looks at the first rows to choose its widths, then streams with these.
struct TableText {
  /// So many rows are looked at before the widths are fixed: a screenful many times over, and still little memory.
  static let sampleSize = 1000

  private let headings: [String]
  private let alignments: [Alignment]
  private let stream: OutputStream
  private var sample: [[Cell]] = []
  private var layout: TableLayout?

  struct Cell {
    var text: String
    var style: Style?
  }

  init(headings: [String], alignments: [Alignment], stream: OutputStream) {
    self.headings = headings
    self.alignments = alignments
    self.stream = stream
  }

  mutating func add(_ row: [Cell]) throws(OutputError) {
    if let layout { return try stream.writeLine(line(row, layout)) }
    sample.append(row)
    if sample.count == Self.sampleSize { try begin() }
  }

  mutating func finish() throws(OutputError) {
    if layout == nil { try begin() }
  }

  private mutating func begin() throws(OutputError) {
    let layout = TableLayout(
      cells: [headings] + sample.map { $0.map(\.text) }, alignments: alignments,
      available: stream.isTerminal ? stream.width ?? 80 : nil)
    self.layout = layout
    try stream.writeLine(line(headings.map { Cell(text: $0, style: .bold) }, layout))
    for row in sample { try stream.writeLine(line(row, layout)) }
    sample = []
  }

  private func line(_ row: [Cell], _ layout: TableLayout) -> String {
    var line = ""
    // Blanks wait until something stands after them, so that no line ends in blanks.
    var blanks = 0
    for (column, cell) in row.enumerated() {
      let width = layout.widths[column]
      let mayCut = layout.truncates && alignments[column] == .leading
      let text = mayCut ? cell.text.truncated(toColumns: width) : cell.text
      let padding = max(0, width - text.displayWidth)
      if alignments[column] == .trailing { blanks += padding }
      if !text.isEmpty {
        line += String(repeating: " ", count: blanks) + stream.paint(text, cell.style)
        blanks = 0
      }
      blanks += TableLayout.gap + (alignments[column] == .trailing ? 0 : padding)
    }
    return line
  }
}
