/// Repairs statements in which pg_stat_statements has put `$1` where the grammar requires a literal.
///
/// It turns `interval '1 day'` into `interval $1`, which no server parses; `$1::interval` means the same. The same is true of
/// `extract('year' FROM …)`, which stands for the call of a function.
struct StatementRepair {
  private static let types: Set = [
    "bit", "bool", "boolean", "box", "bpchar", "bytea", "char", "character", "cidr", "circle", "date", "daterange",
    "decimal",
    "float4", "float8", "inet", "int2", "int4", "int4range", "int8", "int8range", "interval", "json", "jsonb", "line",
    "lseg", "macaddr", "money", "numeric", "numrange", "path", "point", "polygon", "regclass", "regtype", "text",
    "time",
    "timestamp", "timestamptz", "timetz", "tsquery", "tsrange", "tstzrange", "tsvector", "uuid", "varchar", "xml",
  ]

  private let bytes: [UInt8]
  private let tokens: ArraySlice<SQLToken>
  private let serverVersion: Int

  /// The statement's text in a form that the server parses; unchanged where it needs no repair.
  static func text(of statement: Statement, serverVersion: Int) -> String {
    StatementRepair(
      bytes: Array(statement.text.utf8), tokens: statement.tokens[...], serverVersion: serverVersion
    ).repaired()
  }

  private func repaired() -> String {
    var result: [UInt8] = []
    var copied = 0
    var rest = tokens
    while !rest.isEmpty {
      guard let (length, replacement) = typedLiteral(rest) ?? extraction(rest), let first = rest.first else {
        rest = rest.dropFirst()
        continue
      }
      result += bytes[copied..<first.range.lowerBound]
      result += Array(replacement.utf8)
      rest = rest.dropFirst(length)
      copied = tokens[rest.startIndex - 1].range.upperBound
    }
    return String(decoding: result + bytes[copied...], as: UTF8.self)
  }

  /// The cast for `type $1`, `type(3) $1` or `timestamp with time zone $1`, and the number of tokens that it replaces.
  private func typedLiteral(_ rest: ArraySlice<SQLToken>) -> (Int, String)? {
    guard let first = rest.first, case .word(let type) = first.kind, Self.types.contains(type) else { return nil }
    var following = rest.dropFirst()
    if following.starts(with: ["("]), following.count > 2,
      following[following.startIndex + 1].kind == .number, following[following.startIndex + 2].isSign(")")
    {
      following = following.dropFirst(3)
    }
    for zone in ["with", "without"] where following.starts(with: [zone, "time", "zone"]) {
      following = following.dropFirst(3)
    }
    guard let parameter = following.first, case .parameter = parameter.kind,
      let last = rest.prefix(upTo: following.startIndex).last
    else { return nil }
    let name = text(first.range.lowerBound..<last.range.upperBound)
    return (following.startIndex - rest.startIndex + 1, "\(text(parameter.range))::\(name)")
  }

  /// The function call for `extract($1 FROM`, up to its second argument.
  private func extraction(_ rest: ArraySlice<SQLToken>) -> (Int, String)? {
    guard rest.starts(with: ["extract", "("]), rest.count > 3 else { return nil }
    let parameter = rest[rest.startIndex + 2]
    guard case .parameter = parameter.kind, rest[rest.startIndex + 3].isWord("from") else { return nil }
    // Up to version 13 the grammar turned it into date_part.
    let function = serverVersion >= 14_00_00 ? "\"extract\"" : "date_part"
    return (4, "pg_catalog.\(function)(\(text(parameter.range))::text,")
  }

  private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}

extension ArraySlice<SQLToken> {
  /// Whether the tokens begin with these words and signs.
  fileprivate func starts(with words: [String]) -> Bool {
    count >= words.count
      && zip(self, words).allSatisfy { token, word in
        token.isWord(word) || (word.utf8.count == 1 && token.kind == .sign(word.utf8.first ?? 0))
      }
  }
}
