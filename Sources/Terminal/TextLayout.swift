import Arguments

/// On which side of its column a text stands.
public enum Alignment: Sendable {
  case leading, trailing
}

extension String {
  /// The text cut to fit, with `…` as its last column where something was cut; a wide character is never halved.
  public func truncated(toColumns limit: Int) -> String { Columns.cut(self, to: limit) }

  /// The text cut to fit, with `…` for its middle: both ends are left, the first the longer by one where they differ.
  public func withoutMiddle(toColumns limit: Int) -> String {
    guard displayWidth > limit, limit > 2 else { return truncated(toColumns: limit) }
    let tail = (limit - 1) / 2
    let end = Self.fitting(reversed(), tail).reversed()
    return String(Self.fitting(self, limit - 1 - tail)) + "…" + String(end)
  }

  /// The first characters, as many as fit.
  private static func fitting(_ characters: some Sequence<Character>, _ columns: Int) -> [Character] {
    var used = 0
    return characters.prefix { character in
      used += character.displayWidth
      return used <= columns
    }
  }

  /// The text with blanks up to a number of columns; longer text stays as it is.
  public func padded(toColumns columns: Int, _ alignment: Alignment = .leading) -> String {
    let blanks = String(repeating: " ", count: max(0, columns - displayWidth))
    return alignment == .leading ? self + blanks : blanks + self
  }

  /// The text in lines of at most `limit` columns, broken at blanks; line feeds in it are kept.
  ///
  /// A word that is wider than a line is broken between characters. Every line after the first of a paragraph starts
  /// with `hangingIndent` blanks, which count.
  public func wrapped(toColumns limit: Int, hangingIndent: Int = 0) -> [String] {
    split(separator: "\n", omittingEmptySubsequences: false).flatMap { paragraph in
      var lines = LineFiller(limit: max(limit, hangingIndent + 2), indent: hangingIndent)
      for word in paragraph.split(separator: " ") { lines.add(word: String(word)) }
      return lines.finished()
    }
  }
}

/// Fills lines with words, one paragraph at a time.
private struct LineFiller {
  let limit: Int
  let indent: Int
  private var lines: [String] = []
  private var line = ""
  private var columns = 0

  init(limit: Int, indent: Int) {
    self.limit = limit
    self.indent = indent
  }

  private var isAtLineStart: Bool { columns == (lines.isEmpty ? 0 : indent) }

  mutating func add(word: String) {
    let width = word.displayWidth
    if !isAtLineStart {
      if columns + 1 + width <= limit {
        line += " " + word
        columns += 1 + width
        return
      }
      breakLine()
    }
    for character in word {
      if columns + character.displayWidth > limit, !isAtLineStart { breakLine() }
      line.append(character)
      columns += character.displayWidth
    }
  }

  private mutating func breakLine() {
    lines.append(line)
    line = String(repeating: " ", count: indent)
    columns = indent
  }

  func finished() -> [String] { lines + [line] }
}
