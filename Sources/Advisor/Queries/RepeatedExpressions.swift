/// Expressions that a statement repeats, whose equal constants pg_stat_statements has numbered one by one.
///
/// `SELECT date_trunc('month', at) … GROUP BY date_trunc('month', at)` becomes `date_trunc($1, at) … date_trunc($2, at)`, which the server
/// does not know to be equal.
struct RepeatedExpressions {
  private let bytes: [UInt8]
  private let tokens: [SQLToken]
  private let words: [String]

  /// The text in which the parameters of a GROUP BY, an ORDER BY and what equals them have the number of the first one; nil where
  /// nothing is repeated.
  static func unified(_ text: String) -> String? {
    let repeated = RepeatedExpressions(text)
    let numbers = repeated.numbers()
    return numbers.isEmpty ? nil : repeated.text(with: numbers)
  }

  private init(_ text: String) {
    let bytes = Array(text.utf8)
    self.bytes = bytes
    tokens = SQLLexer.tokens(of: text)
    words = tokens.map { token in
      switch token.kind {
      case .word(let word): word
      case .parameter: "$"
      default: String(decoding: bytes[token.range], as: UTF8.self)
      }
    }
  }

  /// For each parameter that repeats another, that one's number.
  private func numbers() -> [Int: Int] {
    var numbers: [Int: Int] = [:]
    for item in items() {
      let shape = words[item]
      guard item.count > 1, shape.contains("$") else { continue }
      let places = tokens.indices.dropLast(item.count - 1).filter { words[$0..<$0 + item.count] == shape }
      guard let first = places.first else { continue }
      for place in places.dropFirst() {
        for offset in 0..<item.count {
          guard case .parameter(let kept) = tokens[first + offset].kind,
            case .parameter(let number) = tokens[place + offset].kind, kept != number
          else { continue }
          numbers[number] = numbers[kept] ?? kept
        }
      }
    }
    return numbers
  }

  /// The items of all GROUP BY, ORDER BY and DISTINCT ON lists.
  private func items() -> [Range<Int>] {
    tokens.indices.flatMap { index -> [Range<Int>] in
      guard index + 1 < words.count else { return [] }
      switch (words[index], words[index + 1]) {
      case ("group", "by"), ("order", "by"): return list(from: index + 2)
      default: return []
      }
    }
  }

  private static let ends: Set = [
    "having", "order", "limit", "window", "union", "except", "intersect", "for", "fetch", "offset", "rows", "range",
    "groups", ";",
  ]
  private static let suffixes: Set = ["asc", "desc", "nulls", "first", "last"]

  private func list(from start: Int) -> [Range<Int>] {
    var items: [Range<Int>] = []
    var (first, place, depth) = (start, start, 0)
    func item() -> [Range<Int>] {
      var end = place
      while end > first, Self.suffixes.contains(words[end - 1]) { end -= 1 }
      guard end > first else { return [] }
      if ["rollup", "cube", "grouping", "("].contains(words[first]), let open = words[first..<end].firstIndex(of: "(") {
        return list(from: open + 1)
      }
      return [first..<end]
    }
    while place < words.count {
      let word = words[place]
      if depth == 0, word == ")" || Self.ends.contains(word) { break }
      if depth == 0, word == "," {
        items += item()
        first = place + 1
      }
      if word == "(" { depth += 1 }
      if word == ")" { depth -= 1 }
      place += 1
    }
    return items + item()
  }

  private func text(with numbers: [Int: Int]) -> String {
    var result: [UInt8] = []
    var copied = 0
    for token in tokens {
      guard case .parameter(let number) = token.kind, let kept = numbers[number] else { continue }
      result += bytes[copied..<token.range.lowerBound] + Array("$\(kept)".utf8)
      copied = token.range.upperBound
    }
    return String(decoding: result + bytes[copied...], as: UTF8.self)
  }
}
