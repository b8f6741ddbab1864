/// The values of one invocation, read by key: `values[Self.count]`.
///
/// Reading a key that is not in the command's specification gives the value of an absent option. A required value throws
/// `UndeclaredKey`, because no value would be true.
public struct ParsedValues: Sendable {
  struct Entry: Sendable {
    var value: any Sendable
    var origin: ValueOrigin
  }

  /// By the name that help shows: `--fill-to`, `COUNT`.
  var entries: [String: Entry] = [:]

  public init() {}

  public subscript<Value>(_ key: Option<Value>) -> Value? { entries[key.details.flag]?.value as? Value }
  public subscript<Value>(_ key: DefaultedOption<Value>) -> Value {
    entries[key.details.flag]?.value as? Value ?? key.defaultValue
  }
  public subscript<Value>(_ key: ListOption<Value>) -> [Value] {
    entries[key.details.flag]?.value as? [Value] ?? key.defaultValue
  }
  public subscript(_ key: Toggle) -> Bool { entries[key.details.flag]?.value as? Bool ?? key.defaultValue }
  public subscript(_ key: Counter) -> Int { entries[key.details.flag]?.value as? Int ?? 0 }
  public subscript<Value>(_ key: OptionalOperand<Value>) -> Value? { entries[key.name]?.value as? Value }
  public subscript<Value>(_ key: OperandList<Value>) -> [Value] { entries[key.name]?.value as? [Value] ?? [] }

  public subscript<Value>(_ key: RequiredOption<Value>) -> Value {
    get throws(UndeclaredKey) { try required(key.details.flag) }
  }
  public subscript<Value>(_ key: Operand<Value>) -> Value {
    get throws(UndeclaredKey) { try required(key.name) }
  }

  /// Where the value came from.
  public func origin(of key: some OptionDeclaration) -> ValueOrigin {
    entries[key.details.flag]?.origin ?? .defaultValue
  }
  public func origin(of key: some OperandDeclaration) -> ValueOrigin { entries[key.name]?.origin ?? .defaultValue }

  private func required<Value>(_ name: String) throws(UndeclaredKey) -> Value {
    guard let value = entries[name]?.value as? Value else { throw UndeclaredKey(name: name) }
    return value
  }
}

/// A command read a key that is not in its specification: a mistake in the program.
public struct UndeclaredKey: Error, Equatable, Sendable {
  public var name: String
}

/// Where a value came from; an earlier case wins over a later one.
public enum ValueOrigin: Equatable, Sendable {
  case commandLine
  /// The variable's name.
  case environment(String)
  /// The file's path.
  case file(String)
  case defaultValue
}

/// The options that a configuration file sets, by name without hyphens; former names count as unknown.
///
/// Names that the command does not accept are ignored, because a file serves many commands. The reader of the file checks them.
public struct FileValues: Sendable {
  public var path: String
  public var values: [String: String]

  public init(path: String, values: [String: String]) {
    self.path = path
    self.values = values
  }
}
