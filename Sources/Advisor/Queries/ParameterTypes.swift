import Postgres

/// The types of the parameters that the server cannot tell, found by trying.
///
/// A constant that pg_stat_statements has replaced was a number or a string. The server treats a string like a parameter without a type, so
/// where it cannot decide, the constant was most likely a number.
struct ParameterTypes {
  /// Prepares the statement with these types; the error, or nil after success.
  typealias Attempt = ([Int: String]) throws -> PostgresError?

  private let statement: [SQLToken]
  private let text: String
  private let values: [String?]
  /// The types of the arguments of the function or operator with this name.
  private let catalog: (String) throws -> [String]
  private let attempt: Attempt
  private var tries = 0

  /// As many as solve a statement with a dozen unclear parameters; each takes the server less than a millisecond.
  private static let mostTries = 400
  /// Undefined and ambiguous parameters, functions and operators, and types that don't fit.
  static let states: Set = ["42P18", "42P08", "42725", "42883", "42804", "42846"]

  init(
    _ text: String, values: [String?], catalog: @escaping (String) throws -> [String], attempt: @escaping Attempt
  ) {
    self.text = text
    self.values = values
    self.catalog = catalog
    self.attempt = attempt
    statement = SQLLexer.tokens(of: text)
  }

  /// The types with which the statement can be prepared, after it has failed with `error`; nil where none are found.
  ///
  /// When it returns types, the last attempt was the one with them. Positions of errors count in the statement's text.
  mutating func solve(_ error: PostgresError, known: [Int: String] = [:]) throws -> [Int: String]? {
    guard Self.states.contains(error.sqlState ?? "") else { return nil }
    let candidates = try candidates(error)
    for number in nearest(error) where known[number] == nil {
      for type in candidates where fits(type, number) {
        guard tries < Self.mostTries else { return nil }
        tries += 1
        var types = known
        types[number] = type
        guard let next = try attempt(types) else { return types }
        if !isProgress(from: error, to: next, with: type) || isConflict(next, over: number) { continue }
        if let solved = try solve(next, known: types) { return solved }
      }
    }
    return nil
  }

  /// Whether another place fails now, or the same one for another reason that the type has to do with: `integer - text` after `text - text`.
  private func isProgress(from error: PostgresError, to next: PostgresError, with type: String) -> Bool {
    guard error.position == next.position else { return true }
    return error.message != next.message && (next.sqlState == "42P18" || next.message.contains(type))
  }

  /// Whether the error is one of a type that does not fit, and concerns this parameter.
  private func isConflict(_ error: PostgresError, over number: Int) -> Bool {
    ["42883", "42804", "42846"].contains(error.sqlState) && nearest(error).first == number
  }

  /// The numbers of the parameters around the error, the nearest first.
  private func nearest(_ error: PostgresError) -> [Int] {
    if error.sqlState == "42P18" || error.sqlState == "42P08", let number = Self.parameter(in: error.message) {
      return [number]
    }
    let place = byteOffset(error.position ?? 1)
    var numbers: [Int] = []
    let arguments = arguments(ofFunctionAt: place)
    let parameters = (arguments ?? statement.indices).compactMap { index in
      if case .parameter(let number) = statement[index].kind {
        (number, isResult(index) && arguments != nil ? -1 : abs(statement[index].range.lowerBound - place))
      } else {
        nil
      }
    }
    for (number, _) in parameters.sorted(by: { $0.1 < $1.1 }) where !numbers.contains(number) { numbers.append(number) }
    return Array(numbers.prefix(6))
  }

  /// Whether the parameter is a result of CASE or a whole argument, and no operand of a comparison.
  private func isResult(_ index: Int) -> Bool {
    guard index > 0 else { return false }
    let before = statement[index - 1]
    return before.isWord("then") || before.isWord("else") || before.isSign("(") || before.isSign(",")
  }

  /// The tokens between the parentheses of the function whose name is here; nil where it is not a function.
  private func arguments(ofFunctionAt place: Int) -> Range<Int>? {
    guard var open = statement.firstIndex(where: { $0.range.contains(place) }), case .word = statement[open].kind else {
      return nil
    }
    open += 1
    while open + 1 < statement.count, statement[open].isSign(".") { open += 2 }
    guard open < statement.count, statement[open].isSign("(") else { return nil }
    var depth = 0
    for index in open..<statement.count {
      if statement[index].isSign("(") { depth += 1 }
      if statement[index].isSign(")") { depth -= 1 }
      if depth == 0 { return open + 1..<max(open + 1, index) }
    }
    return nil
  }

  private static func parameter(in message: String) -> Int? {
    for case .parameter(let number) in SQLLexer.tokens(of: message).map(\.kind) { return number }
    return nil
  }

  private func byteOffset(_ position: Int) -> Int {
    String(text.unicodeScalars.prefix(max(0, position - 1))).utf8.count
  }

  // MARK: Candidates

  private static let usual = [
    "integer", "numeric", "interval", "text", "timestamp with time zone", "date", "bigint", "double precision",
    "boolean",
    "time without time zone", "uuid", "jsonb", "integer[]", "text[]", "bytea",
  ]

  /// The types in the error's text, then the usual ones, then those of the function or operator at its place.
  private func candidates(_ error: PostgresError) throws -> [String] {
    var types: [String] = []
    func add(_ more: [String]) { for type in more where !types.contains(type) { types.append(type) } }
    // An operator between an integer and a text was written for two of one kind.
    if error.sqlState != "42725", error.sqlState != "42P18" {
      add(named(in: error.message).filter { $0 != "text" && $0 != "unknown" })
    }
    let usual = error.sqlState == "42P18" ? ["text"] + Self.usual : Self.usual
    add(usual)
    if let name = name(at: error.position) { add(try catalog(name)) }
    return types
  }

  /// The types on both sides of the operator in `operator does not exist: bigint = text`.
  private func named(in message: String) -> [String] {
    guard let colon = message.firstIndex(of: ":") else { return Self.usual.filter { message.contains($0) } }
    let types = message[message.index(after: colon)...]
    if types.contains("(") {
      let list = types.drop { $0 != "(" }.dropFirst().prefix { $0 != ")" }
      return list.split(separator: ",").map { $0.trimming() }.filter { !$0.isEmpty }
    }
    let words = types.split(separator: " ")
    guard let sign = words.firstIndex(where: { word in word.allSatisfy { "+-*/<>=~!@#%^&|`?".contains($0) } }) else {
      return []
    }
    return [words[..<sign].joined(separator: " "), words[(sign + 1)...].joined(separator: " ")].filter { !$0.isEmpty }
  }

  /// The name of the function, or the operator, at the error's place.
  private func name(at position: Int?) -> String? {
    guard let position else { return nil }
    let place = byteOffset(position)
    guard let index = statement.firstIndex(where: { $0.range.contains(place) }) else { return nil }
    var (last, end) = (index, statement[index].range.upperBound)
    if case .word = statement[index].kind {
      while last + 2 < statement.count, statement[last + 1].isSign(".") { last += 2 }
      return String(decoding: Array(text.utf8)[statement[last].range], as: UTF8.self).lowercased()
    }
    while last + 1 < statement.count, case .sign(let sign) = statement[last + 1].kind,
      statement[last + 1].range.lowerBound == end,
      "+-*/<>=~!@#%^&|`?".utf8.contains(sign)
    {
      last += 1
      end = statement[last].range.upperBound
    }
    return String(decoding: Array(text.utf8)[statement[index].range.lowerBound..<end], as: UTF8.self)
  }

  /// Whether a value that is given can be of this type: `1 day` is not a number.
  private func fits(_ type: String, _ number: Int) -> Bool {
    guard values.indices.contains(number - 1), let value = values[number - 1] else { return true }
    switch type {
    case "integer", "bigint": return Int(value) != nil
    case "numeric", "double precision": return Double(value) != nil
    case "interval", "date", "timestamp with time zone": return Double(value) == nil && value.contains { $0.isNumber }
    case "boolean": return ["t", "f", "true", "false", "on", "off", "yes", "no"].contains(value.lowercased())
    case "uuid": return value.utf8.count >= 32
    default: return true
    }
  }
}

extension Substring {
  fileprivate func trimming() -> String {
    var text = self
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
