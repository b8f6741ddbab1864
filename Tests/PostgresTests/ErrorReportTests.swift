import Failures
import Postgres
import Testing

@Suite("Errors in the user's words")
struct ErrorReportTests {
  private func failure(_ problem: PostgresError.Problem, _ message: String, _ state: String? = nil) -> Failure {
    PostgresError(problem, message, sqlState: state, target: "tickets at db-1:5432").failure
  }

  @Test("a server that cannot be reached is named without the database, with the reason in short")
  func unreachable() {
    let failure = failure(
      .unreachable,
      """
      connection to server at "db-1" (10.0.0.7), port 5432 failed: Connection refused
      Is the server running on that host and accepting TCP/IP connections?
      """)
    #expect(failure.kind == .unavailable)
    #expect(failure.message == "cannot reach PostgreSQL at db-1:5432 (connection refused)")
    #expect(failure.causes == ["connection to server at \"db-1\" (10.0.0.7), port 5432 failed: Connection refused"])
    #expect(failure.hints == ["check USHER_POSTGRES, or run `usher doctor`"])
  }

  @Test("a reason without a server says itself once")
  func shortReason() {
    let failure = failure(.unreachable, "timed out after 5s")
    #expect(failure.message == "cannot reach PostgreSQL at db-1:5432 (timed out after 5s)")
    #expect(failure.causes.isEmpty)
  }

  @Test(
    "a server that lets nobody in says why",
    arguments: [
      ("28P01", .refused, "PostgreSQL refuses the login"), ("28000", .refused, "PostgreSQL refuses the login"),
      ("3D000", .unavailable, "no such database"), ("53300", .tryAgain, "PostgreSQL has no free connection"),
      ("57P03", .unavailable, "PostgreSQL refuses connections"),
      ("XX000", .unavailable, "PostgreSQL refuses connections"),
    ] as [(String, Failure.Kind, String)])
  func turnedAway(state: String, kind: Failure.Kind, start: String) {
    let failure = failure(.unreachable, "the server's words", state)
    #expect(failure.kind == kind)
    #expect(failure.message == "\(start), tickets at db-1:5432")
    #expect(failure.causes == ["the server's words"])
    #expect(!failure.hints.isEmpty)
  }

  @Test("a statement's error names the state, the place and the server's hint")
  func statement() {
    var error = PostgresError(.statement, "column \"nam\" does not exist", sqlState: "42703", target: "t at h:1")
    error.position = 8
    error.near = "nam FROM customer"
    error.hint = "Perhaps you meant to reference the column \"customer.name\"."
    let failure = error.failure
    #expect(failure.message == "PostgreSQL, t at h:1: column \"nam\" does not exist")
    #expect(failure.causes == ["SQLSTATE 42703 at character 8, near 'nam FROM customer'"])
    #expect(failure.hints == ["Perhaps you meant to reference the column \"customer.name\"."])
  }

  @Test("details that are data are left out; other details stay")
  func details() {
    var error = PostgresError(.statement, "duplicate key", sqlState: "23505", target: "t at h:1")
    error.detail = "Key (id)=(7) already exists."
    #expect(error.failure.causes == ["SQLSTATE 23505"])
    error.sqlState = "55006"
    error.detail = "There is 1 other session using the database."
    #expect(error.failure.causes == ["SQLSTATE 55006", "There is 1 other session using the database."])
  }

  @Test("an interrupt, a broken line, a wrong column and a bug are four things")
  func problems() {
    #expect(failure(.interrupted, "interrupted").kind == .interrupted)
    #expect(failure(.lost, "server closed the connection unexpectedly").kind == .unavailable)
    #expect(
      failure(.lost, "server closed the connection unexpectedly").causes == [
        "server closed the connection unexpectedly"
      ])
    #expect(failure(.undecodable, "column \"x\" is null").kind == .failed)
    #expect(failure(.misuse, "a transaction is open already").kind == .bug)
    #expect(failure(.badConnectionString, "missing \"…\"").kind == .configuration)
  }

  @Test("callers can ask what kind of error it is")
  func questions() {
    func error(_ state: String) -> PostgresError { PostgresError(.statement, "", sqlState: state, target: "") }
    #expect(error("42P01").isUndefinedTable && !error("42703").isUndefinedTable)
    #expect(error("42703").isUndefinedColumn && error("42704").isUndefinedObject)
    #expect(error("23505").isUniqueViolation && error("55P03").isLockTimeout)
    #expect(error("57014").isCanceled && error("25006").isReadOnly)
    #expect(error("42501").isInsufficientPrivilege)
    #expect(error("40001").isSerializationFailure && error("40P01").isSerializationFailure)
    #expect(error("08006").isUnavailable && !error("42P01").isUnavailable)
  }

  @Test("a hint tells what to do, by state", arguments: ["42P01", "42703", "25006", "42501", "57014", "55P03"])
  func hints(state: String) { #expect(failure(.statement, "x", state).hints.count == 1) }
}
