/// An option that counts how often it is given: `-vvv` is 3, and `values[counter]` is 0 without it.
public struct Counter: OptionDeclaration {
  public let details: OptionDetails

  public init(
    _ name: String, short: Character? = nil, help: String, section: String? = nil, environment: String? = nil,
    isHidden: Bool = false, formerNames: [String] = []
  ) {
    details = OptionDetails(
      name: name, short: short, help: help, section: section, environment: environment, isHidden: isHidden,
      formerNames: formerNames)
  }

  public var form: OptionForm { .counter }

  /// How many more; a variable holds the count.
  public func reading(_ occurrence: Occurrence) throws(ValueMismatch) -> any Sendable {
    switch occurrence {
    case .switched: return 1
    case .text(let text):
      guard case .value(let number) = Decimal.integer(text), (0...1000).contains(number) else { throw ValueMismatch() }
      return number
    }
  }

  public func value(of readings: [any Sendable]) -> any Sendable { readings.reduce(0) { $0 + ($1 as? Int ?? 0) } }

  public func words(for value: any Sendable) -> [String] {
    [String](repeating: details.flag, count: max(0, value as? Int ?? 0))
  }
}
