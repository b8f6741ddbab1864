import Testing

@testable import Terminal

struct Line: Sendable {
  var queue: String
  var waiting: Int
  var wait: Int?
  var note: String = ""
}

let lineFields: [Field<Line>] = [
  Field("queue", heading: "QUEUE") { .text($0.queue) },
  Field("waiting", heading: "WAITING", alignment: .trailing) { .integer($0.waiting) },
  Field("oldest_wait_ms", heading: "OLDEST", alignment: .trailing) { .milliseconds($0.wait) },
  Field("note", heading: "NOTE") { .text($0.note) },
]

let lines = [
  Line(queue: "tickets", waiting: 18_204, wait: 80_000, note: "sale is on"),
  Line(queue: "대기열", waiting: 7, wait: nil, note: "아이유 콘서트 🎤 \u{1b}[31mred\nline"),
  Line(queue: "👨‍👩‍👧 families", waiting: 1_000_000, wait: 250, note: ""),
]

@Suite("Rendering records")
struct RenderingTests {
  @Test("a table on a pipe is aligned by columns, uncut and free of control characters")
  func tableOnPipe() throws {
    let text = try Capture.of { try $0.render(lines, lineFields, format: .table) }
    #expect(
      text == """
        QUEUE          WAITING  OLDEST  NOTE
        tickets         18,204  1m 20s  sale is on
        대기열               7       -  아이유 콘서트 🎤 \\x1b[31mred\\nline
        👨‍👩‍👧 families  1,000,000   250ms

        """)
  }
}
