import Support
import Testing

/// What reads, on a pipe, in the formats that scripts take.
@Suite("Output for scripts")
struct FormatTests {
  private static func shop() throws -> Shop {
    let shop = try Shop()
    #expect(try shop.usher("queue", "admit", "3", "--yes").status == 0)
    return shop
  }

  @Test("is JSON with snake_case names, the same ones in every record")
  func json() throws {
    let shop = try Self.shop()
    for reading in Reading.all {
      let run = try shop.run(reading.words + ["-o", "json"])
      #expect(run.status == 0, "\(reading.words): \(run.errors)")
      let value = try JSONValue(parsing: run.output)
      let records = try reading.isObject ? [value] : #require(value.list)
      let names = records.first?.names
      for record in records {
        #expect(record.names == names, "\(reading.words)")
        for name in record.names { #expect(name.wholeMatch(of: #/[a-z][a-z0-9]*(_[a-z0-9]+)*/#) != nil, "\(name)") }
      }
    }
  }

  @Test("is as many JSON lines, each a record")
  func jsonLines() throws {
    let shop = try Self.shop()
    for reading in Reading.all {
      let whole = try JSONValue(parsing: try shop.run(reading.words + ["-o", "json"]).output)
      let records = reading.isObject ? [whole] : whole.list ?? []
      let run = try shop.run(reading.words + ["-o", "jsonl"])
      #expect(run.status == 0, "\(reading.words)")
      let lines = run.output.split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.last == "", "a line feed ends the last record")
      #expect(
        try lines.dropLast().map { try JSONValue(parsing: String($0)).names } == records.map(\.names),
        "\(reading.words)")
    }
  }

  @Test("is CSV whose heading has the names of JSON, and as many records")
  func csv() throws {
    let shop = try Self.shop()
    for reading in Reading.all {
      let whole = try JSONValue(parsing: try shop.run(reading.words + ["-o", "json"]).output)
      let records = reading.isObject ? [whole] : whole.list ?? []
      let run = try shop.run(reading.words + ["-o", "csv"])
      #expect(run.status == 0, "\(reading.words)")
      let table = CSV(run.output).records
      let heading = try #require(table.first)
      if let record = records.first { #expect(heading.sorted() == record.names, "\(reading.words)") }
      #expect(table.dropFirst().count == records.count, "\(reading.words)")
      #expect(table.allSatisfy { $0.count == heading.count })
    }
  }

  @Test("as a table is neither coloured nor cut, and no line ends in blanks")
  func table() throws {
    let shop = try Self.shop()
    for reading in Reading.all {
      let run = try shop.run(reading.words)
      #expect(run.status == 0, "\(reading.words): \(run.errors)")
      #expect(!run.output.contains("\u{1b}") && !run.errors.contains("\u{1b}"))
      #expect(!run.output.contains("…"), "\(reading.words)")
      for line in run.output.split(separator: "\n") { #expect(!line.hasSuffix(" "), "\(line)") }
      // What has no table has said its one sentence on standard error.
      #expect(reading.words == ["config", "check"] ? run.output.isEmpty : !run.output.isEmpty, "\(reading.words)")
    }
  }

  @Test("is the data alone under --quiet")
  func quiet() throws {
    let shop = try Self.shop()
    for reading in Reading.all {
      for format in ["table", "jsonl"] {
        let loud = try shop.run(reading.words + ["-o", format])
        let run = try shop.run(reading.words + ["-o", format, "-q"])
        #expect(run.status == 0, "\(reading.words)")
        #expect(run.output.isEmpty == loud.output.isEmpty, "\(reading.words)")
        #expect(run.errors.split(separator: "\n").allSatisfy { $0.hasPrefix("warning: ") }, "\(run.errors)")
      }
    }
  }

  @Test("that nothing can be written to is status 74, with the reason")
  func fullDisk() throws {
    let shop = try Self.shop()
    for reading in Reading.all {
      let words = reading.words.map { "'\($0)'" }.joined(separator: " ")
      for format in ["table", "json", "csv"] where reading.words != ["config", "check"] || format != "table" {
        let run = try shop.shell("\"$USHER\" \(words) -o \(format) > /dev/full")
        #expect(run.status == 74, "\(reading.words) as \(format)")
        #expect(
          run.errors.contains("usher: cannot write standard output\n  cause: No space left on device\n"),
          "\(run.errors)")
      }
    }
  }

  @Test("that nobody reads ends the program without a word")
  func closedPipe() throws {
    let shop = try Self.shop()
    for reading in Reading.all {
      let words = reading.words.map { "'\($0)'" }.joined(separator: " ")
      // The reader is gone before the program starts.
      let run = try shop.shell("exec 3> >(exec true); wait $!; \"$USHER\" \(words) -o json -q >&3; echo \"status $?\"")
      #expect(run.output == "status 74\n", "\(reading.words)")
      #expect(run.errors.isEmpty, "\(run.errors)")
    }
  }
}

/// A CSV text, read back by the rules of RFC 4180.
struct CSV {
  var records: [[String]] = []

  init(_ text: String) {
    var record: [String] = []
    var cell = ""
    var isQuoted = false
    var characters = Array(text.unicodeScalars)[...]
    while let character = characters.popFirst() {
      switch character {
      case "\"" where isQuoted && characters.first == "\"":
        cell += "\""
        characters.removeFirst()
      case "\"": isQuoted.toggle()
      case "," where !isQuoted:
        record.append(cell)
        cell = ""
      case "\r" where !isQuoted && characters.first == "\n": break
      case "\n" where !isQuoted:
        records.append(record + [cell])
        (record, cell) = ([], "")
      default: cell.unicodeScalars.append(character)
      }
    }
  }
}
