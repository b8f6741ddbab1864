import Postgres
import Testing

@Suite("COPY and streams")
struct CopyTests {
  let connection: PostgresConnection

  init() throws {
    connection = try PostgresConnection(scratchServer())
    try connection.script("CREATE TEMP TABLE load (id int, text text, bytes bytea)")
  }

  private struct Change: Error {}

  private func isUsable() throws -> Bool { try connection.query("SELECT 1 AS one")[0].decode("one") == 1 }

  @Test("rows with every awkward character arrive as they were")
  func awkwardRows() throws {
    let texts: [String?] = [
      "plain", "", nil, "tab\there", "line\nfeed", "car\rriage", "back\\slash", "\\N", "\\.", "한글 🎟",
    ]
    let copied = try connection.copyIn("COPY load (id, text) FROM STDIN") { writer in
      for (index, text) in texts.enumerated() { try writer.writeRow([String(index), text]) }
    }
    #expect(copied == texts.count)
    let stored = try connection.query("SELECT text FROM load ORDER BY id").map { try $0.decode(0, as: String?.self) }
    #expect(stored == texts)
  }

  @Test("bytes go in and come out as they were, over many blocks")
  func bytesBothWays() throws {
    let row: [UInt8] = Array("1\ttext\t\\\\x00ff\n".utf8)
    let copied = try connection.copyIn("COPY load FROM STDIN") { writer in
      for _ in 0..<50_000 { try writer.write(row) }
    }
    #expect(copied == 50_000)
    var count = 0
    var isEqual = true
    try connection.copyOut("COPY load TO STDOUT") { bytes in
      count += 1
      isEqual = isEqual && bytes.elementsEqual(row)
    }
    #expect(count == 50_000)
    #expect(isEqual)
    #expect(try connection.query("SELECT DISTINCT bytes FROM load")[0].decode(0) == [0x00, 0xff] as [UInt8])
  }

  @Test("a row need not arrive in one piece")
  func pieces() throws {
    try connection.copyIn("COPY load (id, text) FROM STDIN") { writer in
      for piece in ["7\tab", "c", "\n8\td\n"] { try writer.write(piece.utf8) }
    }
    #expect(try connection.query("SELECT text FROM load ORDER BY id").map { try $0.decode(0) } == ["abc", "d"])
  }

  @Test("a writer that throws copies nothing")
  func writerThrows() throws {
    #expect(throws: Change.self) {
      try connection.copyIn("COPY load (id) FROM STDIN") { writer in
        try writer.writeRow(["1"])
        throw Change()
      }
    }
    #expect(try connection.query("SELECT * FROM load").isEmpty)
  }

  @Test("a bad row says which, and copies nothing")
  func badRow() throws {
    let error = #expect(throws: PostgresError.self) {
      try connection.copyIn("COPY load (id) FROM STDIN") { writer in
        for text in ["1", "2", "x"] { try writer.writeRow([text]) }
      }
    }
    #expect(error?.sqlState == "22P02")
    #expect(error?.context?.contains("line 3") == true)
    #expect(try isUsable())
    #expect(try connection.query("SELECT * FROM load").isEmpty)
  }

  @Test("a bad row early in a long copy ends it, instead of a wait on both sides")
  func badRowInALongCopy() throws {
    let error = #expect(throws: PostgresError.self) {
      try connection.copyIn("COPY load (id) FROM STDIN") { writer in
        try writer.writeRow(["x"])
        for index in 0..<500_000 { try writer.writeRow([String(index)]) }
      }
    }
    #expect(error?.sqlState == "22P02")
    #expect(try isUsable())
  }

  @Test("a reader that has enough stops the server")
  func readerThrows() throws {
    var count = 0
    #expect(throws: Change.self) {
      try connection.copyOut("COPY (SELECT generate_series(1, 100000000)) TO STDOUT") { _ in
        count += 1
        if count == 3 { throw Change() }
      }
    }
    #expect(count == 3)
    #expect(try isUsable())
  }

  @Test("COPY goes through its own calls, and they take nothing else")
  func wrongDoors() throws {
    #expect(throws: PostgresError.self) { try connection.query("COPY load FROM STDIN") }
    #expect(throws: PostgresError.self) { try connection.query("COPY load TO STDOUT") }
    #expect(throws: PostgresError.self) { try connection.script("COPY load FROM STDIN") }
    #expect(throws: PostgresError.self) { try connection.stream("COPY load FROM STDIN") { _ in } }
    #expect(throws: PostgresError.self) { try connection.stream("COPY load TO STDOUT") { _ in } }
    #expect(throws: PostgresError.self) { try connection.copyIn("COPY load TO STDOUT") { _ in } }
    #expect(throws: PostgresError.self) { try connection.copyOut("COPY load FROM STDIN") { _ in } }
    #expect(throws: PostgresError.self) { try connection.copyIn("SELECT 1") { _ in } }
    #expect(throws: PostgresError.self) { try connection.copyOut("SELECT * FROM nowhere") { _ in } }
    #expect(try isUsable())
  }

  @Test("a result of 200 MB streams in flat memory")
  func flatMemory() throws {
    let before = residentMemory()
    var peak = 0
    var count = 0
    try connection.stream("SELECT i, repeat('x', 1000) AS filler FROM generate_series(1, 200000) i") { row in
      count += try row.decode("filler", as: String.self).utf8.count
      if try row.decode("i", as: Int.self) % 20_000 == 0 { peak = max(peak, residentMemory()) }
    }
    #expect(count == 200_000_000)
    #expect(before > 0 && peak > 0)
    #expect(peak - before < 64 << 20)
  }

  @Test("a stream that its body ends is cancelled, and the connection lives on")
  func streamEnds() throws {
    var seen = 0
    #expect(throws: Change.self) {
      try connection.stream("SELECT generate_series(1, 100000000)") { _ in
        seen += 1
        if seen == 10 { throw Change() }
      }
    }
    #expect(seen == 10)
    #expect(try isUsable())
  }

  @Test("an error in the middle of a stream comes after the rows before it")
  func lateError() throws {
    var seen = 0
    let error = #expect(throws: PostgresError.self) {
      try connection.stream("SELECT 10 / (5 - i) FROM generate_series(1, 10) i") { _ in seen += 1 }
    }
    #expect(error?.sqlState == "22012")
    #expect(seen == 4)
    #expect(try isUsable())
  }

  @Test("rows outlive the stream and the query that they came from")
  func rowsOutlive() throws {
    var rows: [PostgresRow] = []
    try connection.stream("SELECT i AS n FROM generate_series(1, 3) i") { rows.append($0) }
    _ = try connection.query("SELECT 'something else'")
    #expect(try rows.map { try $0.decode("n", as: Int.self) } == [1, 2, 3])
  }

  @Test("an empty result streams nothing")
  func emptyStream() throws {
    try connection.stream("SELECT 1 WHERE false") { _ in Issue.record("a row") }
    try connection.stream("CREATE TEMP TABLE made (i int)") { _ in Issue.record("a row") }
    #expect(try connection.query("").isEmpty)
  }
}
