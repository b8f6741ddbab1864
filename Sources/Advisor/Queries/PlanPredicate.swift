/// One comparison of a filter, as EXPLAIN VERBOSE writes it: `(seat.status = 'LOCKED'::text)`.
struct PlanPredicate: Equatable {
  /// The left side.
  let expression: String
  let comparison: String
  /// The right side.
  let value: String

  /// The comparisons that must all be true; none for a condition of another form.
  static func all(in filter: String) -> [PlanPredicate] {
    parts(of: unwrapped(filter), separator: " AND ").compactMap { PlanPredicate(unwrapped($0)) }
  }

  private init?(_ text: String) {
    let words = Self.parts(of: text, separator: " ")
    guard words.count >= 3, Self.parts(of: text, separator: " OR ").count == 1 else { return nil }
    (expression, comparison) = (words[0], words[1])
    value = words.dropFirst(2).joined(separator: " ")
  }

  /// The column of `alias`, where the left side is just that, or a cast of it.
  func column(of alias: String) -> (name: String, sql: String, cast: String?)? {
    let parts = expression.firstRange(of: ")::").map { range in
      (
        String(expression[expression.index(after: expression.startIndex)..<range.lowerBound]),
        Optional(String(expression[range.upperBound...]))
      )
    }
    let (column, cast) = expression.hasPrefix("(") ? parts ?? ("", nil) : (expression, nil)
    guard let name = Self.columnName(column, of: alias) else { return nil }
    return (name, PlanAdvice.quoted(name, as: column), cast)
  }

  /// `lower(email)` of `lower(seat.email)`; nil where the left side is no call of a function on columns of `alias` alone.
  func call(on alias: String) -> (function: String, expression: String)? {
    let tokens = SQLLexer.tokens(of: expression)
    guard let first = tokens.first, case .word(let function) = first.kind, tokens.count > 3, tokens[1].isSign("("),
      expression.hasSuffix(")"), tokens.filter({ $0.isSign("(") }).count <= 2
    else { return nil }
    let columns = PlanWarnings.columns(of: expression)
    guard columns.count == 1, expression.contains("\(alias).\(columns[0])") else { return nil }
    return (function, expression.replacing("\(alias).\(columns[0])", with: columns[0]))
  }

  private static func columnName(_ text: String, of alias: String) -> String? {
    for prefix in ["\(alias).", "\"\(alias)\"."] where text.hasPrefix(prefix) {
      let name = String(text.dropFirst(prefix.count))
      let isPlain = name.utf8.allSatisfy { byte in
        byte == UInt8(ascii: "_") || byte >= 0x80 || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      }
      if isPlain, !name.isEmpty { return name }
      if name.hasPrefix("\""), name.hasSuffix("\""), name.count > 2 {
        return String(name.dropFirst().dropLast()).replacing("\"\"", with: "\"")
      }
    }
    return nil
  }

  /// The text without the parentheses around it.
  private static func unwrapped(_ text: String) -> String {
    guard text.hasPrefix("("), text.hasSuffix(")"), parts(of: text, separator: "").count == 1 else { return text }
    return String(text.dropFirst().dropLast())
  }

  /// Splits at a separator that is in no parentheses and no quotes; with an empty separator, after each outer pair of parentheses.
  private static func parts(of text: String, separator: String) -> [String] {
    let (bytes, mark) = (Array(text.utf8), Array(separator.utf8))
    var parts: [String] = []
    var (start, place, depth) = (0, 0, 0)
    var quote: UInt8?
    while place < bytes.count {
      let byte = bytes[place]
      if let open = quote {
        if byte == open { quote = nil }
      } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
        quote = byte
      } else if byte == UInt8(ascii: "(") || byte == UInt8(ascii: "[") {
        depth += 1
      } else if byte == UInt8(ascii: ")") || byte == UInt8(ascii: "]") {
        depth -= 1
        if mark.isEmpty, depth == 0, place + 1 < bytes.count {
          parts.append(String(decoding: bytes[start...place], as: UTF8.self))
          start = place + 1
        }
      } else if depth == 0, !mark.isEmpty, bytes[place...].starts(with: mark) {
        parts.append(String(decoding: bytes[start..<place], as: UTF8.self))
        place += mark.count
        start = place
        continue
      }
      place += 1
    }
    return parts + [String(decoding: bytes[start...], as: UTF8.self)]
  }
}
