import Support
import Testing

/// What a person sees whose terminal is narrow.
@Suite("On a narrow terminal")
struct NarrowTerminalTests {
  static let widths: [UInt16] = [40, 80, 120]

  /// The lines that the terminal would have to break, but for those with one piece that may be copied and has no room: a name, a
  /// command.
  private static func broken(_ text: String, _ columns: UInt16) -> [Substring] {
    text.replacing(#/\u{1b}\[[0-9;]*[mK]/#, with: "").split(separator: "\n").filter { line in
      let longest = line.split(separator: " ").map(\.count).max() ?? 0
      return line.count > columns && longest < Int(columns) - 20 && !line.contains("usher ")
    }
  }

  @Test("every command that reads fits", arguments: Reading.all.map(\.words))
  func reading(words: [String]) throws {
    let shop = try Shop()
    #expect(
      try shop.run(["queue", "admit", "3", "--yes", "--reason", "the sale of tomorrow, which many wait for"]).status
        == 0)
    #expect(try shop.run(["index", "create", "seat", "status", "concert_option_id", "--yes"]).status == 0)
    for columns in Self.widths {
      let run = try shop.onTerminal(words, columns: columns)
      #expect(run.status == 0, "\(run.output)")
      #expect(Self.broken(run.output, columns) == [], "\(columns): \(run.output)")
    }
  }

  @Test("every plan and question fits, and the answer is read", arguments: Change.all)
  func changing(change: Change) throws {
    let shop = try change.shop()
    for columns in Self.widths {
      let plan = try shop.onTerminal(change.words + ["--dry-run"], columns: columns)
      #expect(plan.status == 0)
      #expect(Self.broken(plan.output, columns) == [], "\(columns): \(plan.output)")
      let asked = try shop.onTerminal(change.words, columns: columns, [.init("[y/N] ", "n\n")])
      #expect(asked.status == 77)
      #expect(Self.broken(asked.output, columns) == [], "\(columns): \(asked.output)")
    }
  }

  @Test("ids and commands to be pasted are in one piece", arguments: widths)
  func pieces(columns: UInt16) throws {
    let shop = try Shop()
    let done = try shop.onTerminal(["queue", "admit", "3", "--yes"], columns: columns)
    let undo = try #require(done.output.firstMatch(of: #/usher undo ([0-9A-Z]{26})/#))
    #expect(try shop.onTerminal(["history"], columns: columns).output.contains(undo.1))
    #expect(
      try shop.onTerminal(["history", String(undo.1)], columns: columns).output.contains("usher queue admit 3 --yes"))
    let plan = try shop.onTerminal(["index", "create", "seat", "status", "--dry-run"], columns: columns)
    #expect(plan.output.contains("usher index drop public.seat_status_idx"))
  }

  @Test("errors, causes and hints go on under their text, and a pipe has each in one line")
  func errors() throws {
    let shop = try Shop()
    let words = ["queue", "status", "--redis", "redis://127.0.0.1:1/0"]
    let shown = try shop.onTerminal(words + ["--color", "never"], columns: 40)
    let piped = try shop.run(words)
    #expect(shown.status == piped.status)
    #expect(Self.broken(shown.output, 40) == [], "\(shown.output)")
    #expect(shown.output.split(whereSeparator: \.isWhitespace) == piped.errors.split(whereSeparator: \.isWhitespace))
    for line in shown.output.split(separator: "\n") {
      #expect(line.contains(#/^usher: |^ {7}\S|^  (cause|hint): |^ {8,9}\S/#), "\(line)")
    }
    #expect(piped.errors.split(separator: "\n").allSatisfy { $0.contains(": ") })
  }

  @Test("a usage error and the short help fit too", arguments: widths)
  func usage(columns: UInt16) throws {
    let shop = try Shop()
    for words in [["queue"], ["queue", "admit", "-h"], ["query", "slow", "-h"], ["queue", "admit", "--fil-to", "5"]] {
      let shown = try shop.onTerminal(words, columns: columns)
      #expect(Self.broken(shown.output, columns) == [], "\(columns): \(shown.output)")
      #expect(!shown.output.contains("…"))
    }
    let piped = try shop.run(["query", "slow", "-h"])
    #expect(
      piped.output.contains("--min-mean DURATION  Leave out statements with a smaller mean time\n"))
  }
}
