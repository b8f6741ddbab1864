import Text

/// Reads single texts out of a JSON document, without keeping the rest.
///
/// It agrees with the server's cjson: of a name that is repeated the last value counts, strings may hold any byte, and a whole number
/// below 2^53 is as good as a text.
struct JSONMember {
  private var lexer: JSONLexer
  private var paths: [[String]] = []
  private var found: [[UInt8]?] = []

  init(_ bytes: [UInt8]) { lexer = JSONLexer(bytes, refusesControls: false) }

  /// The text or the whole number at each path, nil if the document has none; nil as a whole for what is not a document.
  mutating func texts(at paths: [[String]]) -> [[UInt8]?]? {
    self.paths = paths
    found = paths.map { _ in nil }
    do throws(JSONMistake) {
      try read(try lexer.next(), [], depth: 0)
      return try lexer.next() == .end ? found : nil
    } catch {
      return nil
    }
  }

  /// Reads one value and keeps it if a path leads to it. A hundred levels are more than any member has.
  private mutating func read(_ token: JSONLexer.Token, _ path: [String], depth: Int) throws(JSONMistake) {
    guard depth < 100 else { throw lexer.mistake("values nested too deep") }
    forget(path)
    switch token {
    case .punctuation("{"): try readObject(path, depth)
    case .punctuation("["): try readList(depth)
    case .text(let text): keep(text, path)
    case .word(let word):
      if ["true", "false", "null"].contains(where: { word.elementsEqual($0.utf8) }) { return }
      guard let number = Double(String(decoding: word, as: UTF8.self)) else {
        throw lexer.mistake("a word that is not a value")
      }
      if number.magnitude < 9_007_199_254_740_992, let whole = Int(exactly: number) {
        keep(Array(String(whole).utf8), path)
      }
    case .punctuation, .end: throw lexer.mistake("no value")
    }
  }

  private mutating func readObject(_ path: [String], _ depth: Int) throws(JSONMistake) {
    var token = try lexer.next()
    if token == .punctuation("}") { return }
    while true {
      guard case .text(let name) = token, try lexer.next() == .punctuation(":") else {
        throw lexer.mistake("a member without a name")
      }
      try read(try lexer.next(), path + [String(decoding: name, as: UTF8.self)], depth: depth + 1)
      token = try lexer.next()
      if token == .punctuation("}") { return }
      guard token == .punctuation(",") else { throw lexer.mistake("an object that is not closed") }
      token = try lexer.next()
    }
  }

  private mutating func readList(_ depth: Int) throws(JSONMistake) {
    var token = try lexer.next()
    if token == .punctuation("]") { return }
    while true {
      // No path leads into a list.
      try read(token, ["\u{0}"], depth: depth + 1)
      token = try lexer.next()
      if token == .punctuation("]") { return }
      guard token == .punctuation(",") else { throw lexer.mistake("a list that is not closed") }
      token = try lexer.next()
    }
  }

  private mutating func keep(_ text: [UInt8], _ path: [String]) {
    for index in paths.indices where paths[index] == path { found[index] = text }
  }

  private mutating func forget(_ path: [String]) {
    for index in paths.indices where paths[index].starts(with: path) { found[index] = nil }
  }
}
