import Postgres
import Support
import Testing

@Suite("COPY at the edges")
struct CopyBoundaryTests {
  let connection: PostgresConnection

  init() throws {
    connection = try PostgresConnection(scratchServer())
    try connection.script("CREATE TEMP TABLE load (id int, text text)")
  }

  private struct Change: Error {}

  private func count() throws -> Int { try connection.query("SELECT count(*) FROM load")[0].decode(0) }

  @Test(
    "a field around the size of a block, and many times it, arrives whole",
    arguments: [0, 1, 65_532, 65_533, 65_534, 65_535, 65_536, 65_537, 131_072, 5_000_000])
  func fieldSizes(size: Int) throws {
    let text = String(repeating: "x", count: size)
    let copied = try connection.copyIn("COPY load FROM STDIN") { writer in
      try writer.writeRow(["1", text])
      try writer.writeRow(["2", "after"])
    }
    #expect(copied == 2)
    let rows = try connection.query("SELECT text FROM load ORDER BY id")
    #expect(try rows[0].decode(0) == text)
    #expect(try rows[1].decode(0) == "after")
    var lines: [[UInt8]] = []
    try connection.copyOut("COPY load TO STDOUT") { lines.append([UInt8]($0)) }
    #expect(lines == [Array("1\t\(text)\n".utf8), Array("2\tafter\n".utf8)])
  }

  @Test("what comes out in the binary format goes in again")
  func binary() throws {
    try connection.script(
      """
      CREATE TEMP TABLE source AS SELECT i AS id, repeat('예매 ' || i, i % 90) AS text FROM generate_series(1, 3000) i;
      UPDATE source SET text = NULL WHERE id % 7 = 0
      """)
    var bytes: [UInt8] = []
    try connection.copyOut("COPY source TO STDOUT (FORMAT binary)") { bytes += $0 }
    #expect(bytes.starts(with: Array("PGCOPY\n".utf8) + [0xFF, 13, 10, 0]))
    #expect(try connection.copyIn("COPY load FROM STDIN (FORMAT binary)") { try $0.write(bytes) } == 3_000)
    #expect(try connection.query("SELECT * FROM source EXCEPT SELECT * FROM load").isEmpty)
    #expect(try connection.query("SELECT 1 FROM load WHERE text IS NULL").count == 428)
  }

  @Test("a copy of nothing copies nothing")
  func nothing() throws {
    #expect(try connection.copyIn("COPY load FROM STDIN") { _ in } == 0)
    #expect(try connection.copyIn("COPY load FROM STDIN") { try $0.write([]) } == 0)
    try connection.copyOut("COPY load TO STDOUT") { _ in Issue.record("a row") }
    #expect(try count() == 0)
  }

  @Test(
    "a row that does not fit fails the whole copy, and its error says in which line it is",
    arguments: [
      (["1"], "22P04"), (["1", "a", "b"], "22P04"), (["x", "a"], "22P02"), (["99999999999", "a"], "22003"),
      (["1", "a\0b"], "22021"),
    ])
  func badRows(fields: [String], state: String) throws {
    let error = #expect(throws: PostgresError.self) {
      try connection.copyIn("COPY load FROM STDIN") { writer in
        for number in 0..<10 { try writer.writeRow([String(number), "fine"]) }
        try writer.writeRow(fields)
        for number in 0..<10 { try writer.writeRow([String(number), "fine"]) }
      }
    }
    #expect(error?.sqlState == state)
    #expect(error?.context?.contains("COPY load, line 11") == true)
    #expect(error?.failure.kind == .badInput)
    #expect(try count() == 0)
  }

  @Test("a rule that the last row breaks fails the whole copy")
  func lateFailure() throws {
    try connection.script("ALTER TABLE load ADD PRIMARY KEY (id)")
    let error = #expect(throws: PostgresError.self) {
      try connection.copyIn("COPY load FROM STDIN") { writer in
        for number in 0..<20_000 { try writer.writeRow([String(number % 19_999), nil]) }
      }
    }
    #expect(error?.isUniqueViolation == true)
    #expect(error?.constraint == "load_pkey")
    #expect(try count() == 0)
  }

  @Test("a copy in a transaction is rolled back with it, and goes on after another of its statements")
  func inTransaction() throws {
    #expect(throws: Change.self) {
      try connection.transaction {
        #expect(try connection.copyIn("COPY load FROM STDIN") { try $0.writeRow(["1", "a"]) } == 1)
        #expect(try connection.copyIn("COPY load FROM STDIN") { try $0.writeRow(["2", "b"]) } == 1)
        #expect(try count() == 2)
        throw Change()
      }
    }
    #expect(try count() == 0)
  }

  @Test("a statement inside a copy is an error that ends the copy, and the connection lives on")
  func statementInCopy() throws {
    let inside = #expect(throws: PostgresError.self) {
      try connection.copyIn("COPY load FROM STDIN") { writer in
        try writer.writeRow(["1", "a"])
        _ = try connection.query("SELECT 1")
      }
    }
    #expect(inside?.problem == .misuse)
    let outside = #expect(throws: PostgresError.self) {
      try connection.copyOut("COPY (SELECT generate_series(1, 1000)) TO STDOUT") { _ in
        _ = try connection.query("SELECT 1")
      }
    }
    #expect(outside?.problem == .misuse)
    #expect(try count() == 0)
  }

  @Test("a copy out that fails in the middle fails after the rows before")
  func failsInTheMiddle() throws {
    var seen = 0
    let error = #expect(throws: PostgresError.self) {
      try connection.copyOut("COPY (SELECT 1 / (5000 - i) FROM generate_series(1, 9000) i) TO STDOUT") { _ in seen += 1
      }
    }
    #expect(error?.sqlState == "22012")
    #expect(seen == 4_999)
    #expect(try count() == 0)
  }

  @Test("a copy of 100 MB in is sent in flat memory")
  func flatMemory() throws {
    let own = try PostgresConnection(scratchServer(), options: .init(statementTimeout: nil))
    try own.script("CREATE TEMP TABLE load (text text)")
    let lines = Array(String(repeating: String(repeating: "y", count: 999) + "\n", count: 64).utf8)
    let before = residentMemory()
    var peak = 0
    let copied = try own.copyIn("COPY load FROM STDIN WHERE false") { writer in
      for number in 0..<1_600 {
        try writer.write(lines)
        if number % 100 == 0 { peak = max(peak, residentMemory()) }
      }
    }
    #expect(copied == 0)
    #expect(before > 0 && peak > 0)
    // Other tests of this process take memory too, but not as much as the data.
    #expect(peak - before < 90 << 20)
  }
}
