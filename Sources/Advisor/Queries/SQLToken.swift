/// One word, sign or literal of a statement. Comments and white space separate tokens.
struct SQLToken: Equatable, Sendable {
  enum Kind: Equatable, Sendable {
    /// A keyword or a name without quotes, in lower case.
    case word(String)
    /// A name in double quotes.
    case quotedName
    /// A string literal of any kind, or a number.
    case string, number
    /// `$1`.
    case parameter(Int)
    /// Any other byte.
    case sign(UInt8)
  }

  let kind: Kind
  /// Its position, in bytes.
  let range: Range<Int>

  func isWord(_ word: String) -> Bool { kind == .word(word) }
  func isSign(_ sign: Unicode.Scalar) -> Bool { kind == .sign(UInt8(truncatingIfNeeded: sign.value)) }
}

/// Splits a statement into tokens, to distinguish code from literals and comments.
///
/// A literal or comment that is not closed ends with the text; the server reports the error. standard_conforming_strings is assumed on.
/// Source: https://www.postgresql.org/docs/current/sql-syntax-lexical.html
struct SQLLexer {
  private let bytes: [UInt8]
  private var place = 0

  static func tokens(of text: String) -> [SQLToken] {
    var lexer = SQLLexer(bytes: Array(text.utf8))
    var tokens: [SQLToken] = []
    while let token = lexer.next() { tokens.append(token) }
    return tokens
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func next() -> SQLToken? {
    skipBlanksAndComments()
    guard let byte = peek() else { return nil }
    let start = place
    let kind = scan(byte)
    return SQLToken(kind: kind, range: start..<place)
  }

  private mutating func scan(_ byte: UInt8) -> SQLToken.Kind {
    switch byte {
    case UInt8(ascii: "'"):
      skipQuoted(byte, backslashEscapes: false)
      return .string
    case UInt8(ascii: "\""):
      skipQuoted(byte, backslashEscapes: false)
      return .quotedName
    case UInt8(ascii: "$"): return dollar()
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      while let next = peek(), Self.continuesName(next) || next == UInt8(ascii: ".") { place += 1 }
      return .number
    case _ where Self.startsName(byte): return word()
    default:
      place += 1
      return .sign(byte)
    }
  }

  /// A word, or a string with a prefix letter: `E'…'`.
  private mutating func word() -> SQLToken.Kind {
    let start = place
    while let next = peek(), Self.continuesName(next) { place += 1 }
    // `N'x'` becomes `N$1` in pg_stat_statements: a type and a parameter.
    if bytes[start] | 0x20 == UInt8(ascii: "n"), place > start + 2, bytes[start + 1] == UInt8(ascii: "$"),
      bytes[start + 2..<place].allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    {
      place = start + 1
    }
    let word = String(decoding: bytes[start..<place], as: UTF8.self).lowercased()
    if peek() == UInt8(ascii: "'"), ["e", "b", "x", "n"].contains(word) {
      skipQuoted(UInt8(ascii: "'"), backslashEscapes: word == "e")
      return .string
    }
    return .word(word)
  }

  /// `$1`, or a string between `$tag$` and `$tag$`.
  private mutating func dollar() -> SQLToken.Kind {
    let start = place
    place += 1
    let digits = bytes[place...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    if !digits.isEmpty {
      place += digits.count
      return .parameter(Int(String(decoding: digits, as: UTF8.self)) ?? .max)
    }
    while let next = peek(), Self.continuesName(next), next != UInt8(ascii: "$") { place += 1 }
    guard peek() == UInt8(ascii: "$") else {
      place = start + 1
      return .sign(UInt8(ascii: "$"))
    }
    place += 1
    let tag = bytes[start..<place]
    while place < bytes.count, !bytes[place...].starts(with: tag) { place += 1 }
    place = min(place + tag.count, bytes.count)
    return .string
  }

  /// A doubled quote stays inside: the text after it is read as another quoted part of the same token.
  private mutating func skipQuoted(_ quote: UInt8, backslashEscapes: Bool) {
    repeat {
      place += 1
      while let next = peek(), next != quote {
        place += backslashEscapes && next == UInt8(ascii: "\\") ? 2 : 1
      }
      place = min(place + 1, bytes.count)
    } while peek() == quote
  }

  private mutating func skipBlanksAndComments() {
    while let byte = peek() {
      if byte <= UInt8(ascii: " ") {
        place += 1
      } else if starts("--") {
        while let next = peek(), next != UInt8(ascii: "\n") { place += 1 }
      } else if starts("/*") {
        skipBlockComment()
      } else {
        return
      }
    }
  }

  /// Block comments nest.
  private mutating func skipBlockComment() {
    var depth = 0
    repeat {
      if starts("/*") {
        depth += 1
        place += 2
      } else if starts("*/") {
        depth -= 1
        place += 2
      } else {
        place += 1
      }
    } while depth > 0 && place < bytes.count
    place = min(place, bytes.count)
  }

  private func peek() -> UInt8? { place < bytes.count ? bytes[place] : nil }
  private func starts(_ text: StaticString) -> Bool {
    bytes[place...].starts(with: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  private static func startsName(_ byte: UInt8) -> Bool {
    byte >= 0x80 || byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }
  private static func continuesName(_ byte: UInt8) -> Bool {
    startsName(byte) || byte == UInt8(ascii: "$") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
