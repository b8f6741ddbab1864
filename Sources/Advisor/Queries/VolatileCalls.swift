import Failures
import Postgres
import Text

/// The functions that a statement would call and that may change something, although the statement only reads.
///
/// A read-only transaction stops writes to tables, but not pg_terminate_backend() or pg_stat_statements_reset().
enum VolatileCalls {
  /// Volatile functions that change nothing but their own result, or only wait; and those that the read-only transaction refuses.
  private static let harmless: Set = [
    "nextval", "setval",
    "random", "clock_timestamp", "timeofday", "gen_random_uuid", "uuid_generate_v1", "uuid_generate_v4", "pg_sleep",
    "pg_sleep_for", "pg_sleep_until", "random_normal", "gen_random_bytes", "gen_salt", "pg_stat_statements",
    "pg_stat_statements_info", "pg_stat_get_activity", "pg_lock_status", "pg_blocking_pids", "pg_show_all_settings",
    "pg_prepared_statement", "pg_prepared_xact", "pg_cursor", "pg_ls_dir", "pg_read_file", "pg_stat_file",
    "pg_relation_size", "pg_table_size", "pg_total_relation_size", "pg_indexes_size", "pg_database_size",
    "pg_tablespace_size", "pg_current_wal_lsn", "pg_last_wal_replay_lsn", "pg_last_wal_receive_lsn",
    "pg_last_xact_replay_timestamp", "pg_current_wal_insert_lsn", "pg_current_wal_flush_lsn",
  ]

  /// Throws `refused` where a plan, as the server's JSON, calls such functions.
  static func refuse(in plan: String, on connection: PostgresConnection) throws {
    let names = try find(in: plan, on: connection)
    guard !names.isEmpty else { return }
    let calls = names.map { "\($0)()" }.joined(separator: ", ")
    throw Failure(
      .refused, "the statement calls \(calls), which may change something, and `--analyze` would run it",
      causes: ["a read-only transaction does not stop such functions, \(connection.target)"],
      hints: [
        "omit `--analyze` for the plan that the server estimates",
        "or add `--yes`: then the statement runs, and what its functions do outside the transaction remains",
      ])
  }

  /// The names of such functions, in the order of the plan; each once. The expressions of a plan also have those of views.
  private static func find(in plan: String, on connection: PostgresConnection) throws -> [String] {
    var names: [String] = []
    var lexer = JSONLexer(Array(plan.utf8), refusesControls: false)
    scan: while true {
      switch try lexer.next() {
      case .end: break scan
      case .text(let bytes):
        let tokens = SQLLexer.tokens(of: String(decoding: bytes, as: UTF8.self))
        for (token, next) in zip(tokens, tokens.dropFirst()) where next.isSign("(") {
          guard case .word(let word) = token.kind, !harmless.contains(word), !names.contains(word) else { continue }
          names.append(word)
        }
      default: break
      }
    }
    guard !names.isEmpty else { return [] }
    let volatile = try connection.query(
      """
      SELECT \(PostgresConnection.mark) DISTINCT proname::text AS name FROM pg_proc
      WHERE provolatile = 'v' AND proname = ANY ($1::text[])
      """, [.array(names)]
    ).map { try $0.decode("name", as: String.self) }
    return names.filter(volatile.contains)
  }
}
