import Failures
import Postgres
import Text

/// A statement to explain, and what the server's errors about it mean for the user.
struct ExplainedText {
  let original: Statement
  /// The text that is sent, which differs where the statement had to be repaired.
  var sent: String
  let hasValues: Bool

  /// Runs `body`, which sends `prefix` and the statement. Errors are thrown as a `Failure` about the statement.
  func explaining<T>(prefix: String = "", isRun: Bool, _ body: () throws -> T) throws -> T {
    do {
      return try body()
    } catch let failed as PostgresError where failed.problem == .statement {
      var error = failed
      error.position = error.position.map { $0 - prefix.unicodeScalars.count }
      throw failure(error, isRun: isRun)
    }
  }

  /// What an error of the server means for the user. Its position counts in `sent`.
  func failure(_ error: PostgresError, isRun: Bool) -> Failure {
    let state = error.sqlState ?? ""
    // 42501 is a missing privilege, which concerns the table and not the statement.
    if state == "25006", isRun { return Self.changesData("\(error.message), \(error.target)") }
    if state == "57014", isRun {
      return error.failure.adding(hint: "allow more time with `--timeout`, or omit `--analyze`")
    }
    guard state.hasPrefix("42") || state == "54001", state != "42501" else { return error.failure }
    let cause = "SQLSTATE \(state) from \(error.target)"
    if Self.unreadableStates.contains(state),
      let mistake = StatementMistake.failure(of: original.query, cause: "\(error.message), \(cause)")
    {
      return mistake
    }
    if original.parameterCount > 0, !hasValues, ParameterTypes.states.contains(state) { return unclearTypes(error) }
    let position = self.position(error)
    var failure = error.failure
    failure.kind = .badInput
    failure.message = "cannot explain the statement: \(error.message)" + (position.map { ", at character \($0)" } ?? "")
    failure.causes = [cause]
    if state == "54001" || error.message.hasPrefix("memory exhausted") {
      failure.hints.append("the statement is nested more deeply than this server can read")
    }
    if state == "42P01" { failure.hints.append("if the table is in another schema, add `--search-path SCHEMA`") }
    if original.parameterCount > 0, !hasValues, state == "42601" { failure.hints.append(realValues) }
    return failure
  }

  /// Syntax errors, and names that a placeholder may be the reason for.
  private static let unreadableStates: Set = ["42601", "42703", "42883", "42P02", "42704"]

  /// The position in the original statement; nil where it is not known.
  private func position(_ error: PostgresError) -> Int? {
    guard let position = error.position, sent == original.text else { return nil }
    return position > 0 ? position : nil
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
