/// A command line that cannot be carried out: what is wrong, as data. Its prose is in UsageErrorText.swift.
public struct UsageError: Error, Equatable, Sendable {
  public var kind: Kind
  /// The deepest command that was recognised: its usage line is shown.
  public var command: CommandPath

  /// The exit status of every usage error. Source: sysexits(3), EX_USAGE.
  public static let exitStatus: Int32 = 64

  public enum Kind: Equatable, Sendable {
    /// Bytes that are no UTF-8, escaped.
    case notUTF8(String)
    /// A word that is no subcommand here, with the full names of likely commands.
    case unknownCommand(String, suggestions: [String])
    /// A command with subcommands, alone.
    case missingCommand
    /// An option that isn't accepted here; `owners` are the commands that have it.
    case unknownOption(String, suggestions: [String], owners: [String])
    /// The command line ended where a value was wanted.
    case missingValue(option: String, expected: String, example: String)
    /// A word like an option where a value was wanted.
    case optionAsValue(option: String, word: String)
    /// A value for an option that takes none.
    case unwantedValue(option: String, value: String)
    /// `-n=5`, which could mean `5` or `=5`.
    case attachedEquals(option: String, value: String)
    case invalidValue(InvalidValue)
    /// One operand too many.
    case extraOperand(String)
    /// Everything that is missing, as help shows it.
    case missing([String])
    case exclusive([String])
    case oneNeeded([String], onlyOne: Bool)
    case incomplete(given: [String], missing: [String])
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
    /// The choice that was probably meant.
    public var suggestion: String?
    public var hint: String?
  }
}
