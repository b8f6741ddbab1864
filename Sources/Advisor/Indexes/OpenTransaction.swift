import Postgres
import Text

/// A transaction of another session, or a prepared one, that something waits for.
public struct OpenTransaction: Equatable, Sendable {
  /// The server process; 0 for a prepared transaction, which has none.
  public let pid: Int
  public let role: String
  public let application: String
  /// `idle in transaction`, `active`.
  public let state: String
  public let ageMilliseconds: Int
  /// Where its client connects from; nil for the server's own host, and where this role may not see it.
  public let address: String?
  /// `client backend`, `autovacuum worker`, `parallel worker`.
  public let kind: String
  /// The statement that it runs or ran last; nil where this role may not see it.
  public let statement: String?
  /// The name of a prepared transaction; nil for a session.
  public let preparedName: String?

  public init(
    pid: Int, role: String, application: String, state: String, ageMilliseconds: Int, address: String? = nil,
    kind: String = "client backend", statement: String? = nil, preparedName: String? = nil
  ) {
    self.pid = pid
    self.role = role
    self.application = application
    self.state = state
    self.ageMilliseconds = ageMilliseconds
    self.address = address
    self.kind = kind
    self.statement = statement
    self.preparedName = preparedName
  }

  /// `pid 4711 (psql of ann from 10.0.0.7, idle in transaction for 5m 12s)`, `prepared transaction 'x' of ann, 5m 12s old`
  public var description: String {
    let age = Figures.duration(.seconds(ageMilliseconds / 1000))
    if let preparedName { return "prepared transaction '\(preparedName)' of \(role), \(age) old" }
    let from = address.map { " from \($0)" } ?? ""
    let who =
      kind == "client backend" ? "\(application.isEmpty ? "a session" : application) of \(role)\(from)" : kind
    return "pid \(pid) (\(who), \(state) for \(age))"
  }

  /// The beginning of the statement on one line, and how it is ended, for a person who has to decide about it; nil for neither.
  public var remark: String? {
    if let preparedName {
      return
        "end it with COMMIT PREPARED \(PostgresConnection.quoteLiteral(preparedName).trimmedStart) or ROLLBACK PREPARED"
    }
    guard let statement else { return nil }
    let line = statement.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return line.isEmpty ? nil : line.count > 60 ? "\(line.prefix(59))…" : line
  }
}

extension OpenTransaction {
  /// What `read` needs of a row of pg_stat_activity that is called `a`.
  static let columns = """
    a.pid, coalesce(a.usename::text, '?') AS role, coalesce(a.application_name, '') AS application,
    coalesce(a.state, 'running') AS state, host(a.client_addr) AS address, a.backend_type AS kind,
    nullif(a.query, '<insufficient privilege>') AS statement,
    coalesce(extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, a.query_start)) * 1000, 0)::bigint AS age
    """

  static func read(_ row: PostgresRow) throws -> OpenTransaction {
    OpenTransaction(
      pid: try row.decode("pid"), role: try row.decode("role"), application: try row.decode("application"),
      state: try row.decode("state"), ageMilliseconds: try row.decode("age"), address: try row.decode("address"),
      kind: try row.decode("kind") ?? "a process of the server", statement: try row.decode("statement"))
  }

  /// The session of a server process; nil where it has ended.
  static func session(_ pid: Int, on connection: PostgresConnection) throws -> OpenTransaction? {
    try connection.query(
      "SELECT \(columns) FROM pg_stat_activity a WHERE a.pid = $1::int", [PostgresValue(pid)]
    ).first.map(read)
  }

  /// The prepared transactions that hold a lock which a build on the table waits for; the oldest first.
  ///
  /// They belong to no session, and stay until somebody ends them.
  /// Source: https://www.postgresql.org/docs/current/view-pg-prepared-xacts.html
  static func prepared(on table: Int, _ connection: PostgresConnection) throws -> [OpenTransaction] {
    try connection.query(
      """
      SELECT DISTINCT p.gid, p.owner::text AS role, p.prepared,
        (extract(epoch FROM clock_timestamp() - p.prepared) * 1000)::bigint AS age
      FROM pg_prepared_xacts p JOIN pg_locks t ON t.locktype = 'transactionid' AND t.transactionid = p.transaction
        JOIN pg_locks l ON l.virtualtransaction = t.virtualtransaction
      WHERE p.database = current_database() AND t.pid IS NULL AND l.pid IS NULL AND l.locktype = 'relation'
        AND l.relation = $1::bigint
        AND l.mode NOT IN ('AccessShareLock', 'RowShareLock')
      ORDER BY p.prepared LIMIT 20
      """, [PostgresValue(table)]
    ).map { row in
      OpenTransaction(
        pid: 0, role: try row.decode("role"), application: "", state: "prepared",
        ageMilliseconds: try row.decode("age"),
        preparedName: try row.decode("gid"))
    }
  }
}

extension String {
  /// quoteLiteral puts a space before E'…'.
  fileprivate var trimmedStart: Substring { drop { $0 == " " } }
}
