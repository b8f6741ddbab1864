import Postgres
import Sandbox
import Support

/// The built program with a table of 500 seats in a database of its own.
struct IndexProgram {
  let database: TestDatabase
  let connection: PostgresConnection

  init() throws {
    database = try TestDatabase.make()
    connection = try PostgresConnection(PostgresTarget(database.conninfo))
    try connection.script(
      """
      CREATE TABLE seat (id bigserial PRIMARY KEY, status text NOT NULL, number int NOT NULL);
      INSERT INTO seat (status, number) SELECT 'UNLOCKED', i FROM generate_series(1, 500) i; ANALYZE seat;
      """)
  }

  var environment: [String: String] {
    ["HOME": "/nonexistent", "USER": "kim", "USHER_POSTGRES": database.conninfo]
  }

  func usher(_ words: String...) throws -> Binary.Run { try Binary.run(words, environment: environment) }

  func names() throws -> [String] {
    try connection.query(
      "SELECT relname::text AS name FROM pg_class WHERE relkind = 'i' AND relnamespace = 'public'::regnamespace ORDER BY 1"
    )
    .map { try $0.decode("name") }
  }
}
