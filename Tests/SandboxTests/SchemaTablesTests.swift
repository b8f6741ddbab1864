import Failures
import Postgres
import Support
import Testing

@testable import Sandbox

@Suite("the reference schema's tables")
struct SchemaTablesTests {
  @Test("have the columns that the service has, with their types and what may be NULL")
  func columns() throws {
    let database = try TestDatabase.make(withSchema: true)
    let rows = try database.connect().query(
      """
      SELECT c.relname AS "table", string_agg(
        a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN '' ELSE '?' END,
        ', ' ORDER BY a.attnum) AS columns
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' GROUP BY 1 ORDER BY 1
      """)
    let found = try rows.filter { try $0.decode("table", as: String.self) != "schema_migration" }
      .map { "\(try $0.decode("table", as: String.self)): \(try $0.decode("columns", as: String.self))" }
    #expect(found.joined(separator: "\n") == promisedColumns)
  }

  @Test("start where the service starts: an unlocked seat, a hold, an event that waits to be published")
  func defaults() throws {
    let database = try TestDatabase.make(withSchema: true)
    let connection = try database.connect()
    try connection.script(
      """
      INSERT INTO customer (name) VALUES ('김서연');
      INSERT INTO concert (name) VALUES ('별하나');
      INSERT INTO concert_option (concert_id, concert_date) VALUES (1, now());
      INSERT INTO seat (concert_option_id, seat_number, price) VALUES (1, 50, 0);
      INSERT INTO reservation (customer_id, seat_id, price) VALUES (1, 1, 0);
      INSERT INTO outbox_event (key, domain_type, event_type, payload) VALUES ('1', 'a', 'b', '{}');
      """)
    let row = try connection.query(
      """
      SELECT (SELECT status || version FROM seat) AS seat, (SELECT balance || '/' || version FROM customer) AS customer,
        (SELECT status || ' ' || (expires_at - created_at) FROM reservation) AS reservation,
        (SELECT status || ' ' || (published_at IS NULL) FROM outbox_event) AS event
      """)[0]
    #expect(try row.decode("seat", as: String.self) == "UNLOCKED0")
    #expect(try row.decode("customer", as: String.self) == "0/0")
    #expect(try row.decode("reservation", as: String.self) == "WAITING 00:05:00")
    #expect(try row.decode("event", as: String.self) == "INIT true")
  }

  @Test("have no index but these: the two that the seat search needs are missing")
  func indexes() throws {
    let database = try TestDatabase.make(withSchema: true)
    let found = try database.connect().query(
      """
      SELECT indexrelid::regclass || substring(pg_get_indexdef(indexrelid) FROM ' USING btree(.*)') AS definition
      FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
      WHERE c.relnamespace = 'public'::regnamespace AND NOT indisprimary ORDER BY 1
      """
    ).map { try $0.decode("definition", as: String.self) }
    #expect(
      found == [
        "payment_once_a_reservation (reservation_id)", "reservation_customer (customer_id)",
        "reservation_living_once_a_seat (seat_id) WHERE (status = ANY (ARRAY['WAITING'::text, 'COMPLETE'::text]))",
        "seat_once_an_option (seat_number, concert_option_id)",
      ])
  }
}

@Suite("applying the reference schema")
struct SchemaApplyTests {
  private func numbers(_ connection: PostgresConnection) throws -> [Int] {
    try connection.query("SELECT number FROM schema_migration ORDER BY number").map { try $0.decode(0) }
  }

  @Test("goes on after a failure in the middle, once what was in the way is gone")
  func resumed() throws {
    let database = try TestDatabase.make()
    let connection = try database.connect()
    let plan = try Schema.plan(connection)
    // Between the plan and its end somebody makes a table that the second step needs to make.
    try connection.execute("CREATE TABLE outbox_event (mine text)")
    let error = #expect(throws: PostgresError.self) { try Schema.apply(plan, connection) }
    #expect(error?.sqlState == "42P07")
    #expect(try numbers(connection) == [1])
    let refused = #expect(throws: Failure.self) { try Schema.plan(connection) }
    #expect(refused?.message.hasPrefix("will not touch 'outbox_event' in ") == true)
    try connection.execute("DROP TABLE outbox_event")
    let rest = try Schema.plan(connection)
    #expect(rest.applied.map(\.number) == [1] && rest.pending.map(\.number) == [2])
    #expect(try Schema.apply(rest, connection) == 1)
    #expect(try numbers(connection) == [1, 2])
  }

  @Test("a step whose session dies in the middle leaves nothing of itself, and the next one applies it whole")
  func sessionDies() throws {
    let database = try TestDatabase.make()
    let victim = try database.connect()
    let plan = try Schema.plan(victim)
    let suicidal = Migration(
      number: 2, name: "outbox", tables: ["outbox_event"],
      statements: "CREATE TABLE outbox_event (half int); SELECT pg_terminate_backend(pg_backend_pid())")
    #expect(throws: PostgresError.self) {
      try Schema.apply(SchemaPlan(applied: [], pending: [plan.pending[0], suicidal]), victim)
    }
    let connection = try database.connect()
    #expect(try numbers(connection) == [1])
    #expect(try connection.query("SELECT FROM pg_class WHERE relname = 'outbox_event'").isEmpty)
    #expect(try Schema.apply(Schema.plan(connection), connection) == 1)
  }

  @Test("what another process has applied since the plan is left out, and the rest applied")
  func overtaken() throws {
    let database = try TestDatabase.make()
    let (one, two) = (try database.connect(), try database.connect())
    let plan = try Schema.plan(one)
    try Schema.apply(SchemaPlan(applied: [], pending: [plan.pending[0]]), two)
    #expect(try Schema.apply(plan, one) == 1)
    #expect(try numbers(one) == [1, 2])
  }

  @Test("the plan alone makes nothing, not even the table of steps")
  func planOnly() throws {
    let database = try TestDatabase.make()
    let connection = try database.connect()
    #expect(try Schema.plan(connection).count == 2)
    #expect(
      try connection.query("SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'").isEmpty
    )
    let reader = try database.connect()
    try reader.execute("SET default_transaction_read_only = on")
    #expect(try Schema.plan(reader).count == 2)
    let error = #expect(throws: PostgresError.self) { try Schema.apply(Schema.plan(reader), reader) }
    #expect(error?.failure.kind == .refused)
  }

  @Test("it goes where the search path leads, and tables of the same names elsewhere are nobody's business")
  func searchPath() throws {
    let database = try TestDatabase.make()
    let connection = try database.connect()
    try connection.script(
      "CREATE TABLE seat (mine text); CREATE SCHEMA sale; SET search_path = sale")
    #expect(try Schema.apply(Schema.plan(connection), connection) == 2)
    #expect(
      try SeedTests.number(
        connection, "SELECT count(*) FROM pg_class WHERE relnamespace = 'sale'::regnamespace AND relkind = 'r'") == 8)
    #expect(try connection.query("SELECT FROM public.seat").isEmpty)
    #expect(try Schema.plan(connection).pending.isEmpty)
  }
}

/// PRODUCT's tables, as the catalogue has them; `?` is what may be NULL.
private let promisedColumns = """
  concert: id bigint, name text
  concert_option: id bigint, concert_id bigint, concert_date timestamp with time zone
  customer: id bigint, name text, balance bigint, version bigint
  outbox_event: id bigint, key text, domain_type text, event_type text, payload text, status text, \
  created_at timestamp with time zone, published_at timestamp with time zone?
  payment: id bigint, reservation_id bigint, amount bigint, paid_at timestamp with time zone
  reservation: id bigint, customer_id bigint, seat_id bigint, price bigint, status text, \
  created_at timestamp with time zone, expires_at timestamp with time zone
  seat: id bigint, concert_option_id bigint, seat_number integer, price bigint, status text, version bigint
  """
