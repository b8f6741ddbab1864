import Arguments

extension ValueKind where Value == String {
  /// Any text but the empty one.
  ///
  /// - Parameter expected: what the text is, for example `a Redis key`.
  static func text(_ expected: String) -> ValueKind {
    filled(expected) { !$0.isEmpty }
  }

  /// Names with dots between them: `data.token`.
  static var dottedNames: ValueKind {
    filled("names separated by dots") { text in
      text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty }
    }
  }

  private static func filled(_ expected: String, allows: @escaping @Sendable (String) -> Bool) -> ValueKind {
    let form = ValueForm(name: "text", expected: expected, example: "", placeholder: "TEXT")
    return ValueKind(form) { text throws(ValueMismatch) in
      guard allows(text) else { throw ValueMismatch() }
      return text
    } print: {
      $0
    }
  }
}

extension ValueKind where Value == Bool {
  /// `true` or `false`.
  static var boolean: ValueKind {
    let form = ValueForm(
      name: "boolean", expected: "true or false", example: "true", placeholder: "BOOLEAN", choices: ["true", "false"])
    return ValueKind(form) { text throws(ValueMismatch) in
      guard let value = Bool(text) else { throw ValueMismatch() }
      return value
    } print: {
      $0.description
    }
  }
}
