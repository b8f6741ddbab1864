/// One numbered step of the reference schema.
public struct Migration: Equatable, Sendable {
  public let number: Int
  /// snake_case, for people.
  public let name: String
  /// The tables that it creates: none of them may be there before.
  public let tables: [String]
  /// SQL statements, run in one transaction.
  let statements: String

  /// All steps in ascending order. A step that was ever released is never changed: what is new is a new step.
  public static let all = [boxOffice, outbox]
}
