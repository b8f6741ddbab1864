import Failures
import Postgres
import Support
import Testing

@Suite("Transactions, locks, notices")
struct TransactionTests {
  let connection: PostgresConnection

  init() throws {
    connection = try PostgresConnection(scratchServer())
    try connection.script("CREATE TEMP TABLE ledger (id int PRIMARY KEY CHECK (id > 0), note text)")
  }

  private struct Change: Error {}

  private func count() throws -> Int { try connection.query("SELECT count(*) FROM ledger")[0].decode(0) }

  @Test("what returns is committed, what throws is rolled back")
  func commitAndRollback() throws {
    let value = try connection.transaction {
      try connection.execute("INSERT INTO ledger VALUES (1)")
      return 7
    }
    #expect(value == 7)
    #expect(throws: Change.self) {
      try connection.transaction {
        try connection.execute("INSERT INTO ledger VALUES (2)")
        throw Change()
      }
    }
    #expect(try count() == 1)
    #expect(!connection.isInTransaction)
  }

  @Test("one in another is an error, and the outer goes on")
  func nested() throws {
    try connection.transaction {
      #expect(throws: PostgresError.self) { try connection.transaction {} }
      #expect(throws: PostgresError.self) { try connection.rolledBackTransaction {} }
      try connection.execute("INSERT INTO ledger VALUES (1)")
    }
    #expect(try count() == 1)
  }

  @Test("a body that swallows an error cannot commit")
  func swallowedError() throws {
    #expect(throws: PostgresError.self) {
      try connection.transaction {
        try connection.execute("INSERT INTO ledger VALUES (1)")
        _ = try? connection.query("SELECT 1/0")
      }
    }
    #expect(try count() == 0)
    #expect(!connection.isInTransaction)
  }

  @Test("a deferred constraint that fails at commit is an error")
  func deferredConstraint() throws {
    try connection.script(
      "ALTER TABLE ledger ADD COLUMN parent int REFERENCES ledger DEFERRABLE INITIALLY DEFERRED")
    let error = #expect(throws: PostgresError.self) {
      try connection.transaction { try connection.execute("INSERT INTO ledger VALUES (1, 'x', 99)") }
    }
    #expect(error?.sqlState == "23503")
    #expect(try count() == 0)
  }

  @Test("a read-only transaction refuses to write, as 77")
  func readOnly() throws {
    let error = #expect(throws: PostgresError.self) {
      try connection.transaction(readOnly: true) { try connection.script("CREATE TABLE never (i int)") }
    }
    #expect(error?.isReadOnly == true)
    #expect(error?.failure.kind == .refused)
    #expect(error?.failure.hints.first?.contains("standby") == true)
  }

  @Test("isolation is what was asked for, whatever the session's default")
  func isolation() throws {
    try connection.script("SET default_transaction_isolation TO serializable")
    func level() throws -> String { try connection.query("SHOW transaction_isolation")[0].decode(0) }
    #expect(try connection.transaction { try level() } == "read committed")
    #expect(try connection.transaction(isolation: .repeatableRead) { try level() } == "repeatable read")
  }

  @Test("a rolled back transaction leaves nothing, also when it returns")
  func rolledBack() throws {
    let inside = try connection.rolledBackTransaction {
      try connection.execute("INSERT INTO ledger VALUES (1)")
      return try count()
    }
    #expect(inside == 1)
    #expect(try count() == 0)
  }

  @Test("a constraint's error names schema, table and constraint, and keeps the data to itself")
  func constraints() throws {
    try connection.execute("INSERT INTO ledger VALUES (1, 'x')")
    let error = #expect(throws: PostgresError.self) {
      try connection.execute("INSERT INTO ledger VALUES ($1, $2)", [1, "s3cret"])
    }
    #expect(error?.isUniqueViolation == true)
    #expect(error?.table == "ledger")
    #expect(error?.constraint == "ledger_pkey")
    #expect(error?.detail?.contains("(id)=(1)") == true)
    let check = #expect(throws: PostgresError.self) {
      try connection.execute("INSERT INTO ledger VALUES (-1, $1)", ["s3cret"])
    }
    #expect(check?.detail?.contains("s3cret") == true)
    #expect(check.map { "\($0.failure)".contains("s3cret") } == false)
  }

  @Test(
    "an SQLSTATE decides what a script may do about it",
    arguments: [
      ("42P01", .badInput), ("42703", .badInput), ("42601", .badInput), ("22012", .badInput), ("3F000", .badInput),
      ("42501", .refused), ("25006", .refused), ("28000", .refused), ("57014", .tryAgain), ("55P03", .tryAgain),
      ("40001", .tryAgain), ("40P01", .tryAgain), ("53300", .tryAgain), ("57P01", .unavailable),
      ("57P03", .unavailable),
      ("08006", .unavailable), ("23505", .failed), ("53100", .failed), ("XX000", .failed),
    ] as [(String, Failure.Kind)])
  func kinds(state: String, kind: Failure.Kind) throws {
    let error = #expect(throws: PostgresError.self) {
      try connection.script("DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '\(state)'; END $$")
    }
    #expect(error?.sqlState == state)
    #expect(error?.failure.kind == kind)
    #expect(error?.failure.causes.first == "SQLSTATE \(state)")
  }

  @Test("an advisory lock excludes others until its transaction or its session ends")
  func advisoryLocks() throws {
    let key = PostgresConnection.advisoryKey("usher test \(connection.backendPID)")
    var other: PostgresConnection? = try PostgresConnection(scratchServer())
    #expect(throws: PostgresError.self) { try connection.tryAdvisoryLock(key) }
    try connection.openHolder()
    try other?.openHolder()
    #expect(try connection.tryAdvisoryLock(key))
    #expect(try other?.tryAdvisoryLock(key) == false)
    try connection.closeHolder()
    #expect(throws: PostgresError.self) { try connection.closeHolder() }
    #expect(try other?.tryAdvisoryLock(key) == true)
    try connection.openHolder()
    #expect(try connection.tryAdvisoryLock(key) == false)
    other = nil
    try waitUntil { try connection.tryAdvisoryLock(key) }
  }

  @Test("a holder of locks keeps no snapshot, and the server's limit for idle transactions does not end it")
  func holder() throws {
    let observer = try PostgresConnection(scratchServer())
    try connection.script("SET idle_in_transaction_session_timeout TO '50ms'")
    try connection.openHolder()
    #expect(try connection.tryAdvisoryLock(PostgresConnection.advisoryKey("usher holder \(connection.backendPID)")))
    let sessions = {
      try observer.query(
        "SELECT backend_xmin IS NULL AND backend_xid IS NULL AND clock_timestamp() > state_change + interval '200 ms' AS quiet FROM pg_stat_activity WHERE pid = $1",
        [PostgresValue(connection.backendPID)])
    }
    try waitUntil { try sessions().first?.decode("quiet") == true }
    try connection.closeHolder()
  }

  @Test("a lock's number never changes between versions")
  func advisoryKeys() {
    #expect(PostgresConnection.advisoryKey("") == Int64(bitPattern: 0xcbf2_9ce4_8422_2325))
    #expect(PostgresConnection.advisoryKey("a") == Int64(bitPattern: 0xaf63_dc4c_8601_ec8c))
    #expect(PostgresConnection.advisoryKey("foobar") == Int64(bitPattern: 0x8594_4171_f739_67e8))
  }

  @Test("notices reach the closure, in order, and nobody when there is none")
  func notices() throws {
    var heard: [PostgresNotice] = []
    connection.onNotice = { heard.append($0) }
    try connection.script(
      """
      DO $$ BEGIN RAISE NOTICE 'first'; RAISE WARNING 'second' USING DETAIL = 'more', HINT = 'try', ERRCODE = '01000'; END $$
      """)
    #expect(heard.map(\.message) == ["first", "second"])
    #expect(heard.map(\.severity) == ["NOTICE", "WARNING"])
    #expect(heard.last?.detail == "more")
    #expect(heard.last?.hint == "try")
    #expect(heard.last?.sqlState == "01000")
    connection.onNotice = nil
    try connection.script("DROP TABLE IF EXISTS not_there_at_all")
    #expect(heard.count == 2)
  }
}
