import Failures
import Testing

@testable import Outbox

@Suite("templates")
struct OutboxTemplateTests {
  private let row: [String: [UInt8]] = [
    "type": Array("Paid".utf8), "id": Array("7".utf8), "이름": Array("김".utf8),
  ]

  private func render(_ text: String) throws -> String? {
    try OutboxTemplate(text, role: "outbox.publish.topic").render { row[$0] }
      .map { String(decoding: $0, as: UTF8.self) }
  }

  @Test(
    "columns are put in, everything else stays",
    arguments: [
      ("events", "events"), ("{type}", "Paid"), ("app.{type}.v{id}", "app.Paid.v7"), ("{type}{id}", "Paid7"),
      ("{{{id}}}", "{7}"), ("{{}}", "{}"), ("", ""), ("{이름}", "김"), ("a }} b", "a } b"),
    ])
  func render(text: String, result: String) throws {
    #expect(try render(text) == result)
  }

  @Test("a template that is one column gives nil for NULL, a longer one an empty place")
  func null() throws {
    #expect(try render("{none}") == nil)
    #expect(try render("a-{none}-b") == "a--b")
    #expect(try render("{none}{none}")?.isEmpty == true)
  }

  @Test(
    "what cannot be read is a configuration error that quotes it", arguments: ["{", "a{b", "}", "{}", "{{a}", "{a{b}"])
  func broken(text: String) {
    let failure = #expect(throws: Failure.self) { try OutboxTemplate(text, role: "outbox.publish.topic") }
    #expect(failure?.kind == .configuration)
    #expect(failure?.message.contains("outbox.publish.topic '\(text)'") == true)
  }

  @Test("the columns are listed in their order")
  func columns() throws {
    #expect(try OutboxTemplate("{b}-{a}-{b}", role: "r").columns == ["b", "a", "b"])
    #expect(OutboxTemplate(column: "a").description == "{a}")
    #expect(try OutboxTemplate(column: "a") == OutboxTemplate("{a}", role: "r"))
  }
}
