import Failures
import Text

/// One object of EXPLAIN's JSON. A member that is absent or null gives nil; a member of another kind is an error.
struct PlanObject {
  private let value: JSON

  init(_ value: JSON) throws(PlanMismatch) {
    guard case .object = value else { throw PlanMismatch(name: "the answer") }
    self.value = value
  }

  func text(_ name: String) throws(PlanMismatch) -> String? { try member(name, \.text) }
  func number(_ name: String) throws(PlanMismatch) -> Double? { try member(name, \.number) }
  func integer(_ name: String) throws(PlanMismatch) -> Int? { try member(name, \.integer) }
  func boolean(_ name: String) throws(PlanMismatch) -> Bool? { try member(name, \.boolean) }

  func texts(_ name: String) throws(PlanMismatch) -> [String]? {
    try member(name, \.list)?.map { element throws(PlanMismatch) in
      guard let text = element.text else { throw PlanMismatch(name: name) }
      return text
    }
  }

  func object(_ name: String) throws(PlanMismatch) -> PlanObject? {
    guard let value = value[name], value != .null else { return nil }
    return try PlanObject(value)
  }

  /// The objects of a list; none where the member is absent.
  func objects(_ name: String) throws(PlanMismatch) -> [PlanObject] {
    try (try member(name, \.list) ?? []).map { element throws(PlanMismatch) in try PlanObject(element) }
  }

  /// All members that are text or lists of text, except those of these names.
  func allTexts(except names: Set<String>) -> [String] {
    guard case .object(let members) = value else { return [] }
    return members.filter { !names.contains($0.key) }.flatMap { member in
      member.value.text.map { [$0] } ?? member.value.list?.compactMap(\.text) ?? []
    }
  }

  /// A member that is a number, or an object with a member `Total`.
  func total(_ name: String) throws(PlanMismatch) -> Double {
    if case .object? = value[name] { return try object(name)?.number("Total") ?? 0 }
    return try number(name) ?? 0
  }

  /// A member that the answer must have.
  func required<Value>(_ name: String, _ value: Value?) throws(PlanMismatch) -> Value {
    guard let value else { throw PlanMismatch(name: name) }
    return value
  }

  private func member<Value>(_ name: String, _ read: KeyPath<JSON, Value?>) throws(PlanMismatch) -> Value? {
    guard let value = value[name], value != .null else { return nil }
    guard let read = value[keyPath: read] else { throw PlanMismatch(name: name) }
    return read
  }
}

/// A part of EXPLAIN's JSON that is not what usher knows.
struct PlanMismatch: FailureConvertible {
  let name: String

  var failure: Failure {
    Failure(
      .failed, "cannot read the plan that the server sent", causes: ["'\(name)' is absent or not of the expected kind"])
  }
}
