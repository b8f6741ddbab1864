/// Makes statements valid again that pg_stat_statements broke by putting `$1` where the grammar wants a literal.
///
/// `interval '1 day'` becomes `interval $1` there, which no server reads; `$1::interval` means the same. So does
/// `extract('year' FROM …)`, which is a call of a function of that name.
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

  /// The statement's text in a form that the server reads; the text itself where nothing was broken.
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

  /// `type $1`, `type(3) $1`, `timestamp with time zone $1`: how many tokens it has, and the cast in its place.
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

  /// `extract($1 FROM`: the call of the function that it stands for, up to its second argument.
  private func extraction(_ rest: ArraySlice<SQLToken>) -> (Int, String)? {
    guard rest.starts(with: ["extract", "("]), rest.count > 3 else { return nil }
    let parameter = rest[rest.startIndex + 2]
    guard case .parameter = parameter.kind, rest[rest.startIndex + 3].isWord("from") else { return nil }
    // Up to 13 the grammar itself made date_part of it.
    let function = serverVersion >= 14_00_00 ? "\"extract\"" : "date_part"
    return (4, "pg_catalog.\(function)(\(text(parameter.range))::text,")
  }

  private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}

extension ArraySlice<SQLToken> {
  /// Whether these words and signs come first.
  fileprivate func starts(with words: [String]) -> Bool {
    count >= words.count
      && zip(self, words).allSatisfy { token, word in
        token.isWord(word) || (word.utf8.count == 1 && token.kind == .sign(word.utf8.first ?? 0))
      }
  }
}
