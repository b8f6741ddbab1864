import Glibc
import Postgres
import Redis
import Sandbox
import Support
import Testing

/// The built program with an outbox in a database of its own.
final class OutboxProgram {
  let database: TestDatabase
  let connection: PostgresConnection
  private let file: String
  private let variables: [String: String]

  /// `publish` is the configuration's section of that name; `variables` name further stores.
  init(publish: String = "topic: events", columns: String? = nil, variables: [String: String] = [:]) throws {
    database = try TestDatabase.make(withSchema: true)
    connection = try database.connect()
    self.variables = variables
    file = "/tmp/usher-outbox-\(getpid())-\(UInt32.random(in: .min ... .max)).yaml"
    let names =
      columns
      ?? "id: id, key: key, type: event_type, payload: payload, status: status, created: created_at, published: published_at"
    let stream = try #require(fopen(file, "w"))
    fputs("outbox:\n  table: outbox_event\n  columns: {\(names)}\n  publish: {\(publish)}\n", stream)
    fclose(stream)
  }

  deinit { unlink(file) }

  var environment: [String: String] {
    ["USHER_CONFIG": file, "USHER_POSTGRES": database.conninfo, "USER": "kim", "PATH": "/usr/bin:/bin"]
      .merging(Support.environment("LD_LIBRARY_PATH").map { ["LD_LIBRARY_PATH": $0] } ?? [:]) { $1 }
      .merging(variables) { $1 }
  }

  func run(_ words: String...) throws -> Binary.Run { try Binary.run(words, environment: environment) }

  /// Events a second apart, the oldest a day old; every fifth failed, over seven keys.
  func fill(_ count: Int, status: String = "INIT") throws {
    try connection.execute(
      """
      INSERT INTO outbox_event (key, domain_type, event_type, payload, status, created_at)
      SELECT 'k' || i % 7, 'payment', CASE WHEN i % 3 = 0 THEN 'Paid' ELSE 'Reserved' END,
        json_build_object('number', i, 'name', '김철수'), CASE WHEN i % 5 = 0 THEN 'FAIL' ELSE $2 END,
        now() - interval '1 day' + i * interval '1 second'
      FROM generate_series(1, $1::int) i
      """, [.init(count), .init(status)])
  }

  func count(_ status: String) throws -> Int {
    try connection.query("SELECT count(*) AS n FROM outbox_event WHERE status = $1", [.init(status)])[0].decode("n")
  }

  /// Until no other session is in the database: one whose process was killed may still end what it has in hand.
  func waitUntilAlone() throws {
    let others =
      "SELECT FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
    while try !connection.query(others).isEmpty { usleep(5_000) }
  }

  func rows() throws -> [String] {
    try connection.query("SELECT e::text FROM outbox_event e ORDER BY id").map { try $0.decode(0) }
  }

  func ids() throws -> Set<String> {
    Set(try connection.query("SELECT id::text FROM outbox_event").map { try $0.decode(0, as: String.self) })
  }

  /// The id of the newest operation.
  func newestOperation() throws -> String {
    try connection.query("SELECT id FROM usher_history.operation ORDER BY id DESC LIMIT 1")[0].decode("id")
  }
}
