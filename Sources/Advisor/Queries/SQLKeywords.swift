/// The keywords of SQL that matter for finding where an expression begins.
enum SQLKeywords {
  /// Keywords that are followed by an expression, and that cannot be the name of a type there.
  static let beforeExpression: Set = [
    "all", "and", "any", "array", "asymmetric", "between", "both", "by", "case", "content", "default", "distinct",
    "document", "else", "escape", "except", "filter", "first", "for", "from", "groups", "having", "ilike", "in",
    "intersect", "is", "isnull", "leading", "like", "limit", "next", "not", "notnull", "offset", "on", "operator",
    "or", "over", "passing", "placing", "range", "repeatable", "returning", "row", "rows", "select", "set", "similar",
    "some", "symmetric", "then", "to", "trailing", "uescape", "union", "using", "values", "variadic", "when", "where",
    "zone",
  ]
  /// Keywords that are followed by an expression where they are keywords, and are names elsewhere.
  private static let alsoBefore: Set = ["key", "path", "value"]

  /// Whether an expression can begin after this token.
  static func canBeginExpression(after token: SQLToken?) -> Bool {
    switch token?.kind {
    case nil: true
    case .word(let word)?: beforeExpression.contains(word) || alsoBefore.contains(word)
    case .sign(let sign)?: ![UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "."), UInt8(ascii: "?")].contains(sign)
    default: false
    }
  }
}
