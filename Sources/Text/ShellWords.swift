/// The words of a command line, as a POSIX shell reads them and people write them.
public enum ShellWords {
  /// The word as it can be typed: bare, or in quotes where it holds what a shell would change.
  ///
  /// Control characters are written as escapes in `$'…'`, which bash, zsh and the POSIX shell of 2024 read.
  public static func quoted(_ word: String) -> String {
    if isBare(word) { return word }
    guard word.unicodeScalars.contains(where: \.isTerminalControl) else { return singleQuoted(word) }
    return "$'" + word.unicodeScalars.map(escaped).joined() + "'"
  }

  /// The word in single quotes, which every POSIX shell reads; for scripts, where a word is always in quotes.
  public static func singleQuoted(_ word: String) -> String {
    "'" + replacing(in: word) { $0 == "'" ? #"'\''"# : nil } + "'"
  }

  /// The word in single quotes as fish reads them.
  ///
  /// Source: fish's manual, Quotes: within single quotes only the quote and the backslash are special.
  public static func fishQuoted(_ word: String) -> String {
    "'" + replacing(in: word) { $0 == "'" || $0 == "\\" ? "\\\($0)" : nil } + "'"
  }

  /// Scalars, not characters: a shell ends its quotes at a quote with a combining accent after it, too.
  private static func replacing(in word: String, _ replacement: (Unicode.Scalar) -> String?) -> String {
    var result = ""
    for scalar in word.unicodeScalars {
      if let text = replacement(scalar) { result += text } else { result.unicodeScalars.append(scalar) }
    }
    return result
  }

  /// Words as one line.
  public static func line(_ words: some Sequence<String>) -> String { words.map(quoted).joined(separator: " ") }

  /// Whether no shell changes the word: letters of any script, digits, and signs that mean nothing to a shell.
  public static func isBare(_ word: String) -> Bool {
    let isPlain = word.unicodeScalars.allSatisfy { scalar in
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9": true
      case _ where scalar.isASCII: "-_./:=,@%+".unicodeScalars.contains(scalar)
      default: !scalar.isTerminalControl && !scalar.properties.isWhitespace
      }
    }
    // zsh takes `=ls` for the path of ls.
    return isPlain && !word.isEmpty && !word.hasPrefix("=")
  }

  /// One scalar between the quotes of `$'…'`.
  public static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": #"\n"#
    case "\t": #"\t"#
    case "'", "\\": #"\"# + String(scalar)
    case _ where scalar.isTerminalControl:
      scalar.isASCII ? #"\x"# + scalar.value.hexadecimal(digits: 2) : #"\u"# + scalar.value.hexadecimal(digits: 4)
    default: String(scalar)
    }
  }

  /// The words before the first `|`, `>`, `<`, `;` or `&`; nil when a quote stays open. Nothing is expanded.
  public static func first(of line: String) -> [String]? {
    var words: [String] = []
    var word: String?
    var quote: Character?
    var isEscaped = false
    for character in line {
      if isEscaped {
        word = (word ?? "") + String(character)
        isEscaped = false
      } else if let open = quote {
        if character == open {
          quote = nil
        } else if character == "\\", open == "\"" {
          isEscaped = true
        } else {
          word = (word ?? "") + String(character)
        }
      } else if character == "'" || character == "\"" {
        quote = character
        word = word ?? ""
      } else if character == "\\" {
        isEscaped = true
      } else if "|<>;&".contains(character) {
        break
      } else if character == " " {
        if let finished = word { words.append(finished) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    guard quote == nil else { return nil }
    return word.map { words + [$0] } ?? words
  }
}
