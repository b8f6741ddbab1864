/// Fills lines with units of text, one blank between two units.
///
/// A unit is a word, or several words that must stay in one line. A unit that is wider than a line has a line of its own and
/// stays whole, so that it can be copied. Only a word of wide characters, which Chinese and Japanese write without blanks, is
/// divided between them.
public struct LineFiller {
  private let rooms: (first: Int, others: Int)
  private let indents: (first: Int, others: Int)
  private var lines: [String] = []
  private var line = ""
  private var used = 0

  /// - Parameters:
  ///   - width: columns of a line, indentation included.
  ///   - indent: blanks at the start of the first line.
  ///   - hanging: further blanks at the start of each other line.
  public init(width: Int, indent: Int = 0, hanging: Int = 0) {
    indents = (indent, indent + hanging)
    rooms = (width - indent, width - indent - hanging)
  }

  /// - Parameters:
  ///   - first: columns of the first line.
  ///   - others: columns of each other line.
  public init(first: Int, others: Int) {
    indents = (0, 0)
    rooms = (first, others)
  }

  private var room: Int { lines.isEmpty ? rooms.first : rooms.others }

  /// Adds a unit to the line, or to the next line where it does not fit.
  public mutating func add(_ unit: String) {
    let isDivisible = unit.displayWidth > min(rooms.first, rooms.others) && !unit.contains(" ")
    for (index, part) in (isDivisible ? Self.divided(unit) : [unit[...]]).enumerated() {
      add(part, blank: index == 0)
    }
  }

  /// Adds a unit that may be divided between any two characters where it is wider than a line.
  public mutating func addBreakable(_ unit: String) {
    guard unit.displayWidth > min(rooms.first, rooms.others) else { return add(unit[...], blank: true) }
    if !line.isEmpty { endLine() }
    for index in unit.indices { add(unit[index...index], blank: false) }
  }

  /// The lines; none where no unit was added.
  public consuming func finished() -> [String] {
    if !line.isEmpty { endLine() }
    return lines
  }

  private mutating func add(_ part: Substring, blank: Bool) {
    let size = part.displayWidth
    let gap = blank && !line.isEmpty ? 1 : 0
    if !line.isEmpty, used + gap + size > room { endLine() }
    if !line.isEmpty, gap == 1 {
      line += " "
      used += 1
    }
    line += part
    used += size
  }

  private mutating func endLine() {
    lines.append(String(repeating: " ", count: lines.isEmpty ? indents.first : indents.others) + line)
    (line, used) = ("", 0)
  }
}

extension LineFiller {
  /// The parts of a unit that a line may end after: at a wide character, but not before a closing sign or after an opening one.
  ///
  /// Source: Unicode Standard Annex #14, classes ID, CL, NS and OP. The other classes are not needed where there are blanks.
  private static func divided(_ unit: String) -> [Substring] {
    var parts: [Substring] = []
    var start = unit.startIndex
    for index in unit.indices.dropFirst() {
      let (before, after) = (unit[unit.index(before: index)], unit[index])
      let isWide = before.displayWidth == 2 || after.displayWidth == 2
      guard isWide, !opening.contains(before), !closing.contains(after) else { continue }
      parts.append(unit[start..<index])
      start = index
    }
    return parts + [unit[start...]]
  }

  private static let opening: Set<Character> = Set("(（「『【〈《［｛〔[{")
  private static let closing: Set<Character> = Set(")）」』】〉》］｝〕]}、。，．・：；？！…ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ.,:;?!%")
}

extension String {
  /// The text in lines of at most `limit` columns (but at least two), broken at blanks; line feeds in the text are kept.
  ///
  /// A word that is wider than a line is broken between characters. An empty text is one empty line.
  public func wrapped(toColumns limit: Int) -> [String] {
    split(separator: "\n", omittingEmptySubsequences: false).flatMap { paragraph in
      var filler = LineFiller(width: max(limit, 2))
      for word in paragraph.split(separator: " ") { filler.addBreakable(String(word)) }
      let lines = filler.finished()
      return lines.isEmpty ? [""] : lines
    }
  }
}
