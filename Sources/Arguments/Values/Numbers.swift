extension ValueKind where Value == Int {
  /// Any whole number.
  public static var integer: ValueKind { integer(Int.min...Int.max, phrase: "a whole number", preferred: 10) }

  /// A whole number in a range, for example `.integer(1...)`.
  public static func integer(_ range: some ValueRange<Int> & Sendable) -> ValueKind {
    integer(range, phrase: "a whole number" + range.phrase(\.description), preferred: 10)
  }

  /// `1.0` and `1e3` are numbers, though not as whole ones are written.
  private static func wholeHint(for text: String, _ range: some ValueRange<Int>) -> String? {
    guard let number = Decimal.number(text) else {
      return Decimal.hint(for: text) { word in
        if case .value(let value) = Decimal.integer(word) { range.allows(value) } else { false }
      }
    }
    guard number.magnitude < 1e15 else { return nil }
    // Truncated, because `rounded()` would need the C library's mathematics.
    let whole = Int(number)
    guard Double(whole) == number else { return "without a fraction" }
    return range.allows(whole) ? "written in digits alone: \(whole)" : nil
  }

  /// A TCP port.
  public static var port: ValueKind {
    var kind = integer(1...65535, phrase: "a port from 1 to 65535", preferred: 5432)
    kind.form.name = "port"
    kind.form.placeholder = "PORT"
    return kind
  }

  private static func integer(_ range: some ValueRange<Int> & Sendable, phrase: String, preferred: Int) -> ValueKind {
    let form = ValueForm(
      name: "integer", expected: phrase, example: range.example(preferred).description, placeholder: "N",
      isNumeric: true)
    return ValueKind(form) { text throws(ValueMismatch) in
      switch Decimal.integer(text) {
      case .value(let value) where range.allows(value): return value
      case .tooLarge:
        throw ValueMismatch(hint: "whole numbers go from \(Int.min) to \(Int.max)")
      case .value: throw ValueMismatch()
      case .malformed: throw ValueMismatch(hint: wholeHint(for: text, range))
      }
    } print: {
      $0.description
    }
  }
}

extension ValueKind where Value == Double {
  /// A decimal number such as `-1.5` or `1e3`; never infinite and never NaN.
  public static var number: ValueKind {
    number(-Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude, "a number")
  }

  /// A decimal number in a range, for example `.number(0...1)`.
  public static func number(_ range: some ValueRange<Double> & Sendable) -> ValueKind {
    number(range, "a number" + range.phrase(Decimal.text))
  }

  /// A share of a hundred with its sign: `95%` or `99.9%` gives 95 or 99.9.
  public static var percent: ValueKind {
    let form = ValueForm(
      name: "percent", expected: "a percentage from 0% to 100%", example: "95%", placeholder: "PERCENT", isNumeric: true
    )
    return ValueKind(form) { text throws(ValueMismatch) in
      guard text.utf8.last == UInt8(ascii: "%") else {
        let isNumber = Decimal.number(text) != nil
        throw ValueMismatch(hint: isNumber ? "the sign is required: 95% rather than 95 or 0.95" : nil)
      }
      guard let value = Decimal.number(text.dropLast()), value >= 0, value <= 100 else { throw ValueMismatch() }
      return value
    } print: {
      Decimal.text($0) + "%"
    }
  }

  private static func number(_ range: some ValueRange<Double> & Sendable, _ phrase: String) -> ValueKind {
    let form = ValueForm(
      name: "number", expected: phrase, example: Decimal.text(range.example(0.5)), placeholder: "NUMBER",
      isNumeric: true)
    return ValueKind(form) { text throws(ValueMismatch) in
      let allows = { (text: String) in Decimal.number(text).map(range.allows) ?? false }
      guard let value = Decimal.number(text) else {
        throw ValueMismatch(hint: Decimal.boundHint(for: text) ?? Decimal.hint(for: text, accepts: allows))
      }
      guard range.allows(value) else { throw ValueMismatch() }
      return value
    } print: {
      Decimal.text($0)
    }
  }
}
