import Testing
import Text

@testable import Terminal

/// Reads CSV back as RFC 4180 has it, so that a text can be compared with what was written.
private func parseCSV(_ text: String) -> [[String?]] {
  var rows: [[String?]] = []
  var row: [String?] = []
  var scalars = Array(text.unicodeScalars)[...]
  while !scalars.isEmpty {
    var value = ""
    var isQuoted = false
    if scalars.first == "\"" {
      isQuoted = true
      scalars.removeFirst()
      while let scalar = scalars.popFirst() {
        if scalar == "\"" {
          guard scalars.first == "\"" else { break }
          scalars.removeFirst()
        }
        value.unicodeScalars.append(scalar)
      }
    } else {
      while let scalar = scalars.first, scalar != ",", scalar != "\n" {
        value.unicodeScalars.append(scalar)
        scalars.removeFirst()
      }
    }
    row.append(value.isEmpty && !isQuoted ? nil : value)
    if scalars.popFirst() == "\n" {
      rows.append(row)
      row = []
    }
  }
  return rows
}

@Suite("What is written reads back")
struct RoundTripTests {
  struct Row: Equatable, Sendable {
    var name: String
    var note: String?
  }

  static let fields: [Field<Row>] = [
    Field("name", heading: "name") { .text($0.name) }, Field("note", heading: "note") { .text($0.note) },
  ]

  /// Texts made of everything that a quoting rule could stumble over; the same in every run.
  static let rows: [Row] = {
    let pieces = ["", "a", ",", "\"", "\n", "\r\n", "대기열", "🎤", " ", "\\", "\u{1b}", "\u{0}", "\u{202e}", "'", ";"]
    var random: UInt64 = 7
    func text() -> String {
      var text = ""
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      for shift in stride(from: 0, to: 40, by: 8) { text += pieces[Int(random >> (20 + shift) & 0xFF) % pieces.count] }
      return text
    }
    return (0..<500).map { Row(name: text(), note: $0 % 3 == 0 ? nil : text()) }
  }()

  @Test("from CSV, also nulls and empty texts")
  func csv() throws {
    let text = try Capture.of { try $0.render(Self.rows, Self.fields, format: .csv) }
    let read = parseCSV(text)
    #expect(read.first == ["name", "note"])
    #expect(read.dropFirst().map { Row(name: $0[0] ?? "", note: $0[1]) } == Self.rows)
  }

  @Test("from JSON lines, as many lines as rows, none with a raw control character")
  func jsonLines() throws {
    let text = try Capture.of { try $0.render(Self.rows, Self.fields, format: .jsonl) }
    let lines = text.utf8.split(separator: 0x0A)
    #expect(lines.count == Self.rows.count)
    #expect(lines.allSatisfy { $0.allSatisfy { $0 >= 0x20 && $0 != 0x7F } })
  }

  @Test("a table has a line a row, whatever the rows hold")
  func table() throws {
    for width in [nil, 40] {
      let text = try Capture.of(terminalWidth: width) { try $0.render(Self.rows, Self.fields, format: .table) }
      #expect(text.utf8.split(separator: 0x0A).count == Self.rows.count + 1)
      #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || !$0.isTerminalControl })
    }
  }

  @Test("a row at a time is the same as all at once", arguments: OutputFormat.allCases)
  func streaming(_ format: OutputFormat) throws {
    let atOnce = try Capture.of { try $0.render(Self.rows, Self.fields, format: format) }
    let streamed = try Capture.of { stream in
      var writer = RowWriter(Self.fields, format: format, to: stream)
      for row in Self.rows {
        try writer.write(row)
        try stream.flush()
      }
      try writer.finish()
    }
    #expect(streamed == atOnce)
  }
}
