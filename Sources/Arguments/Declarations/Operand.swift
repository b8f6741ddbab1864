/// A word that is required: `try values[operand]` is its value.
public struct Operand<Value: Sendable>: OperandDeclaration {
  public let name: String
  public let kind: ValueKind<Value>
  public let help: String

  /// The name is in capitals, as help shows it: `QUERYID`.
  public init(_ name: String, _ kind: ValueKind<Value>, help: String) {
    self.name = name
    self.kind = kind
    self.help = help
  }

  public var form: ValueForm { kind.form }
  public var minimum: Int { 1 }
  public var isList: Bool { false }
  public func reading(_ word: String) throws(ValueMismatch) -> any Sendable { try kind.parse(word) }
  public func words(for value: any Sendable) -> [String] { kind.words(for: [value]) }
}

/// A word that may be left out: `values[operand]` is optional.
public struct OptionalOperand<Value: Sendable>: OperandDeclaration {
  public let name: String
  public let kind: ValueKind<Value>
  public let help: String

  public init(_ name: String, _ kind: ValueKind<Value>, help: String) {
    self.name = name
    self.kind = kind
    self.help = help
  }

  public var form: ValueForm { kind.form }
  public var minimum: Int { 0 }
  public var isList: Bool { false }
  public func reading(_ word: String) throws(ValueMismatch) -> any Sendable { try kind.parse(word) }
  public func words(for value: any Sendable) -> [String] { kind.words(for: [value]) }
}

/// All remaining words; it must be the last operand.
public struct OperandList<Value: Sendable>: OperandDeclaration {
  public let name: String
  public let kind: ValueKind<Value>
  public let minimum: Int
  public let help: String

  public init(_ name: String, _ kind: ValueKind<Value>, minimum: Int = 0, help: String) {
    self.name = name
    self.kind = kind
    self.minimum = minimum
    self.help = help
  }

  public var form: ValueForm { kind.form }
  public var isList: Bool { true }

  public func reading(_ word: String) throws(ValueMismatch) -> any Sendable { try kind.parse(word) }
  public func value(of readings: [any Sendable]) -> any Sendable { readings.compactMap { $0 as? Value } }
  public func words(for value: any Sendable) -> [String] { kind.words(for: value as? [Value] ?? []) }
}

/// An operand of any value type, as a specification holds it.
public protocol OperandDeclaration: Sendable {
  var name: String { get }
  var form: ValueForm { get }
  var help: String { get }
  /// How many words it needs.
  var minimum: Int { get }
  /// Whether it takes all words that are left.
  var isList: Bool { get }

  /// What one word says.
  func reading(_ word: String) throws(ValueMismatch) -> any Sendable
  /// The value of the readings: at least one, and exactly one unless this is a list.
  func value(of readings: [any Sendable]) -> any Sendable
  /// The words that give this value again.
  func words(for value: any Sendable) -> [String]
}

extension OperandDeclaration {
  public func value(of readings: [any Sendable]) -> any Sendable { readings[0] }
}

extension ValueKind {
  fileprivate func words(for values: [any Sendable]) -> [String] { values.compactMap { $0 as? Value }.map(print) }
}
