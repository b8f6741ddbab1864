/// An option that is on or off.
///
/// One that may be on without having been typed, by its default or its variable, can be switched off with `--no-NAME`; so can one
/// that is said to be negatable, which is what an option that a file may switch on should be.
public struct Toggle: OptionDeclaration {
  public let details: OptionDetails
  public let defaultValue: Bool
  public let isNegatable: Bool

  public init(
    _ name: String, default defaultValue: Bool = false, isNegatable: Bool = false, short: Character? = nil,
    help: String, section: String? = nil, environment: String? = nil, isHidden: Bool = false,
    formerNames: [String] = []
  ) {
    details = OptionDetails(
      name: name, short: short, help: help, section: section, environment: environment, isHidden: isHidden,
      formerNames: formerNames)
    self.defaultValue = defaultValue
    self.isNegatable = isNegatable || defaultValue || environment != nil
  }

  public var form: OptionForm { .toggle(isNegatable: isNegatable) }
  public var defaultTexts: [String] { defaultValue ? ["on"] : [] }

  /// A variable may hold `1`, `true`, `yes` or `on`, and their opposites.
  public func reading(_ occurrence: Occurrence) throws(ValueMismatch) -> any Sendable {
    switch occurrence {
    case .switched(let isOn): return isOn
    case .text(let text):
      guard let isOn = Toggle.state(text) else { throw ValueMismatch() }
      return isOn
    }
  }

  public func words(for value: any Sendable) -> [String] {
    switch value as? Bool {
    case true: [details.flag]
    case false where isNegatable: ["--no-" + details.name]
    default: []
    }
  }

  /// On, off, or neither.
  static func state(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "1", "true", "yes", "on": true
    case "0", "false", "no", "off": false
    default: nil
    }
  }
}
