import Testing
import Text

@testable import Terminal

@Suite("Rendering records")
struct RenderingTests {
  struct Line: Sendable {
    var queue: String
    var waiting: Int
    var wait: Int?
    var note: String = ""
  }

  static let fields: [Field<Line>] = [
    Field("queue", heading: "QUEUE") { .text($0.queue) },
    Field<Line>("waiting", heading: "WAITING", alignment: .trailing) { .integer($0.waiting) }
      .styled { $0.waiting > 100_000 ? .red : nil },
    Field("oldest_wait_ms", heading: "OLDEST", alignment: .trailing) { .milliseconds($0.wait) },
    Field("keys", heading: "KEYS", isWide: true) { .list([.text($0.queue + ":w"), .text($0.queue + ":a")]) },
    Field("note", heading: "NOTE") { .text($0.note) },
  ]

  static let lines = [
    Line(queue: "tickets", waiting: 18_204, wait: 80_000, note: "sale is on"),
    Line(queue: "대기열", waiting: 7, wait: nil, note: "아이유 콘서트 🎤 \u{1b}[31mred\nline"),
    Line(queue: "👨‍👩‍👧 families", waiting: 1_000_000, wait: 250),
  ]

  /// What rendering leaves on a pipe, or on a terminal so wide.
  static func render(
    _ chosen: [Line]? = nil, _ format: OutputFormat, terminalWidth: Int? = nil, isColored: Bool = false
  ) throws -> String {
    try Capture.of(terminalWidth: terminalWidth, isColored: isColored) {
      try $0.render(chosen ?? lines, fields, format: format)
    }
  }

  @Test("a table on a pipe is aligned by columns, uncut and free of control characters")
  func tableOnPipe() throws {
    #expect(
      try Self.render(nil, .table) == """
        QUEUE          WAITING  OLDEST  NOTE
        tickets         18,204  1m 20s  sale is on
        대기열               7       -  아이유 콘서트 🎤 \\x1b[31mred\\nline
        👨‍👩‍👧 families  1,000,000   250ms

        """)
  }

  @Test("a table on a terminal is cut to its width in the widest text")
  func tableOnTerminal() throws {
    #expect(
      try Self.render(nil, .table, terminalWidth: 50) == """
        QUEUE          WAITING  OLDEST  NOTE
        tickets         18,204  1m 20s  sale is on
        대기열               7       -  아이유 콘서트 🎤 …
        👨‍👩‍👧 families  1,000,000   250ms

        """)
  }

  @Test("a wide character is left out rather than halved")
  func wideCharacterAtTheEdge() throws {
    #expect(
      try Self.render(nil, .table, terminalWidth: 45) == """
        QUEUE          WAITING  OLDEST  NOTE
        tickets         18,204  1m 20s  sale is on
        대기열               7       -  아이유 콘서…
        👨‍👩‍👧 families  1,000,000   250ms

        """)
  }

  @Test("no line is wider than the terminal")
  func everyWidth() throws {
    for width in 24...120 {
      let text = try Self.render(nil, .table, terminalWidth: width)
      #expect(text.split(separator: "\n").allSatisfy { String($0).displayWidth <= width })
    }
  }

  @Test("what has no room in the table stands below its row")
  func narrowTerminal() throws {
    #expect(
      try Self.render(nil, .table, terminalWidth: 30) == """
        QUEUE          WAITING  OLDEST
        tickets         18,204  1m 20s
            NOTE: sale is on
        대기열               7       -
            NOTE: 아이유 콘서트 🎤 \\x…
        👨‍👩‍👧 families  1,000,000   250ms

        """)
  }

  @Test("where only its first column would be left, each record lies on its side and figures stay whole")
  func narrowestTerminal() throws {
    #expect(
      try Self.render(nil, .table, terminalWidth: 18) == """
        QUEUE    tickets
        WAITING  18,204
        OLDEST   1m 20s
        NOTE
            sale is on

        QUEUE    대기열
        WAITING  7
        OLDEST   -
        NOTE
            아이유 콘서트
            🎤
            \\x1b[31mred\\nline

        QUEUE
            👨‍👩‍👧 families
        WAITING  1,000,000
        OLDEST   250ms
        NOTE

        """)
  }

  @Test("colour marks headings and cells, and does not disturb the alignment")
  func coloredTable() throws {
    let bold = "\u{1b}[1m"
    let red = "\u{1b}[31m"
    let off = "\u{1b}[0m"
    #expect(
      try Self.render([Self.lines[0], Self.lines[2]], .table, terminalWidth: 80, isColored: true) == """
        \(bold)QUEUE\(off)          \(bold)WAITING\(off)  \(bold)OLDEST\(off)  \(bold)NOTE\(off)
        tickets         18,204  1m 20s  sale is on
        👨‍👩‍👧 families  \(red)1,000,000\(off)   250ms

        """)
  }

  @Test("JSON is an array of one object a line, with every field")
  func json() throws {
    #expect(
      try Self.render([Self.lines[0], Self.lines[1]], .json) == """
        [
        {"queue": "tickets", "waiting": 18204, "oldest_wait_ms": 80000, "keys": ["tickets:w", "tickets:a"], "note": "sale is on"},
        {"queue": "대기열", "waiting": 7, "oldest_wait_ms": null, "keys": ["대기열:w", "대기열:a"], "note": "아이유 콘서트 🎤 \\u001b[31mred\\nline"}
        ]

        """)
  }

  @Test("JSON lines are the same objects without the array")
  func jsonLines() throws {
    #expect(
      try Self.render([Self.lines[2]], .jsonl) == """
        {"queue": "👨‍👩‍👧 families", "waiting": 1000000, "oldest_wait_ms": 250, "keys": ["👨‍👩‍👧 families:w", "👨‍👩‍👧 families:a"], "note": ""}

        """)
  }

  @Test("CSV has the fields' names as its heading")
  func csv() throws {
    #expect(
      try Self.render(nil, .csv) == """
        queue,waiting,oldest_wait_ms,keys,note
        tickets,18204,80000,"[""tickets:w"", ""tickets:a""]",sale is on
        대기열,7,,"[""대기열:w"", ""대기열:a""]","아이유 콘서트 🎤 \u{1b}[31mred
        line"
        👨‍👩‍👧 families,1000000,250,"[""👨‍👩‍👧 families:w"", ""👨‍👩‍👧 families:a""]",""

        """)
  }

  @Test("CSV on a terminal is free of control characters")
  func csvOnTerminal() throws {
    #expect(try Self.render([Self.lines[1]], .csv, terminalWidth: 80).hasSuffix(",아이유 콘서트 🎤 \\x1b[31mred\\nline\n"))
  }

  @Test(
    "nothing to show still says of what",
    arguments: [
      (OutputFormat.table, "QUEUE  WAITING  OLDEST  NOTE\n"), (.json, "[]\n"), (.jsonl, ""),
      (.csv, "queue,waiting,oldest_wait_ms,keys,note\n"),
    ])
  func empty(_ format: OutputFormat, _ expected: String) throws {
    #expect(try Self.render([], format) == expected)
  }

  @Test("the heading that is wider than its column counts, also when it is wide itself")
  func wideHeading() throws {
    let fields: [Field<Int>] = [
      Field("name", heading: "이름") { .text(String(repeating: "x", count: $0)) },
      Field("count", heading: "대기 인원", alignment: .trailing) { .integer($0) },
    ]
    #expect(
      try Capture.of { try $0.render([1, 2], fields, format: .table) } == """
        이름  대기 인원
        x             1
        xx            2

        """)
  }

  @Test("a table of more rows than it looks at keeps its first widths and loses no row")
  func longTable() throws {
    let fields: [Field<Int>] = [
      Field("id", heading: "id", alignment: .trailing) { .identifier($0) },
      Field("name", heading: "name") { .text($0 == 5000 ? "a name that is wider" : "n\($0)") },
      Field("end", heading: "end") { _ in .text("|") },
    ]
    let piped = try Capture.of { try $0.render(0...5000, fields, format: .table) }.split(separator: "\n")
    #expect(piped.count == 5002)
    #expect(piped[1] == "  0  n0    |")
    #expect(piped[1000] == "999  n999  |")
    #expect(piped[5001] == "5000  a name that is wider  |")
    let shown = try Capture.of(terminalWidth: 80) { try $0.render(0...5000, fields, format: .table) }
    #expect(shown.hasSuffix("\n5000  a n…  |\n"))
  }
}

@Suite("Rendering one record")
struct ObjectRenderingTests {
  static let line = RenderingTests.Line(
    queue: "대기열", waiting: 18_204, wait: nil, note: "the sale opened at noon and half of the city came")

  static func render(_ format: OutputFormat, terminalWidth: Int? = nil) throws -> String {
    try Capture.of(terminalWidth: terminalWidth) {
      try $0.renderObject(line, RenderingTests.fields, format: format)
    }
  }

  @Test("for people it is a line a field, the wide ones too")
  func lines() throws {
    #expect(
      try Self.render(.table) == """
        QUEUE    대기열
        WAITING  18,204
        OLDEST   -
        KEYS     대기열:w, 대기열:a
        NOTE     the sale opened at noon and half of the city came

        """)
  }

  @Test("on a terminal a long value goes on under its own column")
  func wrappedLines() throws {
    #expect(
      try Self.render(.table, terminalWidth: 40) == """
        QUEUE    대기열
        WAITING  18,204
        OLDEST   -
        KEYS     대기열:w, 대기열:a
        NOTE     the sale opened at noon and
                 half of the city came

        """)
  }

  @Test("in JSON it is one object, a member a line")
  func json() throws {
    #expect(
      try Self.render(.json) == """
        {
          "queue": "대기열",
          "waiting": 18204,
          "oldest_wait_ms": null,
          "keys": ["대기열:w", "대기열:a"],
          "note": "the sale opened at noon and half of the city came"
        }

        """)
  }

  @Test("in JSON lines and CSV it is a stream of one")
  func streams() throws {
    #expect(try Self.render(.jsonl).hasPrefix("{\"queue\": \"대기열\", "))
    #expect(try Self.render(.jsonl).split(separator: "\n").count == 1)
    #expect(try Self.render(.csv).split(separator: "\n").count == 2)
  }

  @Test("a record without fields is an empty object")
  func noFields() throws {
    #expect(try Capture.of { try $0.renderObject(0, [Field<Int>](), format: .json) } == "{}\n")
    #expect(try Capture.of { try $0.renderObject(0, [Field<Int>](), format: .jsonl) } == "{}\n")
    #expect(try Capture.of { try $0.renderObject(0, [Field<Int>](), format: .table) } == "")
  }
}
