import Support
import Testing

/// What reads, on a terminal.
@Suite("Output for a person")
struct TerminalOutputTests {
  /// The text without its colours, and how much of it was coloured.
  private static func plain(_ text: String) -> (text: String, isColored: Bool) {
    let plain = text.replacing(#/\u{1b}\[[0-9;]*m/#, with: "")
    return (plain, plain != text)
  }

  @Test("fits the terminal, however narrow")
  func fits() throws {
    let shop = try Shop()
    for reading in Reading.all {
      for columns: UInt16 in [200, 120] {
        let run = try shop.onTerminal(reading.words, columns: columns)
        #expect(run.status == 0, "\(run.output)")
        let lines = Self.plain(run.output).text.split(separator: "\n")
        // Hints are sentences, and the tree of a plan is as wide as it is.
        let table = lines.prefix { !$0.hasPrefix("hint:") && !$0.hasPrefix("warning:") }
        guard !reading.words.contains("explain") else { continue }
        #expect(table.allSatisfy { $0.count <= columns }, "\(run.output)")
      }
    }
  }

  @Test("is coloured only where it is asked for")
  func colored() throws {
    let shop = try Shop()
    for reading in Reading.all where reading.words != ["config", "check"] {
      #expect(Self.plain(try shop.onTerminal(reading.words).output).isColored, "\(reading.words)")
      #expect(!Self.plain(try shop.onTerminal(reading.words + ["--color", "never"]).output).isColored)
      let dumb = try Binary.runInTerminal(reading.words, environment: shop.environment.merging(["TERM": "dumb"]) { $1 })
      #expect(!Self.plain(dumb.output).isColored, "\(reading.words)")
      let without = try Binary.runInTerminal(
        reading.words, environment: shop.environment.merging(["NO_COLOR": "1"]) { $1 })
      #expect(!Self.plain(without.output).isColored, "\(reading.words)")
      #expect(Self.plain(try shop.run(reading.words + ["--color=always"]).output).isColored, "\(reading.words)")
      #expect(!Self.plain(try shop.run(reading.words).output).isColored)
    }
  }

  @Test("as JSON and CSV is never coloured, whoever looks on", arguments: ["json", "jsonl", "csv"])
  func formats(format: String) throws {
    let shop = try Shop()
    for words in [["status"], ["doctor"], ["config", "show"], ["queue", "admit", "2", "--dry-run"]] {
      let run = try shop.run(words + ["-o", format, "--color", "always"])
      #expect(run.status == 0)
      #expect(!run.output.contains("\u{1b}["), "\(words)")
    }
  }

  @Test("shows verdicts in colours that say them")
  func verdicts() throws {
    let shop = try Shop()
    try shop.redis.command("SET", "active_tokens", "x")
    let run = try shop.run(["status", "--color", "always"])
    #expect(run.output.contains("\u{1b}[32mok\u{1b}[0m"))
    #expect(run.output.contains("\u{1b}[33mwarning\u{1b}[0m"))
    #expect(run.output.contains("\u{1b}[31mcritical\u{1b}[0m"))
    #expect(run.errors.hasPrefix("\u{1b}[31musher:\u{1b}[0m "))
  }

  @Test("of a long change says how far it is, and takes the line away at the end")
  func progress() throws {
    let shop = try Shop()
    for start in stride(from: 0, to: 3_000, by: 500) {
      let members = (start..<start + 500).flatMap { ["1700000000000", "person-\($0)"] }
      try shop.redis.command(["ZADD", "waiting_tokens"] + members.map { .init($0) })
    }
    let run = try shop.onTerminal(["queue", "admit", "2000", "--yes", "--rate", "1000/s"])
    #expect(run.status == 0)
    let drawn = run.output.matches(of: #/queue admit  ([\d,]+) of 2,000 \(\d+%\)/#)
    #expect(drawn.count >= 2)
    let lastFrame = try #require(run.output.ranges(of: "\u{1b}[K").last?.upperBound)
    #expect(Self.plain(String(run.output[lastFrame...])).text.contains("admitted 2,000 of 3,030"))
    let piped = try shop.run(["undo", "--last", "--yes"])
    #expect(!piped.errors.contains("\r") && !piped.output.contains("\r"))
  }

  @Test("keeps what is in the data from steering the terminal")
  func controls() throws {
    let shop = try Shop()
    try shop.redis.command("ZADD", "waiting_tokens", "1", "\u{1b}]0;owned\u{7}\u{202e}token")
    try shop.redis.command("SET", "concertOption::\u{1b}[2J", "x")
    for words in [["queue", "admit", "1", "--dry-run"], ["cache", "evict", "concertOption", "--dry-run"]] {
      let run = try shop.onTerminal(words + ["--color=never"])
      #expect(run.status == 0)
      #expect(!run.output.contains("\u{1b}") && !run.output.contains("\u{7}") && !run.output.contains("\u{202e}"))
      #expect(run.output.contains(#"\x1b"#))
    }
  }
}
