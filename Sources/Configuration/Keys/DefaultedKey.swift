import Arguments

/// A key that holds one value, and has a default where the file leaves it out.
///
/// The default is one value (`Basis` is `Void`), or it follows from another choice, such as a queue's preset.
public struct DefaultedKey<Basis, Value: Sendable>: ScalarKey {
  let documentation: KeyDocumentation
  let kind: ValueKind<Value>
  /// The default that follows from the basis.
  let standard: @Sendable (Basis) -> Value

  private init(
    _ name: String, _ kind: ValueKind<Value>, _ meaning: String, _ standard: @escaping @Sendable (Basis) -> Value,
    words: String, example: String
  ) {
    self.kind = kind.example(example)
    self.standard = standard
    documentation = KeyDocumentation(
      name, expected: kind.form.expected, meaning, standard: words, choices: kind.choices, example: example)
  }

  /// - Parameter words: tells the manual how the default follows.
  init(
    _ name: String, _ kind: ValueKind<Value>, default standard: @escaping @Sendable (Basis) -> Value, words: String,
    _ meaning: String, example: String
  ) {
    self.init(name, kind, meaning, standard, words: words, example: example)
  }
}

extension DefaultedKey where Basis == Void {
  init(_ name: String, _ kind: ValueKind<Value>, default value: Value, _ meaning: String, example: String) {
    self.init(name, kind, meaning, { value }, words: kind.print(value), example: example)
  }

  /// The value that counts where the file leaves the key out.
  public var standard: Value { standard(()) }
}

extension DefaultedKey where Basis: KeyChoice {
  /// The manual lists the default for each choice.
  init(
    _ name: String, _ kind: ValueKind<Value>, default standard: @escaping @Sendable (Basis) -> Value, _ meaning: String,
    example: String
  ) {
    var choices: [(value: String, words: [String])] = []
    for basis in Basis.allCases {
      let value = kind.print(standard(basis))
      if let index = choices.firstIndex(where: { $0.value == value }) {
        choices[index].words.append(basis.rawValue)
      } else {
        choices.append((value, [basis.rawValue]))
      }
    }
    let words = choices.map { "\($0.value) for \($0.words.joined(separator: ", "))" }.joined(separator: "; ")
    self.init(name, kind, meaning, standard, words: words, example: example)
  }
}
