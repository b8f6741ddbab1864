/// A kind of value: how a word becomes a `Value`, how it is printed again, and what a message says of it.
///
/// `parse(print(value))` gives the same value. Parsing is pure: no clock, no files.
///
/// A program's own kind says what it wants in words that complete "expected …", and throws `ValueMismatch` for what it refuses:
///
/// ```swift
/// extension ValueKind where Value == Row {
///   static var row: ValueKind {
///     let form = ValueForm(name: "row", expected: "a row from A to Z", example: "A", placeholder: "ROW")
///     return ValueKind(form) { text throws(ValueMismatch) in
///       guard let row = Row(text) else { throw ValueMismatch(hint: Row(text.uppercased()).map { "rows are capitals: \($0)" }) }
///       return row
///     } print: { $0.letter }
///   }
/// }
/// ```
public struct ValueKind<Value: Sendable>: Sendable {
  /// What is said of it.
  public var form: ValueForm
  /// The value of a word, which may be empty and hold any character.
  public var parse: @Sendable (String) throws(ValueMismatch) -> Value
  /// The word that people would write for a value.
  public var print: @Sendable (Value) -> String

  public init(
    _ form: ValueForm, parse: @escaping @Sendable (String) throws(ValueMismatch) -> Value,
    print: @escaping @Sendable (Value) -> String
  ) {
    self.form = form
    self.parse = parse
    self.print = print
  }

  /// The same kind with candidates for the shell that the program itself supplies, for example `queues`.
  public func completing(_ source: String) -> ValueKind {
    var copy = self
    copy.form.completion = .dynamic(source)
    return copy
  }

  /// The same kind with words that a shell offers, although others are accepted too.
  public func suggesting(_ words: String...) -> ValueKind {
    var copy = self
    copy.form.suggestions = words
    return copy
  }

  /// The same kind with another example in messages.
  public func example(_ example: String) -> ValueKind {
    var copy = self
    copy.form.example = example
    return copy
  }
}

/// A word that a kind of value refused; the parser adds the option's name, what was expected and an example.
public struct ValueMismatch: Error, Equatable, Sendable {
  /// The bytes of the word that are wrong, if not all of them: one element of a list. A range beyond the word is shortened.
  public var part: Range<Int>?
  /// A sentence that helps beyond what was expected.
  public var hint: String?

  public init(part: Range<Int>? = nil, hint: String? = nil) {
    self.part = part
    self.hint = hint
  }
}
