import Failures
import Postgres
import Support
import Testing

@Suite("Connecting")
struct ConnectionTests {
  private func failure(_ target: PostgresTarget, _ options: PostgresOptions = .init()) -> Failure? {
    #expect(throws: PostgresError.self) { try PostgresConnection(target, options: options) }?.failure
  }

  @Test("a closed port says where and why, and exits 69")
  func closedPort() {
    let failure = failure(PostgresTarget("host=127.0.0.1 port=1 dbname=tickets user=x password=s3cret"))
    #expect(failure?.kind == .unavailable)
    #expect(failure?.message == "cannot reach PostgreSQL at 127.0.0.1:1 (connection refused)")
    #expect(failure.map { "\($0)".contains("s3cret") } == false)
  }

  @Test("a missing socket and an unknown host are unreachable too")
  func noServer() {
    #expect(failure(PostgresTarget("host=/nonexistent dbname=x"))?.kind == .unavailable)
    #expect(failure(PostgresTarget("postgresql://u@no-such-host.invalid/x"))?.kind == .unavailable)
  }

  @Test("a host that never answers ends at the deadline")
  func silentHost() throws {
    let listener = try Listener()
    var options = PostgresOptions()
    options.connectTimeout = .milliseconds(200)
    let failure = failure(PostgresTarget("host=127.0.0.1 port=\(listener.port) dbname=x user=x"), options)
    #expect(failure?.message == "cannot reach PostgreSQL at 127.0.0.1:\(listener.port) (timed out after 200ms)")
  }

  @Test("Ctrl-C ends connecting")
  func interruptedConnecting() throws {
    let listener = try Listener()
    var options = PostgresOptions()
    options.isInterrupted = { true }
    #expect(
      failure(PostgresTarget("host=127.0.0.1 port=\(listener.port) dbname=x user=x"), options)?.kind == .interrupted)
  }

  @Test("a database or role that is not there is told from a server that is not there")
  func turnedAway() throws {
    let database = try failure(scratchServer("dbname=nowhere"))
    #expect(database?.kind == .unavailable)
    #expect(database?.message.hasPrefix("no such database, nowhere at ") == true)
    let role = try failure(scratchServer("user=nobody_here"))
    #expect(role?.kind == .refused)
    #expect(role?.causes.first?.contains("nobody_here") == true)
  }

  @Test("a wrong or missing password is refused, and never repeated")
  func passwords() throws {
    let admin = try PostgresConnection(scratchServer())
    try admin.script("DROP ROLE IF EXISTS guarded; CREATE ROLE guarded LOGIN PASSWORD 'right'")
    let file = try admin.query("SELECT current_setting('hba_file') AS file")[0].decode("file", as: String.self)
    let rules = try admin.query("SELECT pg_read_file($1) AS rules", [PostgresValue(file)])[0].decode(
      "rules", as: String.self)
    if !rules.contains("guarded") {
      try admin.script(
        """
        CREATE TEMP TABLE rule (line text);
        INSERT INTO rule SELECT unnest(string_to_array(\(admin.quoteLiteral("local all guarded scram-sha-256\n" + rules)), E'\\n'));
        COPY (SELECT line FROM rule WHERE line <> '') TO \(admin.quoteLiteral(file)) WITH (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02');
        SELECT pg_reload_conf();
        """)
      try waitUntil { (try? PostgresConnection(scratchServer("user=guarded password=wr0ng"))) == nil }
    }
    let wrong = try failure(scratchServer("user=guarded password=wr0ng"))
    #expect(wrong?.kind == .refused)
    #expect(wrong.map { "\($0)".contains("wr0ng") } == false)
    #expect(try failure(scratchServer("user=guarded"))?.kind == .refused)
    _ = try PostgresConnection(scratchServer("user=guarded password=right"))
  }

  @Test("a connection string that cannot be read is a configuration error, and its pieces stay unsaid")
  func badStrings() {
    for text in ["host=x pass=s3cret", "postgresql://u:s3cret@[::1/db", "host='s3cret", "s3cret=1"] {
      let failure = failure(PostgresTarget(text))
      #expect(failure?.kind == .configuration, "\(text)")
      #expect(failure.map { "\($0)".contains("s3cret") } == false, "\(text)")
    }
  }

  @Test(
    "a target describes itself without a password",
    arguments: [
      ("postgresql://ann:s3cret@db-1:5433/tickets", "tickets at db-1:5433"),
      ("host=db-1 dbname=tickets password=s3cret port=5432", "tickets at db-1:5432"),
      ("host=a,b port=1,2 dbname=x", "x at a:1,b:2"), ("host=a,b port=7 dbname=x", "x at a:7,b:7"),
      ("postgresql://u@h:1/d?password=s3cret", "d at h:1"), ("host=/run/pg port=5432 dbname=x", "x at /run/pg:5432"),
    ])
  func descriptions(conninfo: String, expected: String) {
    #expect("\(PostgresTarget(conninfo))" == expected)
    #expect(String(reflecting: PostgresTarget(conninfo)) == expected)
  }

  @Test("a connection knows where it came to")
  func resolvedTarget() throws {
    let connection = try PostgresConnection(scratchServer())
    #expect(connection.target.description.hasPrefix("test_"))
    #expect(connection.serverVersion >= 120_000)
    let row = try connection.query("SELECT pg_backend_pid() AS pid, current_setting('application_name') AS name")[0]
    #expect(try row.decode("pid") == Int(connection.backendPID))
    #expect(try row.decode("name") == "usher")
  }

  @Test("the session's settings are fixed, whatever the role's are")
  func sessionSettings() throws {
    let options = PostgresOptions(statementTimeout: .seconds(7), lockTimeout: nil)
    let connection = try PostgresConnection(
      scratchServer(
        "options='-c datestyle=SQL,DMY -c bytea_output=escape' client_encoding=LATIN1 application_name=other"),
      options: options)
    func setting(_ name: String) throws -> String {
      try connection.query("SELECT current_setting($1) AS value", [PostgresValue(name)])[0].decode("value")
    }
    #expect(try setting("DateStyle") == "ISO, YMD")
    #expect(try setting("bytea_output") == "hex")
    #expect(try setting("client_encoding") == "UTF8")
    #expect(try setting("application_name") == "usher")
    #expect(try setting("statement_timeout") == "7s")
    #expect(try setting("lock_timeout") == "0")
  }

  @Test("identifiers and literals stay what they are")
  func quoting() throws {
    let connection = try PostgresConnection(scratchServer())
    for name in ["plain", "Two Words", "qu\"ote", "한글", "a'b", "a\\b"] {
      let row = try connection.query(
        "SELECT 1 AS \(connection.quoteIdentifier(name)), \(connection.quoteLiteral(name)) AS t")[0]
      #expect(row.columns[0] == name)
      #expect(try row.decode("t") == name)
    }
  }
}
