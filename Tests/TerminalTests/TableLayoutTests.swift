import Testing
import Text

@testable import Terminal

@Suite("The layout of a table")
struct TableLayoutTests {
  private static func columns(_ alignments: [Alignment]) -> [TableColumn] {
    alignments.map { TableColumn("", alignment: $0) }
  }

  private static func layout(_ widths: [Int], _ columns: [TableColumn], _ available: Int?) -> TableLayout {
    TableLayout(columns, cells: [widths.map { String(repeating: "x", count: $0) }], available: available)
  }

  struct Case: Sendable {
    let widths: [Int]
    let alignments: [Alignment]
    let available: Int?
    let expected: [Int]
  }

  @Test(
    "takes from the widest text first, never from numbers, and leaves eight columns",
    arguments: [
      Case(widths: [5, 40], alignments: [.leading, .leading], available: nil, expected: [5, 40]),
      Case(widths: [5, 40], alignments: [.leading, .leading], available: 47, expected: [5, 40]),
      Case(widths: [5, 40], alignments: [.leading, .leading], available: 46, expected: [5, 39]),
      Case(widths: [30, 40], alignments: [.leading, .leading], available: 62, expected: [30, 30]),
      Case(widths: [30, 40], alignments: [.leading, .leading], available: 42, expected: [20, 20]),
      Case(widths: [30, 40], alignments: [.trailing, .leading], available: 42, expected: [30, 10]),
      Case(widths: [30, 40], alignments: [.trailing, .leading], available: 40, expected: [30, 8]),
      Case(widths: [10, 20, 30], alignments: [.leading, .leading, .leading], available: 40, expected: [10, 13, 13]),
      Case(widths: [12], alignments: [.leading], available: 9, expected: [9]),
      Case(widths: [6], alignments: [.leading], available: 3, expected: [6]),
      Case(widths: [], alignments: [], available: 80, expected: []),
    ])
  func widths(_ example: Case) {
    let layout = Self.layout(example.widths, Self.columns(example.alignments), example.available)
    #expect(layout.widths == example.expected)
    #expect(layout.shown == Array(example.widths.indices))
    #expect(!layout.isOnItsSide)
  }

  @Test("moves the last column below its row where none can be narrower, but never the first")
  func below() {
    let columns = Self.columns([.trailing, .trailing, .trailing])
    #expect(Self.layout([10, 10, 10], columns, 34).shown == [0, 1, 2])
    let two = Self.layout([10, 10, 10], columns, 33)
    #expect(two.shown == [0, 1] && two.below == [2] && !two.isOnItsSide)
    let none = Self.layout([10, 10, 10], columns, 21)
    #expect(none.isOnItsSide && none.below == [0, 1, 2])
  }

  @Test("narrows and moves the columns of the highest rank first, those of one rank at once")
  func ranks() {
    let columns = [
      TableColumn("", giving: .never), TableColumn("", giving: .end, rank: 2), TableColumn("", giving: .end, rank: 1),
      TableColumn("", giving: .never, rank: 2),
    ]
    // The second gives all that it can before the third, though it is the narrower.
    #expect(Self.layout([10, 20, 40, 10], columns, 74).widths == [10, 8, 40, 10])
    #expect(Self.layout([10, 20, 40, 10], columns, 70).widths == [10, 8, 36, 10])
    let tight = Self.layout([10, 20, 40, 10], columns, 41)
    #expect(tight.shown == [0, 2] && tight.below == [1, 3])
    // What is left has the room of those that went.
    #expect(tight.widths[2] == 29)
  }

  @Test("breaks headings before any cell gives way, and ends them in the line above the rows")
  func headings() throws {
    let fields: [Field<Int>] = [
      Field("queue", heading: "queue") { .text("queue-\($0)") },
      Field("ends", heading: "active ends in", alignment: .trailing) { .milliseconds($0 * 1000) },
      Field("empty", heading: "empty in", alignment: .trailing) { .milliseconds($0 * 1000) },
    ]
    #expect(
      try Capture.of(terminalWidth: 26) { try $0.render([7], fields, format: .table) } == """
                  active
        queue    ends in  empty in
        queue-7     7.0s      7.0s

        """)
    #expect(
      try Capture.of { try $0.render([7], fields, format: .table) }.hasPrefix("queue    active ends in  empty in\n"))
  }

  @Test("wraps a column at its words and keeps them whole, as far as there is room")
  func wraps() throws {
    let fields: [Field<String>] = [
      Field("id", heading: "id", giving: .never) { _ in .text("01J8ZQ4X") },
      Field("detail", heading: "detail", giving: .wraps) { .text($0) },
      Field("end", heading: "end", giving: .never) { _ in .text("|") },
    ]
    #expect(
      try Capture.of(terminalWidth: 31) {
        try $0.render(["nobody is waiting", "ok"], fields, format: .table)
      } == """
        id        detail            end
        01J8ZQ4X  nobody is         |
                  waiting
        01J8ZQ4X  ok                |

        """)
  }

  @Test("keeps words whole where no width was said, and divides them where one was")
  func words() {
    let cells = [["01J8ZQ4X", "at /run/usher/sandbox/postgres.sock"]]
    func layout(least: Int?) -> TableLayout {
      TableLayout(
        [TableColumn("", giving: .never), TableColumn("", giving: .wraps, least: least)], cells: cells, available: 36)
    }
    #expect(layout(least: nil).isOnItsSide)
    #expect(layout(least: 20).widths == [8, 26])
    #expect(
      TableColumn("", giving: .wraps).fitted(cells[0][1], to: 26) == ["at", "/run/usher/sandbox/postgre", "s.sock"])
  }

  struct Operation: Sendable {
    var id = "01J8ZQ4X2M3N4P5Q6R7S8T9V0W"
    var state = "done"
    var target = "index public.seat_status_concert_option_id_idx"
    var changed = 18_204
    var reason: String? = "the sale of tomorrow needs it"
  }

  static let operations: [Field<Operation>] = [
    Field("operation", heading: "operation", giving: .never) { .text($0.id) },
    Field("target", heading: "target", giving: .wraps, rank: 1) { .text($0.target) },
    Field("state", heading: "state", giving: .never) { .text($0.state) },
    Field<Operation>("changed", heading: "changed", alignment: .trailing, rank: 2) { .integer($0.changed) }
      .styled { _ in .red },
    Field("reason", heading: "reason", giving: .wraps, rank: 3) { .text($0.reason) },
  ]

  @Test("below its row a field has its name, is left out where it says nothing, and is never cut if it wraps")
  func fieldsBelow() throws {
    let text = try Capture.of(terminalWidth: 42) {
      try $0.render([Operation(), Operation(target: "queue", reason: nil)], Self.operations, format: .table)
    }
    #expect(
      text == """
        operation                   state
        01J8ZQ4X2M3N4P5Q6R7S8T9V0W  done
            target: index
                    public.seat_status_concert_option_id_idx
            changed: 18,204
            reason: the sale of tomorrow needs it
        01J8ZQ4X2M3N4P5Q6R7S8T9V0W  done
            target: queue  changed: 18,204

        """)
    let colored = try Capture.of(terminalWidth: 42, isColored: true) {
      try $0.render([Operation(target: "queue")], Self.operations, format: .table)
    }
    #expect(colored.contains("\u{1b}[2mchanged:\u{1b}[0m \u{1b}[31m18,204\u{1b}[0m"))
  }

  @Test("an id and a figure are whole at every width", arguments: 1...130)
  func whole(width: Int) throws {
    let text = try Capture.of(terminalWidth: width) {
      try $0.render([Operation()], Self.operations, format: .table)
    }
    #expect(text.contains(Operation().id) && text.contains("18,204"), "\(text)")
  }

  @Test("nothing to show on the narrowest terminal still says of what")
  func empty() throws {
    let text = try Capture.of(terminalWidth: 20) { try $0.render([], Self.operations, format: .table) }
    for field in Self.operations { #expect(text.contains(field.heading)) }
  }

  @Test("rows that come later and are wider keep to the columns")
  func later() throws {
    let rows = (0..<TableText.sampleSize).map { _ in Operation(target: "queue tickets") } + [Operation()]
    let text = try Capture.of(terminalWidth: 70) { try $0.render(rows, Self.operations, format: .table) }
    #expect(text.split(separator: "\n").allSatisfy { String($0).displayWidth <= 70 })
  }
}
