import Failures
import Support
import Testing

@testable import Postgres

@Suite("Ctrl-C on a network that passes nothing any more")
struct HeldNetworkTests {
  let database: TestDatabase
  let relay: Relay
  /// Raised before a call, it is seen at the second look: while the call waits, not before it begins.
  let flag: Flag
  let looks: Calls
  let connection: PostgresConnection

  init() throws {
    database = try TestDatabase.make()
    let (relay, target) = try database.relayed()
    let (flag, looks) = (Flag(), Calls())
    self.relay = relay
    self.flag = flag
    self.looks = looks
    connection = try PostgresConnection(
      target, options: .init(isInterrupted: { flag.isRaised && looks.count() > 1 }))
    connection.cancelGrace = .milliseconds(200)
  }

  private struct Change: Error {}

  /// Given up means: told once as an interrupt, then lost, also for what nobody may interrupt.
  private func expectGivenUp(_ error: PostgresError?, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(error?.problem == .interrupted, sourceLocation: sourceLocation)
    #expect(error?.failure.kind == .interrupted, sourceLocation: sourceLocation)
    #expect(!connection.isInTransaction, sourceLocation: sourceLocation)
    let next = #expect(throws: PostgresError.self, sourceLocation: sourceLocation) {
      try connection.ignoringInterrupts { try connection.transaction { try connection.query("SELECT 1") } }
    }
    #expect(next?.problem == .lost, sourceLocation: sourceLocation)
    #expect(next?.failure.kind == .unavailable, sourceLocation: sourceLocation)
  }

  @Test("a statement that does not answer is given up, although no cancel can be delivered")
  func statement() throws {
    relay.hold()
    flag.raise()
    expectGivenUp(#expect(throws: PostgresError.self) { try connection.query("SELECT 1") })
  }

  @Test("a parameter that the network does not take is given up half way")
  func sending() throws {
    let text = String(repeating: "x", count: 14_000_000)
    relay.hold()
    flag.raise()
    expectGivenUp(
      #expect(throws: PostgresError.self) { try connection.query("SELECT $1::text", [PostgresValue(text)]) })
  }

  @Test("a transaction is left to the server, which rolls it back")
  func transaction() throws {
    let observer = try database.connect()
    try observer.script("CREATE TABLE ledger (i int)")
    let error = #expect(throws: PostgresError.self) {
      try connection.transaction {
        try connection.execute("INSERT INTO ledger VALUES (1)")
        relay.hold()
        flag.raise()
        try connection.execute("INSERT INTO ledger VALUES (2)")
      }
    }
    expectGivenUp(error)
    try relay.cut()
    #expect(try observer.query("SELECT * FROM ledger").isEmpty)
  }

  @Test("a stream whose body has enough ends with the body's error")
  func stream() throws {
    #expect(throws: Change.self) {
      try connection.stream("SELECT repeat('x', 1000) FROM generate_series(1, 100000)") { _ in
        relay.hold()
        throw Change()
      }
    }
    #expect(#expect(throws: PostgresError.self) { try connection.query("SELECT 1") }?.problem == .lost)
  }

  @Test("a copy in whose writer gives up ends with the writer's error")
  func copyIn() throws {
    try connection.script("CREATE TABLE load (t text)")
    #expect(throws: Change.self) {
      try connection.copyIn("COPY load FROM STDIN") { writer in
        try writer.writeRow(["x"])
        relay.hold()
        throw Change()
      }
    }
    #expect(#expect(throws: PostgresError.self) { try connection.query("SELECT 1") }?.problem == .lost)
  }

  @Test("a network that comes back in time costs the statement and not the connection")
  func comesBack() throws {
    connection.cancelGrace = .seconds(60)
    relay.hold()
    flag.raise()
    let mender = Background { [looks, relay] in
      try waitUntil { looks.soFar > 1 }
      relay.release()
    }
    let error = #expect(throws: PostgresError.self) { try connection.query("SELECT pg_sleep(60)") }
    try mender.finish()
    #expect(error?.problem == .interrupted)
    flag.lower()
    #expect(try connection.query("SELECT 1 AS one")[0].decode("one") == 1)
  }

  @Test("a cancel that cannot be delivered says so in time, and one that can is delivered")
  func canceller() throws {
    let canceller = connection.makeCanceller()
    #expect(canceller.cancel())
    relay.hold()
    #expect(!canceller.cancel(within: .milliseconds(50)))
    relay.release()
    #expect(canceller.cancel())
  }
}
