import Postgres
import Support
import Testing

@Suite("Notices")
struct NoticeTests {
  let connection: PostgresConnection

  init() throws {
    connection = try PostgresConnection(scratchServer())
    try connection.script(
      """
      CREATE FUNCTION pg_temp.say(word text) RETURNS text LANGUAGE plpgsql AS
        $$ BEGIN RAISE NOTICE 'said %', word; RETURN word; END $$
      """)
  }

  @Test(
    "every severity arrives under its own name, whatever language the server speaks",
    arguments: ["DEBUG", "LOG", "INFO", "NOTICE", "WARNING"])
  func severities(_ severity: String) throws {
    try connection.script("SET client_min_messages TO debug5; SET lc_messages TO 'C'")
    var heard: [PostgresNotice] = []
    connection.onNotice = { heard.append($0) }
    try connection.script("DO $$ BEGIN RAISE \(severity) 'hello'; END $$")
    let own = heard.filter { $0.message == "hello" }
    #expect(own.map { String($0.severity.prefix(severity.count)) } == [severity])
    #expect(own.allSatisfy { $0.detail == nil && $0.hint == nil && $0.sqlState?.count == 5 })
  }

  @Test("they come while rows stream and while rows are copied, in the order in which they were said")
  func whileStreaming() throws {
    var heard: [String] = []
    connection.onNotice = { heard.append($0.message) }
    var rows: [String] = []
    try connection.stream("SELECT pg_temp.say('row ' || i) AS word FROM generate_series(1, 300) i") { row in
      rows.append(try row.decode("word"))
    }
    #expect(rows == (1...300).map { "row \($0)" })
    #expect(heard == (1...300).map { "said row \($0)" })
    heard = []
    try connection.copyOut("COPY (SELECT pg_temp.say('좌석 ' || i) FROM generate_series(1, 9) i) TO STDOUT") { _ in }
    #expect(heard == (1...9).map { "said 좌석 \($0)" })
  }

  @Test("those of a statement that fails come before its error, and another closure takes over at once")
  func beforeTheError() throws {
    var (first, second) = ([String](), [String]())
    connection.onNotice = { first.append($0.message) }
    #expect(throws: PostgresError.self) { try connection.query("SELECT 1 / (length(pg_temp.say('one')) - 3)") }
    #expect(first == ["said one"])
    connection.onNotice = { second.append($0.message) }
    _ = try connection.query("SELECT pg_temp.say('two')")
    #expect((first, second) == (["said one"], ["said two"]))
  }

  @Test("what the closure holds is let go with the connection")
  func released() throws {
    final class Ear {}
    weak var ear: Ear?
    do {
      let own = try PostgresConnection(scratchServer())
      let held = Ear()
      ear = held
      own.onNotice = { _ in _ = held }
      try own.script("DROP TABLE IF EXISTS not_there")
      #expect(ear != nil)
    }
    #expect(ear == nil)
  }
}
