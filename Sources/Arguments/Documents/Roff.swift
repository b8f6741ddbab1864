/// Lines of mdoc, with everything in them escaped that the language would take for its own.
///
/// Source: mdoc(7) and mandoc_char(7) of mandoc.
enum Roff {
  /// Text in running lines: a new line a sentence, as mdoc wants it; `literal` words in bold.
  static func text(_ text: String) -> [String] {
    var lines: [String] = []
    var words: [String] = []
    for word in text.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
      words.append(String(word))
      if let last = word.last, ".!?".contains(last), !word.hasSuffix("...") {
        lines.append(words.joined(separator: " "))
        words = []
      }
    }
    if !words.isEmpty { lines.append(words.joined(separator: " ")) }
    // Backquotes may embrace words of several sentences, so they are counted over all lines.
    var isLiteral = false
    return lines.map { line in
      var result = ""
      for (index, part) in line.split(separator: "`", omittingEmptySubsequences: false).enumerated() {
        if index > 0 {
          isLiteral.toggle()
          result += isLiteral ? "\\fB" : "\\fP"
        }
        result += isLiteral ? literal(String(part)) : escaped(String(part))
      }
      return protected(result)
    }
  }

  /// The lines of a discussion: paragraphs apart, listings as they are.
  static func discussion(_ text: String) -> [String] {
    var lines: [String] = []
    for (index, paragraph) in TextLayout.paragraphs(text).enumerated() {
      if TextLayout.isListing(paragraph) {
        let listing = paragraph.split(separator: "\n").map { String($0.drop { $0 == " " }) }
        lines += display(listing)
      } else {
        if index > 0 { lines.append(".Pp") }
        lines += Roff.text(paragraph)
      }
    }
    return lines
  }

  /// Lines as they are, indented.
  static func display(_ lines: [String]) -> [String] {
    [".Bd -literal -offset indent"] + lines.map { protected(literal($0)) } + [".Ed"]
  }

  /// Words as the arguments of a macro, none of which is taken for a macro or for punctuation.
  static func arguments(_ text: String) -> String {
    text.split(separator: " ").map { word in
      // Macros are two or three characters that begin with a capital or `%`; punctuation stands alone.
      let isReserved = word.utf8.count <= 3 && !(word.first?.isLowercase ?? false)
      let plain = literal(String(word)).map { $0 == "\"" ? "\\(dq" : String($0) }.joined()
      return isReserved ? "\\&" + plain : plain
    }.joined(separator: " ")
  }

  private static func escaped(_ text: String) -> String {
    text.map { $0 == "\\" ? "\\e" : String($0) }.joined()
  }

  /// Also keeps hyphens and quotes as they must be typed.
  private static func literal(_ text: String) -> String {
    text.map { character in
      switch character {
      case "\\": "\\e"
      case "-": "\\-"
      case "'": "\\(aq"
      case "`": "\\(ga"
      case "^": "\\(ha"
      case "~": "\\(ti"
      default: String(character)
      }
    }.joined()
  }

  /// Escapes a line that would be read as a request.
  private static func protected(_ line: String) -> String {
    line.hasPrefix(".") || line.hasPrefix("'") ? "\\&" + line : line
  }
}
