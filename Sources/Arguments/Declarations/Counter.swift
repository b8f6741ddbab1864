/// An option that counts how often it is given: `-vvv` is 3.
public struct Counter: OptionDeclaration {
  public let details: OptionDetails

  public init(
    _ name: String, short: Character? = nil, help: String, section: String? = nil, environment: String? = nil,
    isHidden: Bool = false, formerNames: [String] = []
  ) {
    details = OptionDetails(
      name: name, short: short, help: help, placeholder: nil, section: section, environment: environment,
      isSecret: false, isHidden: isHidden, formerNames: formerNames)
  }

  public var form: OptionForm { .counter }

  /// A variable holds the count.
  public func adding(_ occurrence: Occurrence, to value: (any Sendable)?) throws(ValueMismatch) -> any Sendable {
    let count = value as? Int ?? 0
    switch occurrence {
    case .switched: return count + 1
    case .text(let text):
      guard case .value(let number) = Decimal.integer(text), (0...1000).contains(number) else { throw ValueMismatch() }
      return number
    }
  }
}
