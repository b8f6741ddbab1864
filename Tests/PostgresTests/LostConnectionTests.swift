import Failures
import Postgres
import Support
import Testing

@Suite("A connection that breaks in the middle")
struct LostConnectionTests {
  let database: TestDatabase
  let observer: PostgresConnection

  init() throws {
    database = try TestDatabase.make()
    observer = try database.connect()
  }

  private struct Change: Error {}

  private func terminate(_ connection: PostgresConnection) throws {
    _ = try observer.query("SELECT pg_terminate_backend($1)", [PostgresValue(connection.backendPID)])
  }

  /// The loss is reported once, as neither a bug nor an open transaction; the next statement has a new session.
  private func expectLost(
    _ connection: PostgresConnection, _ error: PostgresError?, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(error?.problem == .lost, sourceLocation: sourceLocation)
    #expect(error?.failure.kind == .unavailable, sourceLocation: sourceLocation)
    #expect(
      error?.failure.message == "lost the connection to PostgreSQL, \(connection.target)",
      sourceLocation: sourceLocation)
    #expect(error?.failure.causes.isEmpty == false, sourceLocation: sourceLocation)
    #expect(!connection.isInTransaction, sourceLocation: sourceLocation)
    let former = connection.backendPID
    #expect(throws: Never.self, sourceLocation: sourceLocation) {
      #expect(try connection.query("SELECT 1 AS one")[0].decode("one") == 1)
      try connection.copyOut("COPY (SELECT 1) TO STDOUT") { _ in }
      try connection.transaction { try connection.script("SELECT 1") }
    }
    #expect(connection.backendPID != former, sourceLocation: sourceLocation)
    connection.cancel()
  }

  @Test("a stream whose server process is ended gives the rows before, and then the error")
  func stream() throws {
    let connection = try database.connect()
    var seen = 0
    let error = #expect(throws: PostgresError.self) {
      try connection.stream("SELECT generate_series(1, 100000000) AS i, repeat('x', 1000)") { row in
        seen += 1
        let number: Int = try row.decode("i")
        #expect(number == seen)
        if seen == 100 { try terminate(connection) }
      }
    }
    #expect(seen >= 100)
    expectLost(connection, error)
  }

  @Test("a copy out whose server process is ended is an error, not a short copy")
  func copyOut() throws {
    let connection = try database.connect()
    var seen = 0
    let error = #expect(throws: PostgresError.self) {
      try connection.copyOut("COPY (SELECT generate_series(1, 100000000), repeat('x', 1000)) TO STDOUT") { _ in
        seen += 1
        if seen == 100 { try terminate(connection) }
      }
    }
    #expect(seen >= 100)
    expectLost(connection, error)
  }

  @Test("a copy in whose server process is ended is an error, and nothing of it is stored")
  func copyIn() throws {
    let connection = try database.connect()
    try observer.script("CREATE TABLE load (t text)")
    let error = #expect(throws: PostgresError.self) {
      try connection.copyIn("COPY load FROM STDIN") { writer in
        for number in 0..<100_000 {
          if number == 50_000 { try terminate(connection) }
          try writer.writeRow([String(repeating: "y", count: 200)])
        }
      }
    }
    expectLost(connection, error)
    #expect(try observer.query("SELECT * FROM load").isEmpty)
  }

  @Test("the error of a body is its own, and what its transaction had written is gone")
  func transaction() throws {
    let connection = try database.connect()
    try observer.script("CREATE TABLE ledger (i int)")
    let lost = #expect(throws: PostgresError.self) {
      try connection.transaction {
        try connection.execute("INSERT INTO ledger VALUES (1)")
        try terminate(connection)
        try connection.execute("SELECT pg_sleep(60)")
      }
    }
    expectLost(connection, lost)
    let other = try database.connect()
    #expect(throws: Change.self) {
      try other.transaction {
        try other.execute("INSERT INTO ledger VALUES (2)")
        try terminate(other)
        throw Change()
      }
    }
    #expect(try observer.query("SELECT * FROM ledger").isEmpty)
  }

  @Test("a started statement whose server process is ended is lost at the next look")
  func background() throws {
    let connection = try database.connect()
    try connection.start("SELECT pg_sleep(60)")
    try terminate(connection)
    let error = #expect(throws: PostgresError.self) {
      while try connection.poll(timeout: .seconds(1)) == .running {}
    }
    #expect(error?.sqlState == "57P01")
    expectLost(connection, error)
  }

  @Test("an advisory lock is free again once its session is gone")
  func lock() throws {
    let connection = try database.connect()
    try connection.openHolder()
    try observer.openHolder()
    #expect(try connection.tryAdvisoryLock(4_711))
    #expect(try observer.tryAdvisoryLock(4_711) == false)
    // No statement of the lock's connection may reach another session, where the lock is not held.
    try observer.execute("SELECT pg_terminate_backend($1)", [PostgresValue(connection.backendPID)])
    try waitUntil { try observer.tryAdvisoryLock(4_711) }
    try observer.closeHolder()
    #expect(#expect(throws: PostgresError.self) { try connection.query("SELECT 1") }?.problem == .lost)
    #expect(#expect(throws: PostgresError.self) { try connection.query("SELECT 1") }?.problem == .lost)
    expectLost(connection, #expect(throws: PostgresError.self) { try connection.closeHolder() })
  }

  @Test("a transaction whose connection is lost ends, and none of its statements reaches another session")
  func statementsAfterLoss() throws {
    let connection = try database.connect()
    var second: PostgresError?
    let error = #expect(throws: PostgresError.self) {
      try connection.transaction {
        try terminate(connection)
        _ = try? connection.execute("SELECT 1")
        do throws(PostgresError) { try connection.execute("CREATE TABLE stray (i int)") } catch { second = error }
        try connection.execute("SELECT 1")
      }
    }
    #expect(second?.problem == .lost)
    expectLost(connection, error)
    #expect(try observer.query("SELECT to_regclass('stray') IS NULL AS none")[0].decode("none") == true)
  }

  @Test("a session that the server ended while it was idle is opened again, with the same settings")
  func endedWhileIdle() throws {
    let connection = try PostgresConnection(database.target, options: .init(statementTimeout: .seconds(9)))
    let former = connection.backendPID
    try connection.script("SET idle_session_timeout TO '20ms'")
    try waitUntil {
      try observer.query("SELECT 1 FROM pg_stat_activity WHERE pid = $1", [PostgresValue(former)]).isEmpty
    }
    #expect(try connection.query("SELECT current_setting('statement_timeout')")[0].decode(0) == "9s")
    #expect(connection.backendPID != former)
  }

  @Test(
    "a network that is cut is a lost connection, wherever in the answer it happens", arguments: [1, 50, 5_000, 300_000])
  func cut(bytes: Int) throws {
    let (relay, target) = try database.relayed()
    let connection = try PostgresConnection(target)
    relay.cut(afterAnswering: bytes)
    var sum = 0
    let error = #expect(throws: PostgresError.self) {
      try connection.stream("SELECT i, repeat('x', 100) FROM generate_series(1, 100000) i") { row in
        sum += 1
        let number: Int = try row.decode("i")
        #expect(number == sum)
      }
    }
    #expect(sum < 100_000)
    expectLost(connection, error)
    #expect(try PostgresConnection(target).query("SELECT 1 AS one")[0].decode("one") == 1)
  }

  @Test("a network that is cut between two statements is found at the next, which connects again")
  func cutWhileIdle() throws {
    let (relay, target) = try database.relayed()
    let connection = try PostgresConnection(target)
    #expect(connection.target.description == "\(database.name) at 127.0.0.1:\(relay.port)")
    try relay.cut()
    #expect(try connection.query("SELECT 1 AS one")[0].decode("one") == 1)
    try relay.cut()
    let error = #expect(throws: PostgresError.self) {
      try connection.transaction {
        try relay.cut()
        try connection.execute("SELECT 1")
      }
    }
    expectLost(connection, error)
  }

  @Test("a canceller outlives its connection and does no harm")
  func canceller() throws {
    var connection: PostgresConnection? = try database.connect()
    let canceller = try #require(connection).makeCanceller()
    connection = nil
    canceller.cancel()
    #expect(try observer.query("SELECT 1 AS one")[0].decode("one") == 1)
  }
}
