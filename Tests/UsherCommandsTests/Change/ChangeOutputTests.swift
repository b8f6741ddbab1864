import Support
import Testing

@Suite("The result of a change")
struct ChangeOutputTests {
  /// Sizes differ from version to version.
  private func filtered(_ run: Binary.Run) -> Binary.Run {
    let output = run.output.replacing(#/"([a-z_]*bytes)": \d+/#) { "\"\($0.1)\": <bytes>" }
      .replacing(#/[\d.]+ (KiB|MiB)/#, with: "<size>")
      .replacing(#/"(oldest_ms|estimate_m\w\w_ms)": \d+/#) { "\"\($0.1)\": <ms>" }
      .replacing(#/oldest: \S+( \S+)?\n/#, with: "oldest: <age>\n")
      .replacing(#/about \S+ to \S+, by/#, with: "about <time> to <time>, by")
    return Binary.Run(status: run.status, output: output, errors: run.errors)
  }

  struct Example: Sendable, CustomTestStringConvertible {
    var name: String
    var words: [String]
    /// What the change says.
    var output: String
    var errors = ""
    /// Why undo does not take it back; nil where it does.
    var undoRefusal: String?
    var testDescription: String { name }
  }

  static let examples = [
    Example(
      name: "cache-evict",
      words: ["cache", "evict", "concerts"],
      output: "evicted 1 key: cache concerts; the service refills its caches at the next read",
      undoRefusal: """
        usher: cache evict <operation> cannot be undone
          cause: the service refills its caches at the next read
        """),
    Example(
      name: "cache-warm",
      words: ["cache", "warm", "concertOption", "--overwrite"],
      output: "wrote 6 entries to cache concertOption; overwritten entries are not kept",
      errors: "warning: 4 existing entries will be overwritten",
      undoRefusal: """
        usher: cache warm <operation> cannot be undone
          cause: overwritten entries are not kept
        """),
    Example(
      name: "index-create",
      words: ["index", "create", "seat", "status", "--where", "price > 0"],
      output:
        "created index 'public.seat_status_idx' on 'public.seat'; undo with: usher index drop public.seat_status_idx",
      undoRefusal: """
        usher: index create <operation> is not undone by `usher undo`
          hint: run `usher index drop public.seat_status_idx`
        """),
    Example(
      name: "index-drop",
      words: ["index", "drop", "seat_spare"],
      output: "dropped index 'public.seat_spare'; undo with: usher undo <operation>"),
    Example(
      name: "outbox-replay",
      words: ["outbox", "replay", "--limit", "3"],
      output: "published 3 of 3 events; undo with: usher undo <operation>"),
  ]

  @Test("is what the plan said, in words and as an object; so is taking it back", arguments: examples)
  func whole(example: Example) throws {
    let (name, words) = (example.name, example.words)
    try Snapshot.match(filtered(try Shop().run(words + ["--dry-run"])), "\(name)-plan")
    let shop = try Shop()
    try Snapshot.match(filtered(try shop.run(words + ["--yes"])), output: example.output, errors: example.errors)
    let undone = filtered(try shop.run(["undo", "--last", "--yes", "-o", "json"]))
    if let refusal = example.undoRefusal {
      try Snapshot.match(undone, status: 77, errors: refusal)
    } else {
      try Snapshot.match(undone, "\(name)-undo-json")
    }
    try Snapshot.match(filtered(try Shop().run(words + ["--yes", "-o", "json"])), "\(name)-json")
  }

  @Test("has the same names in every command, so that one script reads them all")
  func sameNames() throws {
    let names = try Change.all.map { change in Set(try change.shop().json(change.words + ["--dry-run"]).names) }
    let common = names.dropFirst().reduce(names[0]) { $0.intersection($1) }
    #expect(
      common == [
        "action", "changed", "changed_is_at_least", "dry_run", "duration_ms", "estimate_max_ms", "estimate_min_ms",
        "failed", "interrupted",
        "operation", "planned", "planned_is_estimate", "sample", "skipped", "target", "undo", "undoes", "warnings",
      ])
  }

  @Test("that cannot be written is said on standard error, because the change stands", arguments: Change.all)
  func fullDisk(change: Change) throws {
    let shop = try change.shop()
    let before = try shop.state()
    let words = change.words.map { "'\($0)'" }.joined(separator: " ")
    let run = try shop.shell("\"$USHER\" \(words) --yes > /dev/full")
    #expect(run.status == 74)
    #expect(
      run.errors.contains("usher: cannot write standard output\n  cause: No space left on device\n"), "\(run.errors)")
    #expect(run.errors.contains("undo") || change.words[0] == "cache", "\(run.errors)")
    #expect(try shop.state() != before)
    #expect(try shop.json(["history", "--limit", "1"]).list?.first?["state"]?.text == "done")
  }

  @Test("that nobody reads is said on standard error too", arguments: ["table", "json", "jsonl", "csv"])
  func closedPipe(format: String) throws {
    let shop = try Shop()
    let run = try shop.shell(
      "exec 3> >(exec true); wait $!; \"$USHER\" queue admit 5 --yes -o \(format) >&3; echo \"status $?\"")
    #expect(run.output == "status 74\n")
    #expect(run.errors.hasPrefix("admitted 5 of 30; undo with: usher undo 01"), "\(run.errors)")
    #expect(try shop.redis.command("SCARD", "active_tokens") == .integer(5))
  }

  @Test("that neither stream takes leaves its mark in the history alone")
  func nowhere() throws {
    let shop = try Shop()
    let run = try shop.shell("\"$USHER\" queue admit 5 --yes > /dev/full 2> /dev/full")
    #expect(run.status == 74)
    #expect(try shop.json(["history"]).list?.first?["changed"]?.number == 5)
  }
}

@Suite("Tokens and keys that are not text")
struct BinaryNameTests {
  private let cafe: [UInt8] = Array("caf".utf8) + [0xE9]

  @Test("are shown with their bytes escaped in a plan, and moved as they are")
  func token() throws {
    let shop = try Shop()
    try shop.redis.command("ZADD", "waiting_tokens", "1", .init(cafe))
    try shop.redis.command("ZADD", "waiting_tokens", "2", "대기")
    let plan = try shop.usher("queue", "admit", "2", "--dry-run")
    #expect(plan.output.contains("\n  caf\\xe9\n  대기\n"), "\(plan.output)")
    #expect(try shop.json(["queue", "admit", "2", "-n"])["sample"] == .list([.text("caf\\xe9"), .text("대기")]))
    #expect(try shop.usher("queue", "admit", "2", "--yes").status == 0)
    #expect(try shop.redis.command("SISMEMBER", "active_tokens", .init(cafe)) == .integer(1))
    #expect(try shop.usher("undo", "--last", "--yes").status == 0)
    #expect(try shop.redis.command("ZSCORE", "waiting_tokens", .init(cafe)).string == "1")
  }

  @Test("are evicted by a prefix, and shown so before")
  func key() throws {
    let shop = try Shop()
    let key = Array("concertOption::".utf8) + [0xFF]
    try shop.redis.command("SET", .init(key), "x")
    let plan = try shop.json(["cache", "evict", "concertOption", "-n"])
    #expect(plan["sample"]?.list?.contains(.text("concertOption::\\xff")) == true)
    #expect(try shop.usher("cache", "evict", "concertOption", "--yes").status == 0)
    #expect(try shop.redis.command("EXISTS", .init(key)) == .integer(0))
  }

  @Test("cannot be given on the command line, and the word is refused with its bytes")
  func words() throws {
    let shop = try Shop()
    for words in ["cache evict --key $'caf\\xe9' --yes", "queue admit 1 --reason $'\\xff' --yes", "undo $'\\xff'"] {
      let run = try shop.shell("\"$USHER\" \(words)")
      #expect(run.status == 64)
      #expect(run.errors.contains("is not valid UTF-8"), "\(run.errors)")
    }
  }

  @Test("in a config file are told with their place")
  func config() throws {
    let shop = try Shop()
    let run = try shop.shell(
      "printf 'queues:\\n  q: { preset: set-ttl, waiting: \"\\xe9\" }\\n' > $USHER_CONFIG; \"$USHER\" config check")
    #expect(run.status == 78)
    #expect(run.errors == "usher: \(shop.configPath):2:35: the text is not UTF-8\n")
  }
}
