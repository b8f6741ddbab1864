import Testing
import Text

@testable import Terminal

@Suite("A field's value")
struct FieldValueTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let value: FieldValue
    let table: String
    let json: String
    let csv: String
    var testDescription: String { "\(value)" }

    init(_ value: FieldValue, _ table: String, _ json: String, _ csv: String) {
      self.value = value
      self.table = table
      self.json = json
      self.csv = csv
    }
  }

  static let cases = [
    Case(.text("tickets"), "tickets", "\"tickets\"", "tickets"),
    Case(.text(""), "", "\"\"", "\"\""),
    Case(.text("a,b"), "a,b", "\"a,b\"", "\"a,b\""),
    Case(.text("say \"hi\""), "say \"hi\"", "\"say \\\"hi\\\"\"", "\"say \"\"hi\"\"\""),
    Case(.text("two\nlines\r"), "two\\nlines\\r", "\"two\\nlines\\r\"", "\"two\nlines\r\""),
    Case(.text("\u{1}\u{1B}\u{7F}"), "\\x01\\x1b\\x7f", "\"\\u0001\\u001b\\u007f\"", "\u{1}\u{1B}\u{7F}"),
    Case(.text("\u{9B}\u{202E}"), "\\x9b\\u{202e}", "\"\\u009b\\u202e\"", "\u{9B}\u{202E}"),
    Case(.text("back\\slash\t"), "back\\slash\\t", "\"back\\\\slash\\t\"", "back\\slash\t"),
    Case(.text("대기열 🎤"), "대기열 🎤", "\"대기열 🎤\"", "대기열 🎤"),
    Case(.text(nil as String?), "-", "null", ""),
    Case(.integer(18_204), "18,204", "18204", "18204"),
    Case(.integer(Int.min), "-9,223,372,036,854,775,808", "-9223372036854775808", "-9223372036854775808"),
    Case(.integer(nil as Int?), "-", "null", ""),
    Case(.identifier(18_204), "18204", "18204", "18204"),
    Case(.number(0.25, decimals: 1), "0.2", "0.25", "0.25"),
    Case(.number(3, decimals: 1), "3.0", "3", "3"),
    Case(.atLeast(1420.4, decimals: 0), "≥ 1,420", "1420.4", "1420.4"),
    Case(.atLeast(.infinity, decimals: 0), "≥ -", "null", ""),
    Case(.boolean(nil as Bool?), "-", "null", ""),
    Case(.number(1e300, decimals: 0), Figures.number(1e300, decimals: 0), "1e+300", "1e+300"),
    Case(.number(1e-9, decimals: 1), "0.0", "1e-09", "1e-09"),
    Case(.number(-0.0, decimals: 0), "-0", "0", "0"),
    Case(.number(.nan, decimals: 1), "-", "null", ""),
    Case(.number(-.infinity, decimals: 1), "-", "null", ""),
    Case(.boolean(true), "yes", "true", "true"),
    Case(.boolean(false), "no", "false", "false"),
    Case(.null, "-", "null", ""),
    Case(.milliseconds(80_000), "1m 20s", "80000", "80000"),
    Case(.milliseconds(nil as Int?), "-", "null", ""),
    Case(.bytes(1536), "1.5 KiB", "1536", "1536"),
    Case(
      .instant(milliseconds: 0), "1970-01-01T00:00:00.000Z", "\"1970-01-01T00:00:00.000Z\"", "1970-01-01T00:00:00.000Z"),
    Case(.instant(milliseconds: nil as Int?), "-", "null", ""),
    Case(.list([]), "", "[]", "[]"),
    Case(.list([.text("a"), .integer(1000)]), "a, 1,000", "[\"a\", 1000]", "\"[\"\"a\"\", 1000]\""),
    Case(
      .object([("node", .text("Seq Scan")), ("rows", .null)]), "node=Seq Scan rows=-",
      "{\"node\": \"Seq Scan\", \"rows\": null}", "\"{\"\"node\"\": \"\"Seq Scan\"\", \"\"rows\"\": null}\""),
  ]

  @Test("has one look in a table, one in JSON, one in CSV", arguments: cases)
  func looks(_ example: Case) {
    #expect(example.value.tableText(onTerminal: false) == example.table)
    #expect(example.value.json == example.json)
    var csv = CSVText()
    csv.add(example.value, isFirst: true, escapingControls: false)
    #expect(String(decoding: csv.bytes, as: UTF8.self) == example.csv)
  }

  @Test("equals itself and no other", arguments: cases.indices)
  func equality(_ index: Int) {
    let value = Self.cases[index].value
    let isNumberThatNothingEquals = if case .number(let number, _) = value { number.isNaN } else { false }
    #expect((value == value) != isNumberThatNothingEquals)
    let same = Self.cases.filter { $0.value == value }.map(\.json)
    #expect(same.allSatisfy { $0 == Self.cases[index].json })
  }

  @Test("is cut short on a terminal only where it is an instant")
  func terminal() {
    #expect(FieldValue.instant(milliseconds: 0).tableText(onTerminal: true) == "1970-01-01 00:00:00Z")
    #expect(FieldValue.text("x").tableText(onTerminal: true) == "x")
  }
}
