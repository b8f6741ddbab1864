/// A position in a partition of a log, as Kafka numbers it.
public enum LogOffset: Hashable, Sendable {
  case beginning
  case end
  case at(Int)
  /// So many records before the end.
  case beforeEnd(Int)

  /// Other tools' words for the same.
  static func hint(for text: String) -> String? {
    switch text.lowercased() {
    case "earliest", "start", "first", "smallest", "oldest": "write beginning"
    case "latest", "last", "largest", "newest": "write end"
    default: Decimal.hint(for: text) { if case .value = Decimal.integer($0) { true } else { false } }
    }
  }
}

extension ValueKind where Value == LogOffset {
  /// `beginning`, `end`, a record's number, or `-10` for the tenth from the end.
  public static var offset: ValueKind {
    let form = ValueForm(
      name: "offset", expected: "an offset (beginning, end, a number, or -N from the end)", example: "beginning",
      placeholder: "OFFSET", isNumeric: true)
    return ValueKind(form) { text throws(ValueMismatch) in
      if text == "beginning" { return .beginning }
      if text == "end" { return .end }
      switch Decimal.integer(text) {
      case .value(let number) where number >= 0 && !text.hasPrefix("-"): return .at(number)
      case .value(let number) where number < 0 && number > Int.min: return .beforeEnd(-number)
      case .value(0): throw ValueMismatch()
      case .value, .tooLarge: throw ValueMismatch(hint: "offsets go up to \(Int.max)")
      case .malformed: throw ValueMismatch(hint: LogOffset.hint(for: text))
      }
    } print: { offset in
      switch offset {
      case .beginning: "beginning"
      case .end: "end"
      case .at(let number): number.description
      case .beforeEnd(let count): "-\(count)"
      }
    }
  }
}
