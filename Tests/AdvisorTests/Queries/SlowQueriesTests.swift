import Advisor
import Failures
import Glibc
import Postgres
import Sandbox
import Support
import Testing

@Suite("The statements that cost the most")
struct SlowQueriesTests {
  /// Without tables; its statements are told from those of other tests by the database.
  let database: TestDatabase
  let connection: PostgresConnection

  init() throws {
    database = try TestDatabase.make()
    connection = try database.connect()
  }

  private func run(_ sql: String, times: Int, on connection: PostgresConnection) throws {
    for _ in 0..<times { _ = try connection.query(sql) }
  }

  @Test("calls, rows and times of one statement, whatever its constants")
  func figures() throws {
    for rows in 1...4 { _ = try connection.query("SELECT g AS figures FROM generate_series(1, \(rows)) g") }
    let all = try SlowQueries(connection).list(limit: 1000)
    let query = try #require(all.first { $0.text.contains("AS figures") })
    #expect(query.text == "SELECT g AS figures FROM generate_series($1, $2) g")
    #expect(query.calls == 4)
    #expect(query.rows == 10)
    #expect(query.totalMilliseconds > 0)
    #expect(abs(query.meanMilliseconds * 4 - query.totalMilliseconds) < 0.001)
    #expect(query.hitRatio == nil)
    #expect(!query.isHidden)
  }

  @Test("the hit ratio is a share of the blocks that were read")
  func hitRatio() throws {
    try connection.script("CREATE TABLE note (i int); INSERT INTO note SELECT generate_series(1, 1000)")
    try run("SELECT count(*) AS hits FROM note", times: 3, on: connection)
    let query = try #require(try SlowQueries(connection).list(limit: 1000).first { $0.text.contains("AS hits") })
    let ratio = try #require(query.hitRatio)
    #expect(ratio > 0 && ratio <= 1)
  }

  @Test("each order puts its largest first", arguments: SlowQueryOrder.allCases)
  func order(order: SlowQueryOrder) throws {
    try run("SELECT 1 AS often", times: 30, on: connection)
    try run("SELECT g AS many FROM generate_series(1, 5000) g", times: 1, on: connection)
    try run("SELECT pg_sleep(0.05) AS long", times: 1, on: connection)
    let list = try SlowQueries(connection).list(by: order, limit: 1000)
    let figures = list.map { query in
      switch order {
      case .total: query.totalMilliseconds
      case .mean: query.meanMilliseconds
      case .calls: Double(query.calls)
      case .rows: Double(query.rows)
      }
    }
    #expect(figures == figures.sorted(by: >))
    #expect(list.count >= 3)
    switch order {
    case .calls: #expect(list[0].text.contains("often"))
    case .rows: #expect(list[0].text.contains("many"))
    case .total, .mean: break
    }
  }

  @Test("the limit and the smallest mean leave the others out")
  func limits() throws {
    try run("SELECT pg_sleep(0.05) AS long", times: 1, on: connection)
    try run("SELECT 1 AS often", times: 5, on: connection)
    let queries = try SlowQueries(connection)
    #expect(try queries.list(limit: 1).count == 1)
    let slow = try queries.list(limit: 1000, minimumMean: .milliseconds(50))
    #expect(slow.contains { $0.text.contains("AS long") })
    #expect(slow.allSatisfy { $0.meanMilliseconds >= 50 })
  }

  @Test("other databases are not ours")
  func otherDatabases() throws {
    let otherDatabase = try TestDatabase.make()
    let other = try otherDatabase.connect()
    try run("SELECT 1 AS elsewhere", times: 1, on: other)
    #expect(!(try SlowQueries(connection).list(limit: 1000).contains { $0.text.contains("elsewhere") }))
    let id = try #require(
      try SlowQueries(other).list(limit: 1000).first { $0.text.contains("elsewhere") }?.queryID)
    let failure = #expect(throws: Failure.self) { try SlowQueries(connection).text(of: id) }
    #expect(failure?.message.contains("belongs to the database 'test_") == true)
    #expect(try SlowQueries(other).text(of: id) == "SELECT $1 AS elsewhere")
  }

  @Test("what usher asks is left out")
  func ownStatements() throws {
    for _ in 0..<3 { _ = try SlowQueries(connection).list() }
    let texts = try SlowQueries(connection).list(limit: 1000).map(\.text)
    #expect(!texts.contains { $0.contains("pg_stat_statements") })
  }

  @Test("a statement of two roles is one line")
  func roles() throws {
    let role = "role_\(database.name)"
    try connection.script("CREATE ROLE \(role)")
    defer { _ = try? connection.execute("DROP ROLE \(role)") }
    try run("SELECT 1 AS shared", times: 2, on: connection)
    try connection.execute("SET ROLE \(role)")
    try run("SELECT 1 AS shared", times: 3, on: connection)
    try run("SELECT 1, 2 AS mine", times: 1, on: connection)

    // As that role the other's statements are shown without their text.
    let hidden = try SlowQueries(connection).list(limit: 1000)
    #expect(hidden.first { $0.text.contains("AS shared") }?.calls == 3)
    let foreign = hidden.filter(\.isHidden)
    #expect(foreign.count == 1)
    #expect(foreign.first?.text == "<insufficient privilege>")
    #expect((foreign.first?.calls ?? 0) >= 2)

    try connection.execute("RESET ROLE")
    let all = try SlowQueries(connection).list(limit: 1000).filter { $0.text.contains("AS shared") }
    #expect(all.map(\.calls) == [5])
  }

  @Test("an id that nobody has")
  func unknown() throws {
    let failure = #expect(throws: Failure.self) { try SlowQueries(connection).text(of: -12) }
    #expect(failure?.kind == .badInput)
    #expect(failure?.message == "pg_stat_statements has no query -12")
    #expect(failure?.hints.first?.contains("usher query slow") == true)
  }

  @Test("the old columns of an extension that was never updated are read", arguments: ["1.7", "1.8", "1.9"])
  func oldVersion(version: String) throws {
    try connection.script(
      """
      DROP EXTENSION pg_stat_statements; CREATE SCHEMA "Stats 1";
      CREATE EXTENSION pg_stat_statements SCHEMA "Stats 1" VERSION '\(version)'
      """)
    try run("SELECT 1 AS old_version", times: 2, on: connection)
    let queries = try SlowQueries(connection)
    let query = try #require(try queries.list(limit: 1000).first { $0.text.contains("old_version") })
    #expect(query.calls == 2)
    #expect(query.totalMilliseconds > 0)
    #expect(try queries.text(of: try #require(query.queryID)) == "SELECT $1 AS old_version")
  }

  @Test("without the extension the two steps are told")
  func missing() throws {
    try connection.execute("DROP EXTENSION pg_stat_statements")
    let failure = #expect(throws: Failure.self) { try SlowQueries(connection) }
    #expect(failure?.kind == .failed)
    #expect(failure?.message == "the extension pg_stat_statements is not installed in this database")
    #expect(failure?.hints.count == 2)
    #expect(failure?.hints.last == "2. run in this database: CREATE EXTENSION pg_stat_statements")
  }

  @Test("a server that has not loaded the library is told from one without the extension")
  func notPreloaded() throws {
    let directory = "\(scratchRoot)/usher-test-\(getpid())-bare-\(UInt32.random(in: 0 ... .max))"
    let home = try ServerHome(directory)
    let guardian = try ServerGuard(mark: home.directory, removing: home.directory)
    defer { withExtendedLifetime(guardian) {} }
    let server = try PostgresServer(home, path: "/usr/bin:/bin")
    let process = try server.start(preload: [])
    defer { kill(process, SIGINT) }
    let connection = try PostgresConnection(PostgresTarget(server.conninfo(database: "postgres")))
    try connection.execute("CREATE EXTENSION pg_stat_statements")
    let queries = try SlowQueries(connection)
    for ask in [{ _ = try queries.list() }, { _ = try queries.text(of: 1) }] {
      let failure = #expect(throws: Failure.self) { try ask() }
      #expect(failure?.message == "the server has not loaded the library pg_stat_statements, so it has no statistics")
      #expect(failure?.hints.first?.contains("shared_preload_libraries") == true)
    }
  }
}
