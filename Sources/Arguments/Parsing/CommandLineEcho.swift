/// A command line shown again, with signs under some of its words: as much as fits a terminal, around what is marked.
///
/// Words are quoted where a shell needs it, control characters and invalid UTF-8 are escaped, and secrets are shown as `...`.
struct CommandLineEcho {
  let line: String
  let marks: String

  /// - Parameter width: of the terminal.
  init(_ program: String, _ words: [[UInt8]], marks: [Mark], secrets: [Mark], width: Int) {
    let marks = marks.filter { $0.word < words.count }
    let room = width - CommandLineEcho.indent
    // A word and its blank take two columns at least: what is further away is never seen.
    let first = max(0, (marks.first?.word ?? 0) - room)
    let last = min(words.count, (marks.last?.word ?? 0) + room)
    var cells: [EchoCell] = first == 0 ? EchoWord(program).cells + [.blank] : [.ellipsis, .blank]
    for index in first..<max(first, last) {
      let word = EchoWord(
        words[index], marks: marks.filter { $0.word == index }.map(\.bytes),
        secret: secrets.filter { $0.word == index }.map(\.bytes.lowerBound).min(), limit: room)
      cells += word.cells
    }
    let shown = CommandLineEcho.window(cells, room)
    let blanks = String(repeating: " ", count: CommandLineEcho.indent)
    line = CommandLineEcho.trimmed(blanks + shown.map(\.text).joined())
    self.marks = CommandLineEcho.trimmed(
      blanks + shown.map { String(repeating: $0.isMarked ? "^" : " ", count: $0.columns) }.joined())
  }

  private static let indent = 4

  /// The cells that fit: all of them, or those around the first mark with `…` where something is left out.
  private static func window(_ cells: [EchoCell], _ room: Int) -> [EchoCell] {
    guard cells.columns > room, let first = cells.firstIndex(where: \.isMarked) else {
      return fitting(cells[...], room)
    }
    let last = cells.lastIndex(where: \.isMarked) ?? first
    // Two columns on either side for the `…` and its blank.
    let inner = room - 4
    // Not more than fits of what is marked, and up to half of the room that is left before it.
    let focus = fitting(cells[first...last], inner)
    let before = fitting(cells[..<first].reversed()[...], (inner - focus.columns) / 2).count
    var start = first - before
    let end = start + fitting(cells[start...], inner).count
    // No `…` stands where the line ends.
    let left = inner + (end == cells.count ? 2 : 0) - cells[start..<end].columns
    start -= fitting(cells[..<start].reversed()[...], left).count
    return edge(cells[..<start], isStart: true) + cut(cells, start..<end, keeping: first..<(first + focus.count))
      + edge(cells[end...], isStart: false)
  }

  /// Whole words where that costs little: the edges move to the next blanks outside of what must be kept, unless they are far.
  private static func cut(_ cells: [EchoCell], _ range: Range<Int>, keeping kept: Range<Int>) -> [EchoCell] {
    var (start, end) = (range.lowerBound, range.upperBound)
    if start > 0, !cells[start - 1].isBlank, let blank = cells[start..<kept.lowerBound].firstIndex(where: \.isBlank),
      cells[start..<blank].columns <= widestPart
    {
      start = blank + 1
    }
    let after = kept.upperBound..<max(end, kept.upperBound)
    if end < cells.count, !cells[end].isBlank, let blank = cells[after].lastIndex(where: \.isBlank),
      cells[blank..<end].columns <= widestPart
    {
      end = blank
    }
    // The `…` brings its own blank.
    if end < cells.count, end > start, cells[end - 1].isBlank, !cells[end - 1].isMarked { end -= 1 }
    return Array(cells[start..<max(start, end)])
  }

  /// The part of a word that is left out so that whole words remain: an option's name, say. A longer one says something by itself.
  private static let widestPart = 12

  private static func edge(_ cells: ArraySlice<EchoCell>, isStart: Bool) -> [EchoCell] {
    if cells.allSatisfy(\.isBlank) { return Array(cells) }
    return isStart ? [.ellipsis, .blank] : [.blank, .ellipsis]
  }

  /// The first cells, as many as fit.
  private static func fitting(_ cells: some Collection<EchoCell>, _ columns: Int) -> [EchoCell] {
    var used = 0
    return Array(
      cells.prefix { cell in
        used += cell.columns
        return used <= columns
      })
  }

  private static func trimmed(_ line: String) -> String {
    var line = line
    while line.last == " " { line.removeLast() }
    return line
  }
}
