import Postgres
import Support
import Testing

@Suite("Statements that run in the background")
struct BackgroundStatementTests {
  let connection: PostgresConnection

  init() throws { connection = try PostgresConnection(scratchServer()) }

  private func finished() throws -> Int {
    while true { if case .finished(let rows) = try connection.poll(timeout: .seconds(1)) { return rows } }
  }

  @Test("one ends with the rows that it touched, and then there is nothing to look at")
  func rows() throws {
    try connection.script("CREATE TEMP TABLE seat AS SELECT generate_series(1, 500) AS id")
    try connection.start("UPDATE seat SET id = id + 1000 WHERE id > 490")
    #expect(try finished() == 10)
    let error = #expect(throws: PostgresError.self) { try connection.poll(timeout: .zero) }
    #expect(error?.problem == .misuse)
    #expect(try connection.query("SELECT count(*) FROM seat WHERE id > 1000")[0].decode(0) == 10)
  }

  @Test("one that the server cannot run throws at the look, with its place, and the connection lives on")
  func fails() throws {
    try connection.start("SELECT nonsense FROM nowhere")
    let error = #expect(throws: PostgresError.self) { try finished() }
    #expect(error?.isUndefinedTable == true)
    #expect(error?.near == "nowhere")
    try connection.start("SELECT 1 / (SELECT 0)")
    #expect(#expect(throws: PostgresError.self) { try finished() }?.sqlState == "22012")
    try connection.start("SELECT 1")
    #expect(try finished() == 1)
  }

  @Test("while one runs nothing else can, and it comes to its end all the same")
  func exclusive() throws {
    let observer = try PostgresConnection(scratchServer())
    let key = Int64(connection.backendPID)
    try observer.execute("SELECT pg_advisory_lock($1)", [PostgresValue(key)])
    try connection.start("SELECT pg_advisory_lock(\(key))")
    try observer.waitFor("wait_event_type = 'Lock'", pid: connection.backendPID)
    #expect(try connection.poll(timeout: .zero) == .running)
    for attempt in [
      { try connection.start("SELECT 2") }, { try connection.script("SELECT 3") },
      { try connection.stream("SELECT 4") { _ in } }, { try connection.transaction {} },
    ] as [() throws -> Void] {
      #expect(#expect(throws: PostgresError.self) { try attempt() }?.problem == .misuse)
    }
    #expect(try connection.poll(timeout: .milliseconds(1)) == .running)
    try observer.execute("SELECT pg_advisory_unlock($1)", [PostgresValue(key)])
    #expect(try finished() == 1)
    #expect(try connection.query("SELECT 5 AS five")[0].decode("five") == 5)
  }

  @Test("a COPY cannot be started, and refusing it leaves the connection in order")
  func copy() throws {
    try connection.script("CREATE TEMP TABLE load (i int)")
    for sql in ["COPY load FROM STDIN", "COPY (SELECT generate_series(1, 100000)) TO STDOUT"] {
      try connection.start(sql)
      #expect(#expect(throws: PostgresError.self) { try finished() }?.problem == .misuse)
      #expect(try connection.query("SELECT 1 AS one")[0].decode("one") == 1)
    }
  }
}
