/// A command line that cannot be carried out: what is wrong and where, as data.
///
/// Its prose is in UsageErrorText.swift, its layout in UsageErrorLine.swift.
public struct UsageError: Error, Equatable, Sendable {
  public var kind: Kind
  /// The deepest command that was recognised: its usage line is shown.
  public var command: CommandPath
  /// What it is about, from left to right; empty where it is about what is missing, or about a variable or a file.
  public var marks: [Mark]
  /// The values of secret options, which must not be shown with the rest of the line.
  public var secrets: [Mark]
  /// The change that was probably meant. It has been parsed: with it, the line runs.
  public var correction: Correction?

  /// The exit status of every usage error. Source: sysexits(3), EX_USAGE.
  public static let exitStatus: Int32 = 64

  public init(
    kind: Kind, command: CommandPath, marks: [Mark] = [], secrets: [Mark] = [], correction: Correction? = nil
  ) {
    self.kind = kind
    self.command = command
    self.marks = marks
    self.secrets = secrets
    self.correction = correction
  }

  /// Keeps these out of what is shown. A word that stood where a value was wanted is read by itself only after it was refused.
  mutating func hide(_ secrets: [Mark]) {
    self.secrets = secrets
    guard case .optionAsValue(let option, _) = kind, let word = marks.last?.word else { return }
    if secrets.contains(where: { $0.word == word }) { kind = .optionAsValue(option: option, word: "") }
  }

  public enum Kind: Equatable, Sendable {
    /// Bytes that are not valid UTF-8, escaped.
    case notUTF8(String)
    /// A secret that is not valid UTF-8; the option is as it was typed.
    case secretNotUTF8(option: String)
    /// A word that is not a subcommand here, with the full names of similar commands.
    case unknownCommand(String, suggestions: [String])
    /// A group without a subcommand.
    case missingCommand
    case unknownOption(UnknownOption)
    /// The command line ended where a value was wanted.
    case missingValue(option: Missing, expected: String, example: String)
    /// A word like an option where a value was wanted; empty when it may be a secret.
    case optionAsValue(option: String, word: String)
    /// A value for an option that takes none; `instead` is the option that says the same, where there is one.
    case unwantedValue(option: String, value: String, instead: String?)
    /// `-n=5`, which could mean `5` or `=5`, and the ways to write it that the option accepts; a secret has no value here.
    case attachedEquals(option: String, value: String?, instead: [String])
    case invalidValue(InvalidValue)
    case extraOperands(ExtraOperands)
    /// Everything that is missing.
    case missing([Missing])
    case exclusive([Member])
    case oneNeeded([String], onlyOne: Bool)
    case incomplete(given: [Member], missing: [String])
  }

  /// An option that is not accepted here.
  public struct UnknownOption: Equatable, Sendable {
    /// As it was typed, without its value.
    public var word: String
    /// Options of this command that are spelt like it.
    public var suggestions: [String] = []
    /// The option of the same or, without suggestions, a similar name that other commands have.
    public var elsewhere: String?
    /// The full names of those commands.
    public var owners: [String] = []
    /// The whole word, where the command would take it as an operand after `--`.
    public var operand: String?
    /// Whether it is `--no-NAME` for an option that is absent unless it is given, so that leaving it out says the same.
    public var isAbsence = false
  }

  /// A value that its option or operand refused.
  public struct InvalidValue: Equatable, Sendable {
    /// The option or operand, as help shows it.
    public var name: String
    /// The value, or the part of it that is wrong; empty when it is a secret.
    public var word: String
    public var isSecret: Bool
    public var origin: ValueOrigin
    public var expected: String
    public var example: String
    /// The choice, or the option, that was probably meant.
    public var suggestion: String?
    /// The text before an operand that it may be a part of.
    public var unquoted: Unquoted?
    /// The words that give the option before an operand all these values.
    public var repeated: String?
    public var hint: String?
  }

  /// An option or operand that has to be given, and what it is for; a group of them explains itself.
  public struct Missing: Equatable, Sendable {
    /// As help shows it.
    public var name: String
    public var help: String?
  }

  /// More operands than the command takes.
  public struct ExtraOperands: Equatable, Sendable {
    public var words: [String]
    /// The operands that the command takes, as help shows them.
    public var accepted: [String]
    /// The option or command that was probably meant, as it is written.
    public var suggestion: String?
    /// The text before them that they may be a part of.
    public var unquoted: Unquoted?
    /// The words that give the option before them all these values.
    public var repeated: String?
  }

  /// Words whose quotes were probably forgotten.
  public struct Unquoted: Equatable, Sendable {
    /// The option or operand, as help shows it.
    public var name: String
    /// All that is its value then.
    public var value: String
  }

  /// An option or operand that has a value, and its origin.
  public struct Member: Equatable, Sendable {
    /// As help shows it.
    public var name: String
    public var origin: ValueOrigin
  }
}
