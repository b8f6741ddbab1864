/// One measured figure of a finding.
public struct Figure: Equatable, Sendable {
  /// The value with its unit; nil where it is not known.
  public enum Value: Equatable, Sendable {
    case integer(Int?)
    case milliseconds(Int?)
    case bytes(Int?)
    case boolean(Bool?)
    case text(String?)
  }

  /// The name in JSON: snake_case, with the unit in it (`oldest_wait_ms`).
  public let name: String
  public let value: Value

  public init(_ name: String, _ value: Value) {
    self.name = name
    self.value = value
  }
}
