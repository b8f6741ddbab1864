import Failures
import Postgres
import Text

/// A statement to explain, and what the server's errors about it mean for the user.
struct ExplainedText {
  let original: Statement
  /// The text that is sent, which differs where the statement had to be repaired.
  let sent: String
  let hasValues: Bool

  /// Runs `body`, which sends `prefix` and the statement. Errors are thrown as a `Failure` about the statement.
  func explaining<T>(prefix: String, isRun: Bool, _ body: () throws -> T) throws -> T {
    do {
      return try body()
    } catch let error as PostgresError where error.problem == .statement {
      throw failure(error, prefix: prefix, isRun: isRun)
    }
  }

  private func failure(_ error: PostgresError, prefix: String, isRun: Bool) -> Failure {
    let state = error.sqlState ?? ""
    // 42501 is a missing privilege, which concerns the table and not the statement.
    if state == "25006", isRun { return Self.changesData("\(error.message), \(error.target)") }
    if state == "57014", isRun {
      return error.failure.adding(hint: "allow more time with `--timeout`, or omit `--analyze`")
    }
    guard state.hasPrefix("42"), state != "42501" else { return error.failure }
    if original.parameterCount > 0, !hasValues, Self.typeStates.contains(state) { return unclearTypes(error) }
    let position = self.position(error, prefix)
    var failure = error.failure
    failure.message = "cannot explain the statement: \(error.message)" + (position.map { ", at character \($0)" } ?? "")
    failure.causes = ["SQLSTATE \(state) from \(error.target)"]
    if original.parameterCount > 0, !hasValues, state == "42601" { failure.hints.append(realValues) }
    return failure
  }

  /// The position in the original statement; nil where the repair has changed positions.
  private func position(_ error: PostgresError, _ prefix: String) -> Int? {
    guard let position = error.position, sent == original.text else { return nil }
    let place = position - prefix.unicodeScalars.count
    return place > 0 ? place : nil
  }

  static func changesData(_ cause: String) -> Failure {
    Failure(
      .refused, "the statement changes data, and `--analyze` would run it",
      causes: [cause],
      hints: [
        "omit `--analyze` for the plan that the server estimates",
        "or add `--yes`: then the statement runs, with its locks and triggers, and is rolled back",
      ])
  }

  /// Undefined and ambiguous parameters, functions and operators, and types that don't fit.
  private static let typeStates: Set = ["42P18", "42P08", "42725", "42883", "42804", "42846"]

  private func unclearTypes(_ error: PostgresError) -> Failure {
    Failure(
      .badInput, "the types of the statement's parameters are unclear without their values",
      causes: [error.message, "SQLSTATE \(error.sqlState ?? "") from \(error.target)"], hints: [realValues])
  }

  private var realValues: String {
    let folded = original.folded
    // A few lines of a terminal are enough to recognise the statement.
    let shown = folded.count <= 200 ? folded : "SELECT … WHERE id = 42"
    return "replace $1 and so on with real values: usher query explain --sql \(ShellWords.singleQuoted(shown))"
  }
}
