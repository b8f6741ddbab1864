/// What the manual says of a key of the configuration file.
public struct KeyDocumentation: Equatable, Sendable {
  /// A word that a key accepts.
  public struct Choice: Equatable, Sendable {
    public let word: String
    /// A phrase; nil where the word says it all.
    public let meaning: String?
  }

  public let name: String
  /// Completes the sentence "expected …", for example `a duration of at least 1s`.
  public let expected: String
  /// One or more sentences without the last full stop.
  public let meaning: String
  /// The value that counts where the key is absent, for example `5m`; nil without a default.
  public let standard: String?
  /// Completes the sentence "If the key is absent, …"; nil where there is a default, or nothing to say.
  public let absence: String?
  public let isRequired: Bool
  /// The only words that the key accepts; empty without a fixed list.
  public let choices: [Choice]
  /// A value that the key accepts, as it may be written in the file.
  public let example: String

  init(
    _ name: String, expected: String, _ meaning: String, standard: String? = nil, absence: String? = nil,
    isRequired: Bool = false, choices: [Choice] = [], example: String
  ) {
    self.name = name
    self.expected = expected
    self.meaning = meaning
    self.standard = standard
    self.absence = absence
    self.isRequired = isRequired
    self.choices = choices
    self.example = example
  }
}

/// An enumeration whose raw values are the words that a key accepts.
protocol KeyChoice: RawRepresentable<String>, CaseIterable, Sendable {
  /// A phrase for the manual.
  var meaning: String { get }
}

extension KeyChoice {
  static var documentation: [KeyDocumentation.Choice] {
    allCases.map { KeyDocumentation.Choice(word: $0.rawValue, meaning: $0.meaning) }
  }
}
