import Failures
import Postgres
import Support
import Testing

@testable import Sandbox

@Suite("the reference schema")
struct SchemaTests {
  @Test("is applied once, and applying it again does nothing")
  func repeatable() throws {
    let database = try TestDatabase.make()
    let connection = try database.connect()
    let plan = try Schema.plan(connection)
    #expect(plan.count == 2)
    #expect(
      plan.sample == [
        "1 box_office: customer, concert, concert_option, seat, reservation, payment", "2 outbox: outbox_event",
      ])
    #expect(try Schema.apply(plan, connection) == 2)
    let again = try Schema.plan(connection)
    #expect(again.pending.isEmpty)
    #expect(again.applied.map(\.number) == [1, 2])
    #expect(try Schema.apply(again, connection) == 0)
    // A plan that somebody else has carried out since.
    #expect(try Schema.apply(plan, connection) == 0)
  }

  @Test("steps are numbered without a gap")
  func numbers() {
    #expect(Migration.all.map(\.number) == Array(1...Migration.all.count))
  }

  @Test("only the missing step is applied, and a step that fails leaves nothing of itself")
  func partial() throws {
    let database = try TestDatabase.make()
    let connection = try database.connect()
    let whole = try Schema.plan(connection)
    try Schema.apply(SchemaPlan(applied: [], pending: [whole.pending[0]]), connection)
    #expect(try Schema.plan(connection).pending.map(\.number) == [2])

    let broken = Migration(
      number: 3, name: "broken", tables: ["half"], statements: "CREATE TABLE half (id int); SELECT 1 / 0")
    #expect(throws: PostgresError.self) { try Schema.apply(SchemaPlan(applied: [], pending: [broken]), connection) }
    #expect(try connection.query("SELECT FROM pg_class WHERE relname = 'half'").isEmpty)
    #expect(try SeedTests.number(connection, "SELECT max(number) FROM schema_migration") == 1)
    // The lock has been given back.
    #expect(try Schema.apply(Schema.plan(database.connect()), database.connect()) == 1)
  }

  @Test("a table of the same name that is not ours is left alone")
  func foreignTable() throws {
    let database = try TestDatabase.make()
    let connection = try database.connect()
    try connection.execute("CREATE TABLE seat (anything text)")
    let failure = #expect(throws: Failure.self) { try Schema.plan(connection) }
    #expect(failure?.kind == .refused)
    #expect(failure?.message.hasPrefix("will not touch 'seat' in ") == true)
  }

  @Test("another tool's table of migrations is left alone")
  func foreignRecord() throws {
    let database = try TestDatabase.make()
    let connection = try database.connect()
    try connection.execute("CREATE TABLE schema_migration (version bigint)")
    let failure = #expect(throws: Failure.self) { try Schema.plan(connection) }
    #expect(failure?.kind == .refused)
    #expect(failure?.causes == ["it has the columns version, so it belongs to another tool"])
  }

  @Test("a schema that a newer usher has made is refused")
  func newer() throws {
    let database = try TestDatabase.make(withSchema: true)
    let connection = try database.connect()
    try connection.execute("INSERT INTO schema_migration (number, name) VALUES (99, 'future')")
    let failure = #expect(throws: Failure.self) { try Schema.plan(connection) }
    #expect(failure?.kind == .refused)
  }

  @Test("two at once: the second is told to try again")
  func lock() throws {
    let database = try TestDatabase.make()
    let (one, two) = (try database.connect(), try database.connect())
    let key = PostgresConnection.advisoryKey("schema_migration")
    try one.openHolder()
    #expect(try one.tryAdvisoryLock(key))
    let plan = try Schema.plan(two)
    let failure = #expect(throws: Failure.self) { try Schema.apply(plan, two) }
    #expect(failure?.kind == .tryAgain)
    try one.closeHolder()
    #expect(try Schema.apply(plan, two) == 2)
  }

  @Test(
    "holds together what belongs together",
    arguments: [
      ("INSERT INTO customer (name, balance) VALUES ('x', -1)", "23514"),
      ("INSERT INTO concert_option (concert_id, concert_date) VALUES (99, now())", "23503"),
      ("INSERT INTO seat (concert_option_id, seat_number, price) VALUES (1, 51, 1)", "23514"),
      ("INSERT INTO seat (concert_option_id, seat_number, price) VALUES (1, 1, 1)", "23505"),
      ("INSERT INTO seat (concert_option_id, seat_number, price, status) VALUES (1, 2, 1, 'SOLD')", "23514"),
      ("INSERT INTO reservation (customer_id, seat_id, price) VALUES (1, 1, 1)", "23505"),
      ("INSERT INTO reservation (customer_id, seat_id, price, status) VALUES (1, 1, 1, 'GONE')", "23514"),
      ("INSERT INTO payment (reservation_id, amount) VALUES (1, 1)", "23505"),
      (
        "INSERT INTO outbox_event (key, domain_type, event_type, payload, status) VALUES ('1', 'a', 'b', '{}', 'LOST')",
        "23514"
      ),
    ])
  func constraints(statement: String, state: String) throws {
    let database = try TestDatabase.make(withSchema: true)
    let connection = try database.connect()
    try connection.script(
      """
      INSERT INTO customer (name) VALUES ('김서연');
      INSERT INTO concert (name) VALUES ('별하나');
      INSERT INTO concert_option (concert_id, concert_date) VALUES (1, now());
      INSERT INTO seat (concert_option_id, seat_number, price) VALUES (1, 1, 100);
      INSERT INTO reservation (customer_id, seat_id, price) VALUES (1, 1, 100);
      INSERT INTO payment (reservation_id, amount) VALUES (1, 100);
      """)
    let error = #expect(throws: PostgresError.self) { try connection.execute(statement) }
    #expect(error?.sqlState == state)
  }

  @Test("an expired hold makes room for the next")
  func hold() throws {
    let database = try TestDatabase.make(withSchema: true)
    let connection = try database.connect()
    try connection.script(
      """
      INSERT INTO customer (name) VALUES ('김서연');
      INSERT INTO concert (name) VALUES ('별하나');
      INSERT INTO concert_option (concert_id, concert_date) VALUES (1, now());
      INSERT INTO seat (concert_option_id, seat_number, price) VALUES (1, 1, 100);
      INSERT INTO reservation (customer_id, seat_id, price) VALUES (1, 1, 100);
      UPDATE reservation SET status = 'EXPIRED';
      INSERT INTO reservation (customer_id, seat_id, price) VALUES (1, 1, 100);
      """)
    #expect(try SeedTests.number(connection, "SELECT count(*) FROM reservation") == 2)
  }
}
