/// Everything that documents and messages say about a kind of value, without its Swift type.
public struct ValueForm: Equatable, Sendable {
  /// The kind's name in the manifest, for example `duration`.
  public var name: String
  /// Completes the sentence "expected …", for example `a whole number of at least 1`.
  public var expected: String
  /// A word that is accepted.
  public var example: String
  /// The name of the value in help, in capitals.
  public var placeholder: String
  /// The only words that are accepted; empty when there is no fixed list.
  public var choices: [String]
  /// Words that a shell offers although others are accepted too, such as `front` beside a token.
  public var suggestions: [String] = []
  /// Whether a word such as `-5` may be the value, although it begins with a hyphen.
  public var isNumeric: Bool
  /// What a shell may offer for it.
  public var completion: Completion

  public init(
    name: String, expected: String, example: String, placeholder: String, choices: [String] = [],
    isNumeric: Bool = false, completion: Completion = .nothing
  ) {
    self.name = name
    self.expected = expected
    self.example = example
    self.placeholder = placeholder
    self.choices = choices
    self.isNumeric = isNumeric
    self.completion = completion
  }

  /// What a shell may offer for a value.
  public enum Completion: Equatable, Sendable {
    case nothing
    case files
    case directories
    /// Names that only the running system knows, for example `queues`; the program answers for them.
    case dynamic(String)
  }
}
