/// A word that must stand on the command line.
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
  public func value(of words: [String]) throws(ValueMismatch) -> any Sendable { try kind.single(words) }
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
  public func value(of words: [String]) throws(ValueMismatch) -> any Sendable { try kind.single(words) }
}

/// All words that are left; it stands last.
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

  public func value(of words: [String]) throws(ValueMismatch) -> any Sendable {
    var list: [Value] = []
    for word in words {
      do {
        list.append(try kind.parse(word))
      } catch {
        throw ValueMismatch(part: word, hint: error.hint)
      }
    }
    return list
  }
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

  /// The value that the words make; there is at least one word, and exactly one where this is no list.
  func value(of words: [String]) throws(ValueMismatch) -> any Sendable
}

extension ValueKind {
  fileprivate func single(_ words: [String]) throws(ValueMismatch) -> Value {
    guard let word = words.first else { throw ValueMismatch() }
    return try parse(word)
  }
}
