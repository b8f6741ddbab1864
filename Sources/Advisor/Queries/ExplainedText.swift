import Failures
import Postgres
import Text

/// A statement on its way to the server, and what the server's errors mean for whoever gave it.
struct ExplainedText {
  let original: Statement
  /// As it is sent, which differs where the statement had to be repaired.
  let sent: String
  let hasValues: Bool

  /// Runs `body`, which sends `prefix` and then the statement; errors come out as a `Failure` about the statement.
  func explaining<T>(prefix: String, isRun: Bool, _ body: () throws -> T) throws -> T {
    do {
      return try body()
    } catch let error as PostgresError where error.problem == .statement {
      throw failure(error, prefix: prefix, isRun: isRun)
    }
  }

  private func failure(_ error: PostgresError, prefix: String, isRun: Bool) -> Failure {
    let state = error.sqlState ?? ""
    // 42501 is a privilege, about the table and not about the statement.
    if state == "25006", isRun { return Self.changesData("\(error.message), \(error.target)") }
    if state == "57014", isRun {
      return error.failure.adding(hint: "give it longer with `--timeout`, or leave out `--analyze`")
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

  /// The place in the statement as it was given; nothing where the repair has moved it.
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
        "leave out `--analyze` for the plan as the server estimates it",
        "or add `--yes`: it is then run for real, with its locks and triggers, and rolled back",
      ])
  }

  /// Undefined and ambiguous parameters, functions and operators, and types that don't fit.
  private static let typeStates: Set = ["42P18", "42P08", "42725", "42883", "42804", "42846"]

  private func unclearTypes(_ error: PostgresError) -> Failure {
    Failure(
      .badInput, "the statement without its values does not tell the types of its parameters",
      causes: [error.message, "SQLSTATE \(error.sqlState ?? "") from \(error.target)"], hints: [realValues])
  }

  private var realValues: String {
    let folded = original.folded
    // Longer than a few lines of a terminal helps nobody.
    let shown = folded.count <= 200 ? folded : "SELECT … WHERE id = 42"
    return "put real values in the place of $1 and so on: usher query explain --sql \(ShellWords.singleQuoted(shown))"
  }
}
