/// What every option carries, whatever its value.
///
/// Immutable, and a class: the reader looks at all options of a command for each word.
public final class OptionDetails: Sendable {
  /// The long name without its hyphens: ASCII lower case, digits and hyphens, at least two characters.
  public let name: String
  /// The name with its hyphens.
  public let flag: String
  /// One ASCII letter or digit.
  public let short: Character?
  /// Imperative or a noun, without a full stop; the default and the variable are added by the help itself.
  public let help: String
  /// The name of the value in help; without one, that of the kind.
  public let placeholder: String?
  /// The heading in the full help; without one, "Options".
  public let section: String?
  /// The environment variable that is used if the command line has no value.
  public let environment: String?
  /// Whether its value is kept out of every message.
  public let isSecret: Bool
  /// Whether it is left out of help, suggestions and completions.
  public let isHidden: Bool
  /// Names that still work, each with a warning that gives the present name.
  public let formerNames: [String]

  public init(
    name: String, short: Character? = nil, help: String, placeholder: String? = nil, section: String? = nil,
    environment: String? = nil, isSecret: Bool = false, isHidden: Bool = false, formerNames: [String] = []
  ) {
    self.name = name
    flag = "--" + name
    self.short = short
    self.help = help
    self.placeholder = placeholder
    self.section = section
    self.environment = environment
    self.isSecret = isSecret
    self.isHidden = isHidden
    self.formerNames = formerNames
  }
}

/// An option of any value type, as a specification holds it.
///
/// Each occurrence is read separately, so that a mistake is reported at its place. At the end the readings are combined into the value.
public protocol OptionDeclaration: Sendable {
  var details: OptionDetails { get }
  var form: OptionForm { get }
  var isRequired: Bool { get }
  /// The default as words that its kind reads again, one a list's element; empty where absence is a case of its own.
  var defaultTexts: [String] { get }

  /// What one occurrence says.
  func reading(_ occurrence: Occurrence) throws(ValueMismatch) -> any Sendable
  /// The value that the readings make together, in the order given; there is at least one.
  func value(of readings: [any Sendable]) -> any Sendable
  /// The words that give this value again.
  func words(for value: any Sendable) -> [String]
}

extension OptionDeclaration {
  public var isRequired: Bool { false }
  public var defaultTexts: [String] { [] }
  /// The last one given wins.
  public func value(of readings: [any Sendable]) -> any Sendable { readings[readings.count - 1] }

  /// The value of one text, as variables and files give it.
  func value(of text: String) throws(ValueMismatch) -> any Sendable { value(of: [try reading(.text(text))]) }

  /// The default as it is shown.
  public var defaultText: String? {
    var separator = " "
    if case .list(_, let declared?) = form { separator = String(declared) }
    return defaultTexts.isEmpty ? nil : defaultTexts.joined(separator: separator)
  }
}

/// How an option is written.
public enum OptionForm: Sendable {
  /// Has no value; a negatable one can also be written `--no-NAME`.
  case toggle(isNegatable: Bool)
  /// Has no value; the occurrences are counted.
  case counter
  /// Takes a value.
  case value(ValueForm)
  /// May be repeated; with a separator, one word may hold several values.
  case list(ValueForm, separator: Character?)

  /// The value's form, for an option that takes one.
  public var valueForm: ValueForm? {
    switch self {
    case .toggle, .counter: nil
    case .value(let form), .list(let form, _): form
    }
  }
}

/// One time that an option was given.
public enum Occurrence: Equatable, Sendable {
  /// Alone, or as `--no-NAME`.
  case switched(Bool)
  /// With a value: a word of the command line, or what a variable or a file holds.
  case text(String)
}
