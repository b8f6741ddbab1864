import Text

/// A text of words and commands, to be filled into lines between them and never inside of a command.
///
/// A command is what stands in backquotes, and what follows a colon and begins with `usher` or another word that is typed into a
/// shell: all up to a semicolon or the end. A name in quotes is kept together where that costs little.
struct Sentence {
  /// What a line may end after.
  private(set) var units: [String] = []

  init(_ text: String) {
    let words = text.split(separator: " ").map(String.init)
    var index = 0
    while index < words.count {
      let count = Self.unit(of: words[index...], after: units.last)
      units.append(words[index..<index + count].joined(separator: " "))
      index += count
    }
  }

  /// Lines of this many columns, the first and the others; a unit that is wider has a line of its own.
  func lines(first: Int, others: Int) -> [String] {
    var filler = LineFiller(first: first, others: others)
    for unit in units { filler.add(unit) }
    let lines = filler.finished()
    return lines.isEmpty ? [""] : lines
  }

  /// Whether a word may be broken between any two characters: one of wide characters, as of Japanese.
  static func isDivisible(_ word: Substring) -> Bool {
    !word.contains(" ") && !word.utf8.allSatisfy { $0 < 0x80 } && word.contains { $0.displayWidth == 2 }
  }

  /// How many of the words belong together.
  private static func unit(of words: ArraySlice<String>, after last: String?) -> Int {
    guard let first = words.first else { return 0 }
    if last?.hasSuffix(":") == true, shellWords.contains(first) {
      let end = words.firstIndex { $0.hasSuffix(";") } ?? words.endIndex - 1
      return end - words.startIndex + 1
    }
    guard let quote = first.drop(while: { $0 == "(" }).first, "`'\"".contains(quote) else { return 1 }
    for (number, index) in words.indices.enumerated() {
      // The word that opens must not close by its opening.
      let word = number == 0 ? words[index].drop { $0 == "(" }.dropFirst() : words[index][...]
      guard closes(word, quote) else { continue }
      let width = words[words.startIndex...index].joined(separator: " ").displayWidth
      return quote == "`" || width <= widestQuotation ? number + 1 : 1
    }
    return 1
  }

  /// Whether a quotation ends in this word, which a comma or a full stop may follow.
  private static func closes(_ word: Substring, _ quote: Character) -> Bool {
    let end = word.reversed().first { !",.;:!?)".contains($0) }
    return end == quote || (quote == "`" && word.contains(quote))
  }

  /// What commands begin with that messages end in.
  private static let shellWords: Set<String> = ["usher", "eval", "sudo", "psql", "redis-cli", "apt", "export"]
  /// Half of a usual terminal.
  private static let widestQuotation = 40
}
