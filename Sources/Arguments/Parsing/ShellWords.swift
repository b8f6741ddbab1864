/// The words of a command line as a POSIX shell reads and people write them.
public enum ShellWords {
  /// The word as it can be typed: bare, or in quotes where it holds what a shell would not leave alone.
  ///
  /// Control characters are written as escapes in `$'…'`, which bash, zsh and the POSIX shell of 2024 read.
  public static func quoted(_ word: String) -> String {
    if isBare(word) { return word }
    guard word.unicodeScalars.contains(where: Word.isControl) else {
      return "'" + word.replacing("'", with: #"'\''"#) + "'"
    }
    return "$'" + word.map(escaped).joined() + "'"
  }

  /// Words as one line.
  public static func line(_ words: some Sequence<String>) -> String { words.map(quoted).joined(separator: " ") }

  /// Whether no shell changes it: letters of any script, digits, and signs that mean nothing to a shell.
  static func isBare(_ word: String) -> Bool {
    let isPlain = word.unicodeScalars.allSatisfy { scalar in
      if scalar.value < 0x80 {
        return Decimal.isDigit(UInt8(scalar.value)) || (UInt8(scalar.value) | 0x20).isASCIILetter
          || "-_./:=,@%+".unicodeScalars.contains(scalar)
      }
      return !Word.isControl(scalar) && !scalar.properties.isWhitespace
    }
    // zsh takes `=ls` for the path of ls.
    return isPlain && !word.isEmpty && !word.hasPrefix("=")
  }

  /// One character between the quotes of `$'…'`.
  static func escaped(_ character: Character) -> String { character.unicodeScalars.map(escaped).joined() }

  static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": #"\n"#
    case "\t": #"\t"#
    case "'", "\\": #"\"# + String(scalar)
    case _ where scalar.value < 0x80 && Word.isControl(scalar): #"\x"# + Word.hexadecimal(scalar.value, digits: 2)
    case _ where Word.isControl(scalar):
      scalar.value > 0xFFFF
        ? #"\U"# + Word.hexadecimal(scalar.value, digits: 8) : #"\u"# + Word.hexadecimal(scalar.value, digits: 4)
    default: String(scalar)
    }
  }

  /// The words before the first `|`, `>`, `<`, `;` or `&`; nothing when a quote stays open. Nothing is expanded.
  static func first(of line: String) -> [String]? {
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
