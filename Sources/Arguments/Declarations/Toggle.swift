/// An option that is on or off. One that is on by default, or is negatable, can be switched off with `--no-NAME`.
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
      name: name, short: short, help: help, placeholder: nil, section: section, environment: environment,
      isSecret: false, isHidden: isHidden, formerNames: formerNames)
    self.defaultValue = defaultValue
    self.isNegatable = isNegatable || defaultValue
  }

  public var form: OptionForm { .toggle(isNegatable: isNegatable) }
  public var defaultTexts: [String] { defaultValue ? ["on"] : [] }

  /// A variable may hold `1`, `true`, `yes` or `on`, and their opposites.
  public func adding(_ occurrence: Occurrence, to value: (any Sendable)?) throws(ValueMismatch) -> any Sendable {
    switch occurrence {
    case .switched(let isOn): return isOn
    case .text(let text):
      switch text.lowercased() {
      case "1", "true", "yes", "on": return true
      case "0", "false", "no", "off": return false
      default: throw ValueMismatch()
      }
    }
  }
}
