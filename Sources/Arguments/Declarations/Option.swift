/// An option with a value that may be absent: `values[option]` is optional. The last one given wins.
///
/// A declaration is also the key by which the value is read, so it is kept:
///
/// ```swift
/// static let rate = Option("rate", .rate, short: "r", help: "Limit the rate", environment: "TOOL_RATE")
/// …
/// if let rate = values[Self.rate] { pace(to: rate) }
/// ```
public struct Option<Value: Sendable>: OptionDeclaration {
  public let details: OptionDetails
  public let kind: ValueKind<Value>

  public init(
    _ name: String, _ kind: ValueKind<Value>, short: Character? = nil, placeholder: String? = nil, help: String,
    section: String? = nil, environment: String? = nil, isSecret: Bool = false, isHidden: Bool = false,
    formerNames: [String] = []
  ) {
    details = OptionDetails(
      name: name, short: short, help: help, placeholder: placeholder, section: section, environment: environment,
      isSecret: isSecret, isHidden: isHidden, formerNames: formerNames)
    self.kind = kind
  }

  public var form: OptionForm { .value(kind.form) }

  public func reading(_ occurrence: Occurrence) throws(ValueMismatch) -> any Sendable { try kind.read(occurrence) }
  public func words(for value: any Sendable) -> [String] { kind.words(for: [value], of: details) }
}

/// An option with a default value: `values[option]` is never absent.
public struct DefaultedOption<Value: Sendable>: OptionDeclaration {
  public let details: OptionDetails
  public let kind: ValueKind<Value>
  public let defaultValue: Value

  public init(
    _ name: String, _ kind: ValueKind<Value>, default defaultValue: Value, short: Character? = nil,
    placeholder: String? = nil, help: String, section: String? = nil, environment: String? = nil,
    isSecret: Bool = false, isHidden: Bool = false, formerNames: [String] = []
  ) {
    details = OptionDetails(
      name: name, short: short, help: help, placeholder: placeholder, section: section, environment: environment,
      isSecret: isSecret, isHidden: isHidden, formerNames: formerNames)
    self.kind = kind
    self.defaultValue = defaultValue
  }

  public var form: OptionForm { .value(kind.form) }
  public var defaultTexts: [String] { [kind.print(defaultValue)] }

  public func reading(_ occurrence: Occurrence) throws(ValueMismatch) -> any Sendable { try kind.read(occurrence) }
  public func words(for value: any Sendable) -> [String] { kind.words(for: [value], of: details) }
}

/// An option that must be given: on the command line, by its variable or in a file.
public struct RequiredOption<Value: Sendable>: OptionDeclaration {
  public let details: OptionDetails
  public let kind: ValueKind<Value>

  public init(
    _ name: String, _ kind: ValueKind<Value>, short: Character? = nil, placeholder: String? = nil, help: String,
    section: String? = nil, environment: String? = nil, isSecret: Bool = false, formerNames: [String] = []
  ) {
    details = OptionDetails(
      name: name, short: short, help: help, placeholder: placeholder, section: section, environment: environment,
      isSecret: isSecret, formerNames: formerNames)
    self.kind = kind
  }

  public var form: OptionForm { .value(kind.form) }
  public var isRequired: Bool { true }

  public func reading(_ occurrence: Occurrence) throws(ValueMismatch) -> any Sendable { try kind.read(occurrence) }
  public func words(for value: any Sendable) -> [String] { kind.words(for: [value], of: details) }
}

extension ValueKind {
  /// An occurrence without a text is never asked for: the reader gives options of this form a text.
  func read(_ occurrence: Occurrence) throws(ValueMismatch) -> Value {
    guard case .text(let text) = occurrence else { throw ValueMismatch() }
    return try parse(text)
  }

  /// `--name=value` for each; attached, so that any text can be the value.
  func words(for values: [any Sendable], of details: OptionDetails) -> [String] {
    values.compactMap { $0 as? Value }.map { "\(details.flag)=\(print($0))" }
  }
}
