import Outbox
import Postgres
import Terminal
import Text

/// The lines of `usher status` about PostgreSQL: the server and the outbox.
enum StatusPostgres {
  static func lines(_ session: Session) -> [StatusLine] {
    do {
      let context = try session.context()
      guard context.postgres != nil else { return [] }
      let postgres = try session.postgres()
      var lines = [StatusLine.attempt("postgres", "server") { try server(postgres) }]
      if context.outbox != nil {
        lines.append(StatusLine.attempt("outbox", "events") { try outbox(try session.outbox()) })
      }
      return lines
    } catch {
      return [StatusLine("postgres", "server", failed: error)]
    }
  }

  private static func server(_ postgres: PostgresConnection) throws -> StatusLine {
    let rows = try postgres.query(
      """
      SELECT current_setting('server_version') AS version, pg_is_in_recovery() AS standby,
        (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS clients,
        current_setting('max_connections')::bigint AS max_clients,
        (SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock') AS blocked,
        (SELECT (extract(epoch FROM clock_timestamp() - min(xact_start)) * 1000)::bigint FROM pg_stat_activity
         WHERE pid <> pg_backend_pid() AND backend_type = 'client backend') AS oldest_transaction_ms,
        pg_database_size(current_database()) AS size_bytes
      """)
    guard let row = rows.first else { return StatusLine("postgres", "server", .problem, "no answer", figures: []) }
    let version: String = try row.decode("version")
    let standby: Bool = try row.decode("standby")
    let clients: Int = try row.decode("clients")
    let most: Int = try row.decode("max_clients")
    let blocked: Int = try row.decode("blocked")
    let oldest: Int? = try row.decode("oldest_transaction_ms")
    let size: Int = try row.decode("size_bytes")
    var parts = ["PostgreSQL \(version)", Figures.bytes(size), "\(clients) of \(most) connections"]
    if standby { parts.append("a standby") }
    if blocked > 0 { parts.append("\(blocked.grouped) waiting for a lock") }
    // Five minutes: longer than any request, and by then vacuum and index builds suffer.
    let isOld = (oldest ?? 0) > 300_000
    if isOld, let oldest { parts.append("a transaction open for \(Figures.duration(milliseconds: oldest))") }
    return StatusLine(
      "postgres", "server", standby || blocked > 0 || isOld || clients * 10 > most * 9 ? .warning : .ok,
      parts.joined(separator: ", "),
      figures: [
        ("version", .text(version)), ("standby", .boolean(standby)), ("connections", .integer(clients)),
        ("max_connections", .integer(most)), ("blocked", .integer(blocked)),
        ("oldest_transaction_ms", .milliseconds(oldest)), ("size_bytes", .bytes(size)),
      ])
  }

  private static func outbox(_ table: OutboxTable) throws -> StatusLine {
    let overview = try table.overview()
    let counts = overview.counts
    let oldest = counts.oldestUnpublishedMilliseconds
    // A minute: what replay leaves to the service by default, so younger events are on their way.
    let isStuck = counts.unpublished > 0 && (oldest ?? 0) > 60_000
    var detail = "\(counts.unpublished.grouped) unpublished"
    if let oldest, counts.unpublished > 0 { detail += ", the oldest for \(Figures.duration(milliseconds: oldest))" }
    detail += ", \(counts.published.grouped) published"
    if let warning = overview.unmappedWarning { detail += ", \(warning)" }
    return StatusLine(
      "outbox", "events", isStuck || counts.other > 0 ? .warning : .ok, detail,
      figures: [
        ("init", .integer(counts.initial)), ("published", .integer(counts.published)), ("fail", .integer(counts.fail)),
        ("retry", .integer(counts.retry)), ("other", .integer(counts.other)),
        ("oldest_unpublished_ms", .milliseconds(oldest)),
      ])
  }
}
