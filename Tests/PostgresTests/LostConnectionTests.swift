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

  /// Everything on a lost connection is lost, and nothing of it is a bug or an open transaction.
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
    let attempts: [() throws -> Void] = [
      { _ = try connection.query("SELECT 1") }, { try connection.script("SELECT 1") },
      { try connection.stream("SELECT 1") { _ in } }, { try connection.transaction {} },
      { try connection.rolledBackTransaction {} }, { try connection.copyOut("COPY (SELECT 1) TO STDOUT") { _ in } },
      { try connection.start("SELECT 1") }, { try connection.withTimeouts(statement: nil, lock: nil) {} },
      { _ = try connection.tryAdvisoryLock(1) },
    ]
    for attempt in attempts {
      let error = #expect(throws: PostgresError.self, sourceLocation: sourceLocation) { try attempt() }
      #expect(error?.problem == .lost, sourceLocation: sourceLocation)
    }
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
    #expect(try connection.tryAdvisoryLock(4_711))
    #expect(try observer.tryAdvisoryLock(4_711) == false)
    try terminate(connection)
    try waitUntil { try observer.tryAdvisoryLock(4_711) }
    expectLost(connection, #expect(throws: PostgresError.self) { try connection.releaseAdvisoryLock(4_711) })
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

  @Test("a network that is cut between two statements is found at the next")
  func cutWhileIdle() throws {
    let (relay, target) = try database.relayed()
    let connection = try PostgresConnection(target)
    #expect(connection.target.description == "\(database.name) at 127.0.0.1:\(relay.port)")
    try relay.cut()
    expectLost(connection, #expect(throws: PostgresError.self) { try connection.query("SELECT 1") })
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
