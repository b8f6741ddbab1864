/// Repairs statements in which pg_stat_statements has put `$1` where the grammar requires a literal.
///
/// It turns `interval '1 day'` into `interval $1`, which no server parses; `$1::interval` means the same. The same is true of
/// `extract('year' FROM …)`, which stands for the call of a function.
struct StatementRepair {
  private let bytes: [UInt8]
  private let tokens: [SQLToken]
  private let serverVersion: Int

  /// The text of the planned query in a form that the server parses; unchanged where it needs no repair.
  static func text(of statement: Statement, serverVersion: Int) -> String {
    StatementRepair(bytes: Array(statement.query.utf8), tokens: statement.tokens, serverVersion: serverVersion)
      .repaired()
  }

  private func repaired() -> String {
    var result: [UInt8] = []
    var copied = 0
    for index in tokens.indices {
      guard case .parameter = tokens[index].kind, let (start, end, text) = literal(index) ?? extraction(index) else {
        continue
      }
      result += bytes[copied..<tokens[start].range.lowerBound]
      result += Array(text.utf8)
      copied = tokens[end].range.upperBound
    }
    return String(decoding: result + bytes[copied...], as: UTF8.self)
  }

  /// The cast for a type's name before the parameter at `index`, with the first and the last token that it replaces.
  private func literal(_ index: Int) -> (Int, Int, String)? {
    guard let start = typeStart(before: index) else { return nil }
    let type = text(tokens[start].range.lowerBound..<tokens[index - 1].range.upperBound)
    // `N'x'` becomes `N$1`.
    let isNational =
      type.lowercased() == "n" && tokens[start].range.upperBound == tokens[index].range.lowerBound
    let cast = "\(text(tokens[index].range))::\(isNational ? "bpchar" : type)"
    // XMLTABLE's grammar takes a constant there, and no cast.
    return (start, index, start > 0 && isWord(start - 1, "passing") ? "(\(cast))" : cast)
  }

  /// The first token of the type's name that ends before the parameter at `index`: `numeric(10,2)`, `pg_catalog.date`,
  /// `timestamp(3) with time zone`, `"My Type"`. Nil where none is there.
  private func typeStart(before index: Int) -> Int? {
    var place = index - 1
    if place >= 3, isWord(place, "zone"), isWord(place - 1, "time"), isWord(place - 2, "with", "without") { place -= 3 }
    if place >= 0, tokens[place].isSign(")") {
      guard let open = modifiersStart(place) else { return nil }
      place = open - 1
    }
    guard place >= 0 else { return nil }
    switch tokens[place].kind {
    case .quotedName: break
    case .word(let word):
      let isQualified = place > 0 && tokens[place - 1].isSign(".")
      if !isQualified, SQLKeywords.beforeExpression.contains(word) { return nil }
    default: return nil
    }
    if place > 0, isWord(place, "precision"), isWord(place - 1, "double") { place -= 1 }
    if place > 0, isWord(place, "varying"), isWord(place - 1, "character", "char", "bit", "nchar") { place -= 1 }
    if place > 0, isWord(place, "character", "char"), isWord(place - 1, "national") { place -= 1 }
    while place >= 2, tokens[place - 1].isSign("."), isName(place - 2) { place -= 2 }
    return SQLKeywords.canBeginExpression(after: place > 0 ? tokens[place - 1] : nil) ? place : nil
  }

  /// The opening parenthesis of a type's modifiers, `(10,2)`, which end at `end`.
  private func modifiersStart(_ end: Int) -> Int? {
    var place = end - 1
    while place > 0 {
      switch tokens[place].kind {
      case .sign(UInt8(ascii: "(")): return place
      case .number, .word, .parameter, .sign(UInt8(ascii: ",")), .sign(UInt8(ascii: "-")): place -= 1
      default: return nil
      }
    }
    return nil
  }

  private func isName(_ index: Int) -> Bool {
    switch tokens[index].kind {
    case .word, .quotedName: true
    default: false
    }
  }

  private func isWord(_ index: Int, _ words: String...) -> Bool {
    if case .word(let word) = tokens[index].kind { words.contains(word) } else { false }
  }

  /// The function call for `extract($1 FROM`, up to its second argument.
  private func extraction(_ index: Int) -> (Int, Int, String)? {
    guard index >= 2, index + 1 < tokens.count, tokens[index - 1].isSign("("), isWord(index - 2, "extract"),
      isWord(index + 1, "from")
    else { return nil }
    // Up to version 13 the grammar turned it into date_part.
    let function = serverVersion >= 14_00_00 ? "\"extract\"" : "date_part"
    return (index - 2, index + 1, "pg_catalog.\(function)(\(text(tokens[index].range))::text,")
  }

  private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}
