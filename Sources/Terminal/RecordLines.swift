import Text

/// One record on its side: a line a field, the name and then the value, and on a terminal the rest of a long value below its beginning.
struct RecordLines {
  private let columns: [TableColumn]

  init(_ columns: [TableColumn]) { self.columns = columns }

  /// All fields, the values in one column.
  func write(_ row: [TableText.Cell], to stream: OutputStream) throws(OutputError) {
    let indent = (columns.map(\.heading.displayWidth).max() ?? 0) + TableLayout.gap
    let room = stream.isTerminal ? (stream.width ?? 80) - indent : nil
    for (column, cell) in zip(columns, row) {
      let blanks = cell.text.isEmpty ? "" : String(repeating: " ", count: indent - column.heading.displayWidth)
      let name = stream.paint(column.heading, .bold) + blanks
      guard let room, cell.text.displayWidth > room else {
        try stream.writeLine(name + stream.paint(cell.text, cell.style))
        continue
      }
      // Beside a long name on a narrow terminal there is no room: then the value stands below it.
      let isBelow = room < Self.leastRoom
      let start = isBelow ? Self.indentBelow : indent
      if isBelow { try stream.writeLine(stream.paint(column.heading, .bold)) }
      for (index, line) in lines(of: cell.text, column, room: room + indent - start).enumerated() {
        let head = index == 0 && !isBelow ? name : String(repeating: " ", count: start)
        try stream.writeLine(head + stream.paint(line, cell.style))
      }
    }
  }

  /// These fields under their row, as many `name: value` in a line as fit; those that say nothing are left out.
  func writeBelow(_ row: [TableText.Cell], _ below: [Int], to stream: OutputStream) throws(OutputError) {
    let limit = (stream.width ?? 80) - Self.indentBelow
    let indent = String(repeating: " ", count: Self.indentBelow)
    var line = ""
    var used = 0
    for index in below where !["", FieldValue.null.tableText(onTerminal: true)].contains(row[index].text) {
      let label = columns[index].heading + ":"
      let cell = row[index]
      let width = label.displayWidth + 1 + cell.text.displayWidth
      if used > 0, used + TableLayout.gap + width > limit {
        try stream.writeLine(indent + line)
        (line, used) = ("", 0)
      }
      guard width > limit else {
        let gap = used > 0 ? TableLayout.gap : 0
        line +=
          String(repeating: " ", count: gap) + stream.paint(label, .dim) + " " + stream.paint(cell.text, cell.style)
        used += gap + width
        continue
      }
      let isCut = columns[index].giving == .end || columns[index].giving == .middle
      let text = isCut ? columns[index].fitted(cell.text, to: max(8, limit - label.displayWidth - 1))[0] : cell.text
      try stream.writeText(text, style: cell.style, lead: indent + label + " ", leadStyle: .dim)
    }
    if used > 0 { try stream.writeLine(indent + line) }
  }

  /// What may be copied, and any one word, stays in one piece, whatever the width: the terminal itself then breaks the line and knows
  /// that it is one.
  private func lines(of text: String, _ column: TableColumn, room: Int) -> [String] {
    column.giving == .never ? [text] : Sentence(text).lines(first: max(room, 1), others: max(room, 1))
  }

  private static let indentBelow = 4
  /// Narrower columns of text are hard to read.
  private static let leastRoom = 16
}
