import Postgres
import Support
import Testing

@Suite("Timeouts")
struct TimeoutTests {
  let connection: PostgresConnection

  init() throws { connection = try PostgresConnection(scratchServer()) }

  private struct Change: Error {}

  private func timeouts(_ connection: PostgresConnection) throws -> [String] {
    let row = try connection.query("SELECT current_setting('statement_timeout'), current_setting('lock_timeout')")[0]
    return [try row.decode(0), try row.decode(1)]
  }

  @Test(
    "a limit is set in whole milliseconds, and only nil is none",
    arguments: [
      (nil, "0"), (.zero, "1ms"), (.seconds(-3), "1ms"), (.nanoseconds(1), "1ms"), (.milliseconds(1), "1ms"),
      (.milliseconds(1_999), "1999ms"), (.seconds(2), "2s"), (.seconds(3_600), "1h"), (.seconds(Int64.max), "2000000s"),
    ] as [(Duration?, String)])
  func settings(limit: Duration?, shown: String) throws {
    let own = try PostgresConnection(scratchServer(), options: .init(statementTimeout: .seconds(9), lockTimeout: limit))
    #expect(try timeouts(own) == ["9s", shown])
    let inside = try connection.withTimeouts(statement: .seconds(9), lock: limit) { try timeouts(connection) }
    #expect(inside == ["9s", shown])
    #expect(try timeouts(connection) == ["30s", "2s"])
  }

  @Test("a statement's time ends a stream and a copy in the middle, after the rows before it")
  func inTheMiddle() throws {
    let slow = "SELECT repeat('x', 9000), pg_sleep(0.01) FROM generate_series(1, 6000)"
    let own = try PostgresConnection(scratchServer(), options: .init(statementTimeout: .milliseconds(400)))
    var seen = 0
    let streamed = #expect(throws: PostgresError.self) { try own.stream(slow) { _ in seen += 1 } }
    #expect(streamed?.isCanceled == true)
    #expect(streamed?.problem == .statement)
    #expect(seen > 0 && seen < 6_000)
    var copied = 0
    let copy = #expect(throws: PostgresError.self) { try own.copyOut("COPY (\(slow)) TO STDOUT") { _ in copied += 1 } }
    #expect(copy?.isCanceled == true)
    #expect(copied > 0 && copied < 6_000)
    #expect(try own.query("SELECT 1 AS one")[0].decode("one") == 1)
  }

  @Test("a wait for a lock ends its statement and not the transaction's right to roll back")
  func lockInTransaction() throws {
    let table = "contended_\(connection.backendPID)"
    try connection.script("CREATE TABLE \(table) (i int); INSERT INTO \(table) VALUES (1)")
    defer { _ = try? connection.script("DROP TABLE \(table)") }
    let own = try PostgresConnection(scratchServer(), options: .init(lockTimeout: .milliseconds(20)))
    try connection.rolledBackTransaction {
      try connection.execute("UPDATE \(table) SET i = 2")
      let error = #expect(throws: PostgresError.self) {
        try own.transaction {
          try own.execute("INSERT INTO \(table) VALUES (7)")
          try own.execute("UPDATE \(table) SET i = 3 WHERE i = 1")
        }
      }
      #expect(error?.isLockTimeout == true)
      #expect(error?.failure.hints.first?.contains("another session holds the lock") == true)
      #expect(!own.isInTransaction)
    }
    #expect(try own.query("SELECT i FROM \(table)").map { try $0.decode(0) } == [1])
  }

  @Test("two transactions that wait for each other: one goes on, the other is told to try again")
  func deadlock() throws {
    let table = "crossed_\(connection.backendPID)"
    try connection.script("CREATE TABLE \(table) (i int PRIMARY KEY); INSERT INTO \(table) VALUES (1), (2)")
    defer { _ = try? connection.script("DROP TABLE \(table)") }
    let patient = PostgresOptions(lockTimeout: nil)
    let one = try PostgresConnection(scratchServer(), options: patient)
    // The one that sees the deadlock first is the one that gives way.
    try one.script("SET deadlock_timeout TO '20ms'")
    let pid = one.backendPID
    let firstIsLocked = Flag()
    let other = Background {
      let two = try PostgresConnection(scratchServer(), options: patient)
      try two.script("SET deadlock_timeout TO '1h'")
      try two.transaction {
        _ = try two.query("SELECT * FROM \(table) WHERE i = 2 FOR UPDATE")
        try waitUntil { firstIsLocked.isRaised }
        _ = try two.query("SELECT * FROM \(table) WHERE i = 1 FOR UPDATE")
      }
    }
    let error = #expect(throws: PostgresError.self) {
      try one.transaction {
        _ = try one.query("SELECT * FROM \(table) WHERE i = 1 FOR UPDATE")
        firstIsLocked.raise()
        try waitUntil {
          try !connection.query(
            "SELECT 1 FROM pg_locks WHERE NOT granted AND $1 = ANY (pg_blocking_pids(pid))", [PostgresValue(pid)]
          ).isEmpty
        }
        _ = try one.query("SELECT * FROM \(table) WHERE i = 2 FOR UPDATE")
      }
    }
    try other.finish()
    #expect(error?.sqlState == "40P01")
    #expect(error?.isSerializationFailure == true)
    #expect(error?.failure.kind == .tryAgain)
  }

  @Test("other limits go back to what they were, however their body ends, and give its value on")
  func nesting() throws {
    let value = try connection.withTimeouts(statement: .seconds(5), lock: .seconds(6)) { 7 }
    #expect(value == 7)
    var between: [String] = []
    #expect(throws: Change.self) {
      try connection.withTimeouts(statement: .seconds(5), lock: .seconds(6)) {
        try? connection.withTimeouts(statement: nil, lock: nil) { throw Change() }
        between = try timeouts(connection)
        throw Change()
      }
    }
    #expect(between == ["5s", "6s"])
    #expect(try timeouts(connection) == ["30s", "2s"])
    #expect(throws: Change.self) {
      try connection.transaction {
        try connection.withTimeouts(statement: .seconds(5), lock: nil) { throw Change() }
      }
    }
    #expect(try timeouts(connection) == ["30s", "2s"])
  }

  @Test("limits that could not be set are not the ones that are set again later")
  func failedSetting() throws {
    let flag = Flag()
    let own = try PostgresConnection(scratchServer(), options: .init(isInterrupted: { flag.isRaised }))
    try own.rolledBackTransaction {
      flag.raise()
      let error = #expect(throws: PostgresError.self) { try own.withTimeouts(statement: .seconds(1), lock: nil) {} }
      #expect(error?.problem == .interrupted)
      flag.lower()
    }
    try own.withTimeouts(statement: .seconds(9), lock: .seconds(9)) {}
    #expect(try timeouts(own) == ["30s", "2s"])
  }
}
