import Arguments

/// A key that holds one value and has no default.
public struct ConfigurationKey<Value: Sendable>: ScalarKey {
  let documentation: KeyDocumentation
  let kind: ValueKind<Value>

  /// - Parameters:
  ///   - meaning: one or more sentences without the last full stop.
  ///   - absence: completes the sentence "If the key is absent, …".
  ///   - isRequired: whether the mapping is wrong without the key.
  init(
    _ name: String, _ kind: ValueKind<Value>, _ meaning: String, absence: String? = nil, isRequired: Bool = false,
    example: String
  ) {
    self.kind = kind.example(example)
    documentation = KeyDocumentation(
      name, expected: kind.form.expected, meaning, absence: absence, isRequired: isRequired, choices: kind.choices,
      example: example)
  }
}
