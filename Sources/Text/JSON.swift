/// A JSON value.
public enum JSON: Equatable, Sendable {
  case null
  case boolean(Bool)
  /// The number as it was written, so that reading does not round it.
  case number(String)
  case text(String)
  case list([JSON])
  /// If a name is repeated, its last value counts.
  case object([String: JSON])

  /// Reads a whole text as one value.
  ///
  /// Strict: it refuses what RFC 8259 refuses, and values that are nested more than `deepest` levels deep. Reading takes no stack, but
  /// freeing the value and comparing it do, a part for each level.
  public init(parsing text: String, deepest: Int = 512) throws(JSONMistake) {
    var lexer = JSONLexer(Array(text.utf8), refusesControls: true)
    self = try Self.value(&lexer, deepest: deepest)
    guard try lexer.next() == .end else { throw lexer.mistake("something after the value") }
  }

  /// The value of an object's member; nil for everything else.
  public subscript(name: String) -> JSON? { if case .object(let members) = self { members[name] } else { nil } }
  /// The elements of a list; nil for everything else.
  public var list: [JSON]? { if case .list(let list) = self { list } else { nil } }
  /// The text of a string; nil for everything else.
  public var text: String? { if case .text(let text) = self { text } else { nil } }
  public var boolean: Bool? { if case .boolean(let boolean) = self { boolean } else { nil } }
  /// The nearest number; nil for everything else and for a number beyond the largest.
  public var number: Double? {
    guard case .number(let digits) = self, let number = Double(digits), number.isFinite else { return nil }
    return number
  }
  /// A number without a fraction, also when it is written as `5.0` or `1e3`; nil for everything else.
  public var integer: Int? {
    guard case .number(let digits) = self else { return nil }
    return Int(digits) ?? number.flatMap { Int(exactly: $0) }
  }
}

extension JSON {
  /// A list or an object that is not closed yet.
  private enum Open {
    case list([JSON])
    case object([String: JSON], name: String)
  }

  private static func value(_ lexer: inout JSONLexer, deepest: Int) throws(JSONMistake) -> JSON {
    var stack: [Open] = []
    var token = try lexer.next()
    while true {
      guard stack.count < deepest else { throw lexer.mistake("values nested more than \(deepest) levels deep") }
      var value: JSON
      switch token {
      case .punctuation("{"):
        token = try lexer.next()
        guard token == .punctuation("}") else {
          stack.append(.object([:], name: try memberName(token, &lexer)))
          token = try lexer.next()
          continue
        }
        value = .object([:])
      case .punctuation("["):
        token = try lexer.next()
        guard token == .punctuation("]") else {
          stack.append(.list([]))
          continue
        }
        value = .list([])
      default: value = try scalar(token, lexer)
      }
      guard try close(&value, &stack, &lexer) else { return value }
      token = try lexer.next()
    }
  }

  /// Adds the value to what is open, and closes what ends after it. False where nothing is open: then it is the whole value.
  private static func close(
    _ value: inout JSON, _ stack: inout [Open], _ lexer: inout JSONLexer
  ) throws(JSONMistake) -> Bool {
    while let open = stack.popLast() {
      switch open {
      case .list(var elements):
        elements.append(value)
        switch try lexer.next() {
        case .punctuation("]"): value = .list(elements)
        case .punctuation(","):
          stack.append(.list(elements))
          return true
        default: throw lexer.mistake("a list that is not closed")
        }
      case .object(var members, let name):
        members[name] = value
        switch try lexer.next() {
        case .punctuation("}"): value = .object(members)
        case .punctuation(","):
          stack.append(.object(members, name: try memberName(try lexer.next(), &lexer)))
          return true
        default: throw lexer.mistake("an object that is not closed")
        }
      }
    }
    return false
  }

  /// The name of an object's member, with the colon after it.
  private static func memberName(_ token: JSONLexer.Token, _ lexer: inout JSONLexer) throws(JSONMistake) -> String {
    guard case .text(let name) = token else { throw lexer.mistake("an object's member without a name") }
    guard try lexer.next() == .punctuation(":") else { throw lexer.mistake("a name without ':'") }
    return try string(name, lexer)
  }

  private static func scalar(_ token: JSONLexer.Token, _ lexer: JSONLexer) throws(JSONMistake) -> JSON {
    switch token {
    case .punctuation(let character): throw lexer.mistake("'\(character)' in place of a value")
    case .text(let bytes): return .text(try string(bytes, lexer))
    case .word(let word):
      if word.elementsEqual("null".utf8) { return .null }
      if word.elementsEqual("true".utf8) { return .boolean(true) }
      if word.elementsEqual("false".utf8) { return .boolean(false) }
      guard isNumber(word) else { throw lexer.mistake("a word that is not a value") }
      return .number(String(decoding: word, as: UTF8.self))
    case .end: throw lexer.mistake("the end in place of a value")
    }
  }

  private static func string(_ bytes: [UInt8], _ lexer: JSONLexer) throws(JSONMistake) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw lexer.mistake("a string that is not UTF-8") }
    return text
  }

  /// `-`, digits without a leading zero, then perhaps a fraction and an exponent.
  private static func isNumber(_ word: ArraySlice<UInt8>) -> Bool {
    var rest = word
    func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
    func takeDigits() -> Int {
      let digits = rest.prefix(while: isDigit)
      rest = rest.dropFirst(digits.count)
      return digits.count
    }
    func take(_ characters: String) -> Bool {
      guard let first = rest.first, characters.utf8.contains(first) else { return false }
      rest = rest.dropFirst()
      return true
    }
    _ = take("-")
    if !take("0"), takeDigits() == 0 { return false }
    if take("."), takeDigits() == 0 { return false }
    if take("eE") {
      _ = take("+-")
      if takeDigits() == 0 { return false }
    }
    return rest.isEmpty
  }
}
