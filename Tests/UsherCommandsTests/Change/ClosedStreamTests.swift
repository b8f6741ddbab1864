import Support
import Testing

@Suite("Streams that whoever starts usher has closed")
struct ClosedStreamTests {
  private func line(_ words: [String]) -> String {
    "\"$USHER\" " + words.map { "'\($0)'" }.joined(separator: " ")
  }

  private static let said = "usher: cannot write standard output\n  cause: it is closed, or not open for writing\n"

  @Test("standard output ends a change before it starts, in every format", arguments: Change.all)
  func output(change: Change) throws {
    let shop = try change.shop()
    let before = try shop.state()
    let history = try shop.json(["history"]).list?.count
    for format in ["table", "json"] {
      let run = try shop.shell(line(change.words) + " --yes -o \(format) >&-")
      #expect(run.status == 74)
      #expect(run.errors == Self.said)
    }
    #expect(try shop.state() == before)
    #expect(try shop.json(["history"]).list?.count == history)
  }

  @Test("standard output is not missed where nothing is written to it")
  func quiet() throws {
    let shop = try Shop()
    let run = try shop.shell(line(["queue", "admit", "5", "--yes", "-q"]) + " >&-")
    #expect(run.status == 0, "\(run.errors)")
    #expect(try shop.redis.command("SCARD", "active_tokens") == .integer(5))
  }

  @Test("standard output is missed by what only reads", arguments: [["queue", "status"], ["--version"], ["history"]])
  func reading(words: [String]) throws {
    let run = try Shop().shell(line(words) + " >&-")
    #expect(run.status == 74)
    #expect(run.errors == Self.said)
  }

  @Test("events for standard output are not sent anywhere else", arguments: ["", " -q"])
  func events(quiet: String) throws {
    let shop = try Shop()
    let run = try shop.shell(line(["outbox", "replay", "--to", "stdout", "--yes"]) + quiet + " >&-")
    #expect(run.status == 74)
    #expect(run.errors == Self.said)
    #expect(try shop.isUntouched)
  }

  @Test("standard error does not end a change, whatever it would have said", arguments: Change.all)
  func errors(change: Change) throws {
    let shop = try change.shop()
    let before = try shop.state()
    let run = try shop.shell(line(change.words) + " --yes 2>&-")
    #expect(run.status == 0)
    #expect(!run.output.isEmpty)
    #expect(try shop.state() != before)
    #expect(try shop.json(["history", "--limit", "1"]).list?.first?["state"]?.text == "done")
  }

  @Test("a warning for a closed standard error goes nowhere, and all three may be closed")
  func warning() throws {
    let shop = try Shop()
    #expect(try shop.shell(line(["queue", "admit", "25", "--yes"]) + " <&- 2>&-").status == 0)
    #expect(try shop.shell(line(["undo", "--last", "--yes", "-q"]) + " <&- >&- 2>&-").status == 0)
    #expect(try shop.redis.command("ZCARD", "waiting_tokens") == .integer(30))
    #expect(try shop.json(["history"]).list?.map { $0["state"]?.text } == ["done", "undone"])
  }
}

@Suite("A change under --quiet")
struct QuietChangeTests {
  @Test(
    "says nothing when it is done as asked, whatever its plan warned of",
    arguments: [["queue", "admit", "25"], ["cache", "warm", "concertOption", "--overwrite"]])
  func silent(words: [String]) throws {
    let loud = try Shop().run(words + ["--yes"])
    #expect(loud.status == 0)
    let quiet = try Shop().run(words + ["--yes", "-q"])
    #expect(quiet.status == 0)
    #expect(quiet.output.isEmpty && quiet.errors.isEmpty, "\(quiet)")
  }

  @Test("has its warnings in JSON, and a dry run has them on standard error as the real run does")
  func warnings() throws {
    let shop = try Shop()
    let words = ["queue", "admit", "25", "-o", "json"]
    let dry = try shop.run(words + ["--dry-run"])
    let real = try shop.run(words + ["--yes", "-q"])
    #expect(dry.errors.hasPrefix("warning: "), "\(dry.errors)")
    #expect(real.errors.isEmpty)
    let warnings = try JSONValue(parsing: real.output)["warnings"]?.list
    #expect(warnings?.isEmpty == false)
    #expect(try JSONValue(parsing: dry.output)["warnings"]?.list == warnings)
  }

  @Test("and an error is still said")
  func error() throws {
    let run = try Shop().usher("cache", "evict", "nonesuch", "--yes", "-q")
    #expect(run.status == 64)
    #expect(run.errors.hasPrefix("usher: "))
  }

  @Test("a dry run on a store that takes no change says that the real run would be refused")
  func readOnly() throws {
    let shop = try Shop()
    try shop.redis.command("REPLICAOF", "127.0.0.1", "1")
    let admission = try shop.usher("cache", "evict", "concerts", "--dry-run")
    #expect(admission.status == 0)
    #expect(admission.errors.contains("would be refused: Redis at \(shop.server.socket) is a read-only replica"))
    #expect(try shop.usher("cache", "evict", "concerts", "--yes").status == 77)
    let stream = try shop.usher("outbox", "replay", "--yes")
    #expect(stream.status == 77, "\(stream)")
    #expect(stream.errors.contains("is a read-only replica"), "\(stream.errors)")
    #expect(try shop.postgres.query("SELECT FROM outbox_event WHERE status <> 'INIT'").isEmpty)
    let options = ["PGOPTIONS": "-c default_transaction_read_only=on"]
    let replay = try shop.run(["outbox", "replay", "--to", "stdout", "--dry-run"], also: options)
    #expect(replay.status == 0, "\(replay.errors)")
    #expect(replay.errors.contains("would be refused: transactions are read-only here"), "\(replay.errors)")
    #expect(try shop.run(["outbox", "replay", "--to", "stdout", "--yes"], also: options).status == 77)
  }
}
