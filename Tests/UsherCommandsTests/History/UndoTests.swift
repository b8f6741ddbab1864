import Support
import Testing

@Suite("usher undo")
struct UndoCommandTests {
  @Test("is reported like every change, with what it takes back")
  func report() throws {
    let shop = try Shop()
    let admission = try shop.json(["queue", "admit", "3", "--yes"])
    #expect(admission["undoes"] == .null)
    let undo = try shop.json(["undo", "--last", "--yes"])
    #expect(undo.names == admission.names.filter { !["active", "capacity", "queue", "waiting"].contains($0) })
    #expect(undo["undoes"] == admission["operation"])
    #expect(undo["operation"] != admission["operation"])
    for (name, count) in [("planned", 3.0), ("changed", 3), ("failed", 0), ("skipped", 0)] {
      #expect(undo[name]?.number == count, "\(name)")
    }
    #expect(undo["dry_run"] == .boolean(false))
    #expect(undo["duration_ms"]?.number != nil)
    let dry = try shop.json(["queue", "admit", "3", "--yes"])["operation"].flatMap(\.text).map {
      try shop.json(["undo", $0, "--dry-run"])
    }
    #expect(try #require(dry)["undoes"] == (try shop.json(["history", "--limit", "1"]).list?.first?["operation"]))
  }

  @Test("takes back what somebody else did, and history says who did which")
  func somebodyElse() throws {
    let shop = try Shop()
    #expect(try shop.run(["queue", "admit", "3", "--yes"], also: ["USER": "lee"]).status == 0)
    #expect(try shop.run(["undo", "--last", "--yes"], also: ["USER": "park"]).status == 0)
    let rows = try #require(try shop.json(["history"]).list)
    #expect(rows.map { $0["actor"]?.text?.prefix { $0 != "@" } } == ["park", "lee"])
    #expect(rows[0]["undoes"] == rows[1]["operation"])
    #expect(rows[1]["undone_by"] == rows[0]["operation"])
    #expect(rows[1]["state"]?.text == "undone")
  }

  @Test("of the last is the newest over both stores, and repeating it takes nothing older back")
  func last() throws {
    let shop = try Shop()
    for words in [["queue", "admit", "2"], ["index", "drop", "seat_spare"]] {
      #expect(try shop.run(words + ["--yes"]).status == 0)
    }
    let undo = try shop.json(["undo", "--last", "--yes"])
    #expect(undo["target"]?.text == "index public.seat_spare")
    let before = try shop.state()
    let again = try shop.usher("undo", "--last", "--yes")
    #expect(again.status == 0)
    #expect(
      again.output == """
        nothing to do: index drop \(undo["undoes"]?.text ?? "") was undone already by \(undo["operation"]?.text ?? ""); to undo an \
        older operation, give its ID from `usher history`

        """)
    #expect(try shop.json(["undo", "--last", "--yes"])["changed"]?.number == 0)
    #expect(try shop.state() == before)
    #expect(try shop.redis.command("SCARD", "active_tokens") == .integer(2))
    // The older one goes by its name, and what comes after it is the newest again.
    let older = try #require(try shop.json(["history"]).list?.last?["operation"]?.text)
    #expect(try shop.usher("undo", older, "--yes").status == 0)
    #expect(try shop.usher("queue", "admit", "3", "--yes").status == 0)
    #expect(try shop.json(["undo", "--last", "--yes"])["changed"]?.number == 3)
  }

  @Test("of the last where nothing was ever changed says so")
  func lastOfNothing() throws {
    let nothing = try Shop().usher("undo", "--last", "--yes")
    #expect(nothing.status == 65)
    #expect(nothing.errors.hasPrefix("usher: no recent operation has changed anything\n"))
  }

  @Test("of the last refuses one that has no way back, rather than taking an older one")
  func noWayBack() throws {
    let shop = try Shop()
    for words in [["queue", "admit", "2"], ["cache", "evict", "concerts"]] {
      #expect(try shop.run(words + ["--yes"]).status == 0)
    }
    let refused = try shop.usher("undo", "--last", "--yes")
    #expect(refused.status == 77)
    #expect(refused.errors.contains("cannot be undone\n  cause: the service refills its caches at the next read"))
    #expect(try shop.usher("cache", "evict", "concertOption", "--yes").status == 0)
    let otherwise = try shop.usher("undo", "--last", "--yes")
    #expect(otherwise.status == 77)
    #expect(otherwise.errors.contains("hint: run `usher cache warm concertOption`"))
    #expect(try shop.redis.command("SCARD", "active_tokens") == .integer(2))
  }

  @Test(
    "a second time is refused with the operation that did it, in every format", arguments: ["table", "json", "csv"])
  func twice(format: String) throws {
    let shop = try Shop()
    let id = try #require(try shop.json(["queue", "admit", "3", "--yes"])["operation"]?.text)
    let undo = try #require(try shop.json(["undo", id, "--yes"])["operation"]?.text)
    let again = try shop.usher("undo", id, "--yes", "-o", format)
    #expect(again.status == 77)
    #expect(again.output.isEmpty)
    #expect(
      again.errors == """
        usher: queue admit \(id) was undone already
          cause: it was undone by \(undo)

        """)
    let ofTheUndo = try shop.usher("undo", undo, "--yes")
    #expect(ofTheUndo.status == 77)
    #expect(ofTheUndo.errors.contains("undo \(undo) cannot be undone\n  cause: an undo is final"))
  }

  @Test("leaves alone who has left the service meanwhile, and counts them as skipped")
  func movedOn() throws {
    let shop = try Shop()
    #expect(try shop.usher("queue", "admit", "5", "--yes").status == 0)
    try shop.redis.command("SREM", "active_tokens", "token-1", "token-3")
    let undo = try shop.json(["undo", "--last", "--yes"])
    #expect((undo["changed"]?.number, undo["skipped"]?.number) == (3, 2))
    #expect(
      try shop.redis.command("ZRANGE", "waiting_tokens", "0", "3").array.map { try $0.string } == [
        "token-0", "token-2", "token-4", "token-5",
      ])
  }

  @Test("of an operation that was killed takes back what it has done")
  func killed() throws {
    let shop = try Shop()
    let run = try shop.shell(
      """
      "$USHER" queue admit 30 --rate 20/s --yes & pid=$!
      until [ "$(redis-cli -s \(shop.server.socket) scard active_tokens)" -gt 0 ]; do sleep 0.01; done
      kill -9 $pid
      wait $pid
      """)
    #expect(run.status == 137)
    #expect(try shop.usher("undo", "--last", "--yes", "--wait", "60s").status == 0)
    #expect(try shop.redis.command("ZCARD", "waiting_tokens") == .integer(30))
    #expect(try shop.json(["history"]).list?.map { $0["state"]?.text } == ["done", "undone"])
  }

  @Test(
    "wants one operation, named or the last",
    arguments: [[], ["--last", "01JD3XJ8V6K2T9Q4M7R5N1C0AB"], ["a", "b"], ["not-an-id"]])
  func usage(words: [String]) throws {
    let shop = try Shop()
    let run = try shop.run(["undo", "--yes"] + words)
    #expect(run.status == 64, "\(run.errors)")
    #expect(run.output.isEmpty)
  }
}
