import Postgres
import Support
import Testing

@testable import Changes
@testable import Health

@Suite("The probes of PostgreSQL")
struct PostgresProbeTests {
  static let cases = [
    ProbeCase("a server that answers", "connection", .ok, "PostgreSQL 1"),
    ProbeCase("a server with connections left", "load", .ok, " of 200 connections"),
    ProbeCase("a primary", "role", .ok, "a primary"),
    ProbeCase("a database that is read-only", "role", .warning, "read-only by default_transaction_read_only") {
      try $0.postgres.execute("ALTER DATABASE \($0.database.name) SET default_transaction_read_only = on")
    },
    ProbeCase("statistics of all roles", "pg_stat_statements", .ok, "sees all statements"),
    ProbeCase("no statistics", "pg_stat_statements", .critical, "not installed in this database") {
      try $0.postgres.execute("DROP EXTENSION pg_stat_statements")
    },
    ProbeCase("hypothetical indexes", "hypopg", .ok, "version "),
    ProbeCase("no hypothetical indexes", "hypopg", .ok, "not installed; it is optional") {
      try $0.postgres.execute("DROP EXTENSION hypopg")
    },
    ProbeCase("nothing recorded yet", "history", .ok, "the first change creates schema 'usher_history'"),
    ProbeCase("a schema of the history's name that is not usher's", "history", .critical, "is not usher's") {
      try $0.postgres.execute("CREATE SCHEMA usher_history")
    },
    ProbeCase("no invalid index", "indexes", .ok, "none is invalid"),
    ProbeCase("an index of a failed build", "indexes", .warning, "no query uses them: spare") {
      try $0.postgres.script(
        "CREATE INDEX spare ON seat (price); UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'spare'::regclass"
      )
    },
    ProbeCase("no old transaction", "transactions", .ok, "none has been open for more than 5m"),
    ProbeCase("no lock that anybody waits for", "locks", .ok, "no session is waiting for a lock"),
  ]

  @Test("judge what they find", arguments: cases)
  func judge(example: ProbeCase) throws {
    try example.check(.postgres, Service())
  }

  @Test("tell of a session that waits for a lock, and not of those in other databases")
  func locks() throws {
    let (service, other) = (try Service(), try Service())
    try service.postgres.script("BEGIN; LOCK TABLE seat")
    let blocked = try service.database.connect()
    try blocked.start("SELECT count(*) FROM seat")
    try service.postgres.waitFor("wait_event_type = 'Lock'", pid: blocked.backendPID)
    let finding = try service.finding(.postgres, "locks")
    #expect(finding.verdict == .warning)
    #expect(finding.reason == "1 session is waiting for a lock")
    #expect(finding.figures == [Figure("blocked", .integer(1))])
    #expect(try other.finding(.postgres, "locks").verdict == .ok)
    try service.postgres.script("ROLLBACK")
  }

  @Test("tell of a transaction that is older than the limit, with its process")
  func transactions() throws {
    let service = try Service()
    let idle = try service.database.connect()
    try idle.script("BEGIN; SELECT 1")
    try service.postgres.execute("SELECT pg_sleep(0.02)")
    #expect(try OldTransactions().examine(service.postgres).map(\.verdict) == [.ok])
    let observation = try #require(try OldTransactions(warningMilliseconds: 10).examine(service.postgres).first)
    #expect(observation.verdict == .warning)
    #expect(observation.reason.hasPrefix("process \(idle.backendPID) has had a transaction open for "))
    guard case .milliseconds(let age?) = observation.figures.first?.value else {
      Issue.record("no age: \(observation)")
      return
    }
    #expect(age >= 10)
  }

  @Test("warn when few connections are left")
  func connections() throws {
    let service = try Service()
    let observation = try #require(try PostgresLoad(warningPercent: 0).examine(service.postgres).first)
    #expect(observation.verdict == .warning)
    #expect(observation.figures.contains(Figure("max_connections", .integer(200))))
  }

  @Test("of a role without pg_monitor say what it cannot see, and count what it can")
  func poorRole() throws {
    let service = try Service()
    try service.asPoorRole {
      func verdict(_ name: String) throws -> Verdict { try service.finding(.postgres, name).verdict }
      // The fixture's own session is of another role.
      let transactions = try service.finding(.postgres, "transactions")
      #expect(transactions.verdict == .unknown)
      #expect(transactions.reason.hasPrefix("this role cannot see the transactions of "))
      #expect(transactions.advice == "GRANT pg_monitor to the role of usher")
      #expect(try verdict("pg_stat_statements") == .warning)
      #expect(try verdict("history") == .critical)
      #expect(try verdict("locks") == .ok)
      let figures = try service.finding(.postgres, "load").figures
      guard case .integer(let clients?) = figures.first(where: { $0.name == "connections" })?.value else {
        Issue.record("no connections: \(figures)")
        return
      }
      #expect(clients >= 2)
    }
  }

  @Test("of a role with pg_monitor see the transactions of others")
  func monitoringRole() throws {
    let service = try Service()
    try service.asPoorRole(granting: "GRANT pg_monitor TO ROLE") {
      let finding = try service.finding(.postgres, "transactions")
      #expect(finding.verdict == .ok, "\(finding)")
    }
  }

  @Test("know the history that a change has made")
  func history() throws {
    let service = try Service()
    try service.postgres.script(PostgresHistorySchema.statements.joined(separator: ";"))
    #expect(try service.finding(.postgres, "history").reason == "in schema 'usher_history'")
    try service.asPoorRole(granting: "GRANT USAGE ON SCHEMA usher_history TO ROLE") {
      let finding = try service.finding(.postgres, "history")
      #expect(finding.verdict == .critical)
      #expect(finding.reason.contains("cannot write schema 'usher_history'"))
    }
  }
}
