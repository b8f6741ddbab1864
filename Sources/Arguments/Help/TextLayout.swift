/// Lays text out in a number of columns.
struct TextLayout {
  var width: Int

  /// Words filled into lines; the first line is indented by `indent`, the others by `hanging` more.
  ///
  /// A word that is wider than a line stands on one of its own, uncut, so that it can be copied.
  func wrap(_ text: String, indent: Int = 0, hanging: Int = 0) -> [String] {
    var lines: [String] = []
    var line = ""
    var columns = 0
    for word in TextLayout.units(of: text) {
      let size = Columns.width(of: word)
      if columns > 0, columns + 1 + size > width {
        lines.append(line)
        columns = 0
      }
      if columns == 0 {
        columns = indent + (lines.isEmpty ? 0 : hanging)
        line = String(repeating: " ", count: columns) + word
        columns += size
      } else {
        line += " " + word
        columns += 1 + size
      }
    }
    return line.isEmpty ? lines : lines + [line]
  }

  /// The words; a short note such as `[default: 5s]` is one, so that it is never divided.
  private static func units(of text: String) -> [String] {
    var units: [String] = []
    var note: String?
    for word in text.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
      let joined = note.map { $0 + " " + word } ?? String(word)
      if joined.hasPrefix("["), !word.hasSuffix("]") {
        note = joined
      } else {
        units += Columns.width(of: joined) <= widestNote ? [joined] : joined.split(separator: " ").map(String.init)
        note = nil
      }
    }
    return units + (note?.split(separator: " ").map(String.init) ?? [])
  }

  /// Terms and texts side by side. A line that is too long is cut, or goes on below its own column.
  func table(_ rows: [(term: String, text: String)], cutsLines: Bool = true) -> [String] {
    let widest = rows.map { Columns.width(of: $0.term) }.filter { $0 <= TextLayout.widestTerm }.max() ?? 0
    let start = 2 + widest + 2
    return rows.flatMap { row in
      let term = "  " + row.term
      let isWide = Columns.width(of: row.term) > widest
      let lines = wrap(row.text, indent: start)
      guard let first = lines.first else { return [term] }
      let text =
        cutsLines && lines.count > 1 ? Columns.cut(row.text, to: width - start) : String(first.dropFirst(start))
      let rest = cutsLines ? [] : Array(lines.dropFirst())
      let padding = String(repeating: " ", count: max(0, start - 2 - Columns.width(of: row.term)))
      let head = isWide ? [term, String(repeating: " ", count: start) + text] : [term + padding + text]
      return head + rest
    }
  }

  /// Each term on its line, its text below it.
  func list(_ rows: [(term: String, text: String)]) -> [String] {
    rows.flatMap { ["  " + $0.term] + wrap($0.text, indent: 8) }
  }

  /// Filled, or line by line as it is where every line is indented: a listing.
  func paragraph(_ text: String) -> [String] {
    TextLayout.isListing(text) ? text.split(separator: "\n").map(String.init) : wrap(text)
  }

  static func isListing(_ paragraph: String) -> Bool {
    paragraph.split(separator: "\n").allSatisfy { $0.hasPrefix("  ") }
  }

  /// What empty lines separate.
  static func paragraphs(_ text: String) -> [String] {
    var paragraphs: [String] = []
    var lines: [Substring] = []
    for line: Substring in text.split(separator: "\n", omittingEmptySubsequences: false) + [""] {
      if line.allSatisfy({ $0 == " " }) {
        if !lines.isEmpty { paragraphs.append(lines.joined(separator: "\n")) }
        lines = []
      } else {
        lines.append(line)
      }
    }
    return paragraphs
  }

  /// Half of the narrowest terminal that is catered for: longer notes, of many choices, are better filled.
  private static let widestNote = 20

  /// A wider term pushes its text to the next line instead of the whole column to the right.
  private static let widestTerm = 30
}
