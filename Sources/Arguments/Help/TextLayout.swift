import Text

/// Lays help out in a number of columns.
struct TextLayout {
  var width: Int

  init(width: Int) { self.width = width }

  /// For a terminal of any width; lines have 40 columns at least, and 100 at most because longer lines are hard to read.
  init(terminal width: Int) { self.width = max(40, min(width, 100)) }

  /// Words filled into lines; the first line is indented by `indent`, the others by `hanging` more.
  func wrap(_ text: String, indent: Int = 0, hanging: Int = 0) -> [String] {
    var filler = LineFiller(width: width, indent: indent, hanging: hanging)
    for unit in TextLayout.units(of: text) { filler.add(unit) }
    return filler.finished()
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
        units += joined.displayWidth <= widestNote ? [joined] : joined.split(separator: " ").map(String.init)
        note = nil
      }
    }
    return units + (note?.split(separator: " ").map(String.init) ?? [])
  }

  /// Terms and texts side by side. A text that is too long goes on below its own column, or in the same line for those who search.
  func table(_ rows: [(term: String, text: String)], wraps: Bool = true) -> [String] {
    let limit = min(TextLayout.widestTerm, width / 2 - 4)
    let widest = rows.map { $0.term.displayWidth }.filter { $0 <= limit }.max() ?? 0
    let start = 2 + widest + 2
    return rows.flatMap { row in
      let term = "  " + row.term
      let isWide = row.term.displayWidth > widest
      let lines = wraps ? wrap(row.text, indent: start).map { String($0.dropFirst(start)) } : [row.text]
      guard let first = lines.first, !first.isEmpty else { return [term] }
      let padding = String(repeating: " ", count: max(0, start - 2 - row.term.displayWidth))
      let indent = String(repeating: " ", count: start)
      // Without wrapping, the term and its text are on one line, so that a search finds both.
      let head = isWide && wraps ? [term, indent + first] : [term + (isWide ? "  " : padding) + first]
      return head + lines.dropFirst().map { indent + $0 }
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

  /// A wider term, or one that takes half of a narrow terminal, pushes its text to the next line instead of the whole column to
  /// the right.
  private static let widestTerm = 30
}
