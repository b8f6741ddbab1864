/// An error of PostgreSQL, or of the connection to it.
///
/// `message`, `detail` and `context` are the server's texts and may contain data; `failure` is safe to show.
public struct PostgresError: Error, Equatable, Sendable {
  public enum Problem: Equatable, Sendable {
    /// The connection string cannot be read.
    case badConnectionString
    /// There is no connection; with an SQLSTATE where a server answered and refused.
    case unreachable
    /// The connection broke.
    case lost
    /// The server answered a statement with an error.
    case statement
    /// `isInterrupted` became true, and the current statement was cancelled.
    case interrupted
    /// A column does not contain what the caller expects.
    case undecodable
    /// The caller used this API incorrectly, such as a transaction in a transaction.
    case misuse
  }

  public var problem: Problem
  /// Five characters. Source: https://www.postgresql.org/docs/current/errcodes-appendix.html
  public var sqlState: String?
  public var message: String
  public var detail: String?
  public var hint: String?
  /// The place in a function or a COPY where it failed.
  public var context: String?
  /// The number of the character in the statement at which the error is; the first is 1.
  public var position: Int?
  /// The statement's text at `position`.
  public var near: String?
  public var schema: String?
  public var table: String?
  public var column: String?
  public var constraint: String?
  /// Database and server, such as `tickets at db-1:5432`.
  public var target: String

  public init(_ problem: Problem, _ message: String, sqlState: String? = nil, target: String) {
    self.problem = problem
    self.message = message
    self.sqlState = sqlState
    self.target = target
  }
}

extension PostgresError {
  public var isUndefinedTable: Bool { sqlState == "42P01" }
  public var isUndefinedColumn: Bool { sqlState == "42703" }
  public var isUndefinedObject: Bool { sqlState == "42704" }
  public var isUniqueViolation: Bool { sqlState == "23505" }
  public var isLockTimeout: Bool { sqlState == "55P03" }
  /// A statement timeout, or a cancel request of another session.
  public var isCanceled: Bool { sqlState == "57014" }
  public var isReadOnly: Bool { sqlState == "25006" }
  public var isInsufficientPrivilege: Bool { sqlState == "42501" }
  public var isSerializationFailure: Bool { sqlState == "40001" || sqlState == "40P01" }
  /// No server answered, or the connection was lost; the statement itself may be correct.
  public var isUnavailable: Bool { failure.kind == .unavailable }
}
