import Failures
import Glibc
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
    try guardedRole.get()
    let wrong = try failure(scratchServer("user=guarded password=wr0ng"))
    #expect(wrong?.kind == .refused)
    #expect(wrong.map { "\($0)".contains("wr0ng") } == false)
    #expect(try failure(scratchServer("user=guarded"))?.kind == .refused)
    _ = try PostgresConnection(scratchServer("user=guarded password=right"))
  }

  @Test("a connection string that cannot be read is a configuration error, and its pieces stay unsaid")
  func badStrings() {
    for text in [
      "host=x pass=s3cret", "postgresql://u:s3cret@[::1/db", "host='s3cret", "s3cret=1", "postgres://u:a@s3cret@h/d",
      "postgres://u:s3cret/b@h/d", "postgres://u:s3cret", "postgres://u:a/s3cret@h/d", "host=127.0.0.1 port=s3cret",
      "postgres://127.0.0.1:port/postgres", "host=127.0.0.1 port=1 sslmode=foo", "host=127.0.0.1 port=70000",
      "postgres://127.0.0.1:1/x?keepalives=s3cret", "host=127.0.0.1 connect_timeout=1 target_session_attrs=s3cret",
    ] {
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
      ("postgresql://u@[::1]:5433/x", "x at [::1]:5433"), ("host=::1,b port=1,2 dbname=x", "x at [::1]:1,b:2"),
      ("postgresql://u%40x:p%2Fw@h:1/d", "d at h:1"), ("postgresql://h:1/d?user=a@b", "d at h:1"),
      ("service=sale", "service sale"), ("user=kim host=h port=1", "kim at h:1"),
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
        "options='-c datestyle=SQL,DMY -c bytea_output=escape -c extra_float_digits=-5' client_encoding=LATIN1 application_name=other"
      ),
      options: options)
    func setting(_ name: String) throws -> String {
      try connection.query("SELECT current_setting($1) AS value", [PostgresValue(name)])[0].decode("value")
    }
    #expect(try setting("DateStyle") == "ISO, YMD")
    #expect(try setting("bytea_output") == "hex")
    #expect(try setting("extra_float_digits") == "1")
    #expect(try setting("client_encoding") == "UTF8")
    #expect(try setting("application_name") == "usher")
    #expect(try setting("statement_timeout") == "7s")
    #expect(try setting("lock_timeout") == "0")
  }

  @Test("of several hosts the first that takes the connection is the one, and the target names it")
  func severalHosts() throws {
    let (relay, _) = try scratchDatabase.get().relayed()
    let connection = try PostgresConnection(
      scratchServer("host=127.0.0.1,/nowhere,127.0.0.1 port=1,2,\(relay.port) sslmode=disable"))
    #expect(connection.target.description.hasSuffix(" at 127.0.0.1:\(relay.port)"))
    let none = try failure(scratchServer("host=127.0.0.1,/nowhere port=1,2"))
    #expect(none?.kind == .unavailable)
  }

  @Test("the connection string's time for connecting wins over the options', and is said as it was given")
  func connectTimeouts() throws {
    let listener = try Listener()
    let server = "host=127.0.0.1 port=\(listener.port) dbname=x user=x"
    let own = failure(PostgresTarget(server + " connect_timeout=1"), PostgresOptions(connectTimeout: .seconds(600)))
    #expect(own?.message.hasSuffix("(timed out after 1s)") == true)
    let zero = failure(
      PostgresTarget(server + " connect_timeout=0"), PostgresOptions(connectTimeout: .milliseconds(1_050)))
    #expect(zero?.message.hasSuffix("(timed out after 1050ms)") == true)
  }

  @Test("a server that hangs up in the greeting is unavailable, with the reason")
  func hangsUp() throws {
    let listener = try Listener()
    let server = Background {
      let client = listener.accept()
      var bytes = [UInt8](repeating: 0, count: 64)
      _ = read(client, &bytes, bytes.count)
      close(client)
    }
    let failure = failure(PostgresTarget("host=127.0.0.1 port=\(listener.port) dbname=x user=x sslmode=disable"))
    try server.finish()
    #expect(failure?.kind == .unavailable)
    #expect(failure?.message.contains("server closed the connection unexpectedly") == true)
  }

  @Test("a role that may hold no more connections is a reason to try again")
  func tooManyConnections() throws {
    let admin = try PostgresConnection(scratchServer())
    let role = "narrow_\(admin.backendPID)"
    try admin.script("CREATE ROLE \(role) LOGIN CONNECTION LIMIT 1")
    let held = try PostgresConnection(scratchServer("user=\(role)"))
    let failure = try failure(scratchServer("user=\(role)"))
    #expect(failure?.kind == .tryAgain)
    #expect(failure?.message.hasPrefix("PostgreSQL has no free connection, test_") == true)
    #expect(failure?.causes.first?.contains("too many connections for role \"\(role)\"") == true)
    withExtendedLifetime(held) {}
  }

  @Test("a setting that libpq does not take is named, without its value")
  func badSettings() {
    let port = failure(PostgresTarget("host=127.0.0.1 port=1 keepalives=s3cret"))
    #expect(port?.causes == ["invalid integer value \"…\" for connection option \"keepalives\""])
    #expect(failure(PostgresTarget("host=127.0.0.1 sslmode=s3cret"))?.causes == ["invalid sslmode value: \"…\""])
    #expect(failure(PostgresTarget("host=h port=s3cret"))?.causes == ["the port is not a number from 1 to 65535"])
    #expect(
      failure(PostgresTarget("postgres://u:s3@cret@h/d"))?.causes
        == ["an @ or a / in the user or the password is not escaped: write %40 and %2F"])
  }
}
