import Failures
import Postgres
import Support
import Testing

@Suite("Sessions and scripts")
struct SessionTests {
  let connection: PostgresConnection

  init() throws { connection = try PostgresConnection(scratchServer()) }

  @Test("a connection that nobody holds is closed at the server")
  func closing() throws {
    var other: PostgresConnection? = try PostgresConnection(scratchServer())
    let pid = try #require(other).backendPID
    func isThere() throws -> Bool {
      try !connection.query("SELECT 1 FROM pg_stat_activity WHERE pid = $1", [PostgresValue(pid)]).isEmpty
    }
    #expect(try isThere())
    other = nil
    try waitUntil { try !isThere() }
  }

  @Test("a role that is read-only by default stays so")
  func readOnlyByDefault() throws {
    try connection.script("SET default_transaction_read_only TO on")
    let error = #expect(throws: PostgresError.self) {
      try connection.transaction { try connection.script("CREATE TABLE never (i int)") }
    }
    #expect(error?.isReadOnly == true)
    let other = #expect(throws: PostgresError.self) {
      try connection.rolledBackTransaction { try connection.script("CREATE TABLE never (i int)") }
    }
    #expect(other?.isReadOnly == true)
  }

  @Test("a script is one transaction, and its error points into it")
  func scripts() throws {
    try connection.script("CREATE TEMP TABLE step (i int)")
    let error = #expect(throws: PostgresError.self) {
      try connection.script("INSERT INTO step VALUES (1); INSERT INTO stop VALUES (2); INSERT INTO step VALUES (3)")
    }
    #expect(error?.isUndefinedTable == true)
    #expect(error?.near == "stop VALUES (2); INSERT INTO s")
    #expect(try connection.query("SELECT * FROM step").isEmpty)
    try connection.script("")
    try connection.script("-- nothing but a remark")
  }

  @Test("one statement is one statement: a second in the same call is refused")
  func oneStatement() throws {
    let error = #expect(throws: PostgresError.self) { try connection.query("SELECT 1; SELECT 2") }
    #expect(error?.sqlState == "42601")
  }

  @Test("a position counts characters, not bytes")
  func positions() throws {
    let error = #expect(throws: PostgresError.self) { try connection.query("SELECT '한글 🎟', nonsense") }
    #expect(error?.position == 16)
    #expect(error?.near == "nonsense")
    let syntax = #expect(throws: PostgresError.self) { try connection.query("SELEC 1") }
    #expect(syntax?.position == 1)
    let end = #expect(throws: PostgresError.self) { try connection.query("SELECT (") }
    #expect(end?.near == "")
  }

  @Test("a statement inside a stream's body is an error, and the connection lives on")
  func statementInStream() throws {
    let error = #expect(throws: PostgresError.self) {
      try connection.stream("SELECT generate_series(1, 100000)") { _ in _ = try connection.query("SELECT 1") }
    }
    #expect(error?.problem == .misuse)
    #expect(try connection.query("SELECT 1 AS one")[0].decode("one") == 1)
  }

  @Test("a stream in a transaction that its body ends rolls the transaction back")
  func streamInTransaction() throws {
    struct Enough: Error {}
    try connection.script("CREATE TEMP TABLE seen (i int)")
    #expect(throws: Enough.self) {
      try connection.transaction {
        try connection.script("INSERT INTO seen VALUES (1)")
        try connection.stream("SELECT generate_series(1, 1000000)") { _ in throw Enough() }
      }
    }
    #expect(!connection.isInTransaction)
    #expect(try connection.query("SELECT * FROM seen").isEmpty)
  }

  @Test("two connections do not see each other's open work")
  func isolation() throws {
    try connection.script("CREATE TABLE IF NOT EXISTS shared_note (i int); TRUNCATE shared_note")
    let other = try PostgresConnection(scratchServer())
    try connection.transaction {
      try connection.execute("INSERT INTO shared_note VALUES (1)")
      #expect(try other.query("SELECT * FROM shared_note").isEmpty)
    }
    #expect(try other.query("SELECT * FROM shared_note").count == 1)
  }

  @Test("a serialisation failure says to try again")
  func serialisation() throws {
    try connection.script(
      "CREATE TABLE IF NOT EXISTS contested (i int); TRUNCATE contested; INSERT INTO contested VALUES (1)")
    let other = try PostgresConnection(scratchServer())
    let error = #expect(throws: PostgresError.self) {
      try connection.transaction(isolation: .repeatableRead) {
        _ = try connection.query("SELECT * FROM contested")
        try other.execute("UPDATE contested SET i = i + 1")
        try connection.execute("UPDATE contested SET i = i + 1")
      }
    }
    #expect(error?.isSerializationFailure == true)
    #expect(error?.failure.kind == .tryAgain)
  }

  @Test("the library knows its version")
  func libraryVersion() { #expect(PostgresLibrary.version.split(separator: ".").count == 2) }

  @Test("a service, a URI and bare names all work as a target")
  func targets() throws {
    let row = try connection.query(
      "SELECT current_database() AS db, current_user::text AS role, current_setting('port') AS port")[0]
    let database: String = try row.decode("db")
    let host = try connection.query("SELECT current_setting('unix_socket_directories') AS d")[0].decode(
      "d", as: String.self)
    let escaped = host.split(separator: "/").map { "%2F" + $0 }.joined()
    let uri =
      "postgresql://\(try row.decode("role", as: String.self))@\(escaped):\(try row.decode("port", as: String.self))/\(database)"
    let other = try PostgresConnection(PostgresTarget(uri))
    #expect(try other.query("SELECT current_database() AS db")[0].decode("db") == database)
    #expect(other.target.description == "\(database) at \(host):\(try row.decode("port", as: String.self))")
  }
}
