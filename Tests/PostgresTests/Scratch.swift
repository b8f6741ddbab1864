import Glibc
import Postgres
import Support

/// The database that the tests of this target share; `extra` keywords override its own.
func scratchServer(_ extra: String = "") throws -> PostgresTarget {
  PostgresTarget(try scratchDatabase.get().conninfo + " " + extra)
}

let scratchDatabase = Result { try TestDatabase.make() }

/// The role `guarded`, for whose password `right` the server asks.
let guardedRole = Result {
  let admin = try PostgresConnection(scratchServer())
  let file = try admin.query("SELECT current_setting('hba_file')")[0].decode(0, as: String.self)
  let rules = try admin.query("SELECT pg_read_file($1)", [PostgresValue(file)])[0].decode(0, as: String.self)
  let lines = admin.quoteLiteral("local all guarded scram-sha-256\n" + rules)
  try admin.script(
    """
    CREATE ROLE guarded LOGIN PASSWORD 'right';
    CREATE TEMP TABLE rule (line text);
    INSERT INTO rule SELECT unnest(string_to_array(\(lines), E'\\n'));
    COPY (SELECT line FROM rule WHERE line <> '') TO \(admin.quoteLiteral(file))
      WITH (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02');
    SELECT pg_reload_conf();
    """)
  try waitUntil { (try? PostgresConnection(scratchServer("user=guarded password=wr0ng"))) == nil }
}

/// Resident memory of this process in bytes.
func residentMemory() -> Int {
  guard let file = fopen("/proc/self/statm", "r") else { return 0 }
  defer { fclose(file) }
  var total = 0
  var resident = 0
  withUnsafeMutablePointer(to: &total) { first in
    withUnsafeMutablePointer(to: &resident) { second in
      _ = withVaList([first, second]) { vfscanf(file, "%ld %ld", $0) }
    }
  }
  return resident * Int(getpagesize())
}
