import Failures
import Postgres
import Support
import Testing

@Suite("Waiting and stopping")
struct WaitingTests {
  let observer: PostgresConnection

  init() throws { observer = try PostgresConnection(scratchServer()) }

  private func isUsable(_ connection: PostgresConnection) throws -> Bool {
    try connection.query("SELECT 1 AS one")[0].decode("one") == 1
  }

  @Test("a statement timeout ends the statement, not the connection")
  func statementTimeout() throws {
    let connection = try PostgresConnection(scratchServer(), options: .init(statementTimeout: .milliseconds(20)))
    let error = #expect(throws: PostgresError.self) { try connection.query("SELECT pg_sleep(60)") }
    #expect(error?.sqlState == "57014")
    #expect(error?.failure.kind == .tryAgain)
    #expect(try isUsable(connection))
  }

  @Test("a lock timeout ends the wait for somebody else's lock")
  func lockTimeout() throws {
    try observer.script("CREATE TABLE IF NOT EXISTS locked (i int)")
    let connection = try PostgresConnection(scratchServer(), options: .init(lockTimeout: .milliseconds(20)))
    try observer.rolledBackTransaction {
      try observer.script("LOCK TABLE locked")
      let error = #expect(throws: PostgresError.self) { try connection.query("SELECT * FROM locked") }
      #expect(error?.isLockTimeout == true)
      #expect(error?.failure.kind == .tryAgain)
    }
    #expect(try connection.query("SELECT * FROM locked").isEmpty)
  }

  @Test("other timeouts hold for a while, also when the body throws or its transaction fails")
  func withTimeouts() throws {
    let connection = try PostgresConnection(scratchServer())
    func timeouts() throws -> [String] {
      let row = try connection.query("SELECT current_setting('statement_timeout'), current_setting('lock_timeout')")[0]
      return [try row.decode(0), try row.decode(1)]
    }
    try connection.withTimeouts(statement: nil, lock: .seconds(9)) {
      #expect(try timeouts() == ["0", "9s"])
      try connection.withTimeouts(statement: .microseconds(10), lock: nil) {}
      #expect(try timeouts() == ["0", "9s"])
    }
    #expect(try timeouts() == ["30s", "2s"])
    #expect(throws: PostgresError.self) {
      try connection.withTimeouts(statement: .seconds(1), lock: nil) { try connection.script("nonsense") }
    }
    #expect(try timeouts() == ["30s", "2s"])
    #expect(throws: PostgresError.self) {
      try connection.transaction {
        try connection.withTimeouts(statement: .seconds(1), lock: nil) { try connection.script("nonsense") }
      }
    }
    #expect(try timeouts() == ["30s", "2s"])
  }

  @Test("Ctrl-C cancels the statement in hand, and the connection lives on")
  func interrupt() throws {
    let flag = Flag()
    let connection = try PostgresConnection(scratchServer(), options: .init(isInterrupted: { flag.isRaised }))
    let pid = connection.backendPID
    let watcher = Background {
      let eye = try PostgresConnection(scratchServer())
      try eye.waitFor("state = 'active' AND query LIKE '%pg_sleep%'", pid: pid)
      flag.raise()
    }
    let error = #expect(throws: PostgresError.self) { try connection.query("SELECT pg_sleep(60)") }
    try watcher.finish()
    #expect(error?.problem == .interrupted)
    #expect(error?.failure.kind == .interrupted)
    #expect(throws: PostgresError.self) { try connection.query("SELECT 1") }
    #expect(try connection.ignoringInterrupts { try isUsable(connection) })
    flag.lower()
    #expect(try isUsable(connection))
  }

  @Test("a transaction that Ctrl-C ends is rolled back")
  func interruptedTransaction() throws {
    let flag = Flag()
    let connection = try PostgresConnection(scratchServer(), options: .init(isInterrupted: { flag.isRaised }))
    try connection.script("CREATE TEMP TABLE kept (i int)")
    let error = #expect(throws: PostgresError.self) {
      try connection.transaction {
        try connection.script("INSERT INTO kept VALUES (1)")
        flag.raise()
        try connection.script("INSERT INTO kept VALUES (2)")
      }
    }
    #expect(error?.problem == .interrupted)
    #expect(!connection.isInTransaction)
    flag.lower()
    #expect(try connection.query("SELECT * FROM kept").isEmpty)
  }

  @Test("a commit that Ctrl-C meets is carried out")
  func interruptBeforeCommit() throws {
    let flag = Flag()
    let connection = try PostgresConnection(scratchServer(), options: .init(isInterrupted: { flag.isRaised }))
    try connection.script("CREATE TEMP TABLE kept (i int)")
    try connection.transaction {
      try connection.script("INSERT INTO kept VALUES (1)")
      flag.raise()
    }
    flag.lower()
    #expect(try connection.query("SELECT * FROM kept").count == 1)
  }

  @Test("another thread may cancel; the error is then not an interrupt")
  func cancelFromAnotherThread() throws {
    let connection = try PostgresConnection(scratchServer())
    let pid = connection.backendPID
    let canceller = connection.makeCanceller()
    let worker = Background {
      let eye = try PostgresConnection(scratchServer())
      try eye.waitFor("state = 'active' AND query LIKE '%pg_sleep%'", pid: pid)
      #expect(canceller.cancel())
    }
    let error = #expect(throws: PostgresError.self) { try connection.query("SELECT pg_sleep(60)") }
    try worker.finish()
    #expect(error?.problem == .statement)
    #expect(error?.isCanceled == true)
    #expect(try isUsable(connection))
    connection.cancel()
    #expect(try isUsable(connection))
  }

  @Test("a session that somebody terminates is lost, not hung")
  func terminated() throws {
    let connection = try PostgresConnection(scratchServer())
    let pid = connection.backendPID
    let worker = Background {
      let eye = try PostgresConnection(scratchServer())
      try eye.waitFor("state = 'active' AND query LIKE '%pg_sleep%'", pid: pid)
      _ = try eye.query("SELECT pg_terminate_backend($1)", [PostgresValue(pid)])
    }
    let error = #expect(throws: PostgresError.self) { try connection.query("SELECT pg_sleep(60)") }
    try worker.finish()
    #expect(error?.problem == .lost)
    #expect(error?.sqlState == "57P01")
    #expect(error?.failure.kind == .unavailable)
    #expect(try isUsable(connection))
  }

  @Test("a session that ended in a transaction is lost at the next statement")
  func terminatedWhileIdle() throws {
    let connection = try PostgresConnection(scratchServer())
    let error = #expect(throws: PostgresError.self) {
      try connection.transaction {
        let pid = PostgresValue(connection.backendPID)
        _ = try observer.query("SELECT pg_terminate_backend($1)", [pid])
        try waitUntil { try observer.query("SELECT 1 FROM pg_stat_activity WHERE pid = $1", [pid]).isEmpty }
        try connection.execute("SELECT 1")
      }
    }
    #expect(error?.failure.kind == .unavailable)
    #expect(error?.failure.message.hasPrefix("lost the connection to PostgreSQL, test_") == true)
  }

  @Test("a started statement is watched without blocking, and cancelled")
  func background() throws {
    let connection = try PostgresConnection(scratchServer())
    #expect(throws: PostgresError.self) { try connection.poll(timeout: .zero) }
    try connection.start("SELECT pg_sleep(60)")
    #expect(try connection.poll(timeout: .milliseconds(1)) == .running)
    #expect(throws: PostgresError.self) { try connection.query("SELECT 1") }
    connection.cancel()
    let error = #expect(throws: PostgresError.self) {
      while try connection.poll(timeout: .seconds(1)) == .running {}
    }
    #expect(error?.isCanceled == true)
    try connection.start("SELECT generate_series(1, 3)")
    while true {
      guard case .finished(let count) = try connection.poll(timeout: .seconds(1)) else { continue }
      #expect(count == 3)
      break
    }
    #expect(try isUsable(connection))
  }
}
