import Support
import Testing

@Suite("The way of a change")
struct ChangeFlowTests {
  @Test("without a terminal and without --yes it is refused before any store is reached")
  func refusesWithoutTerminal() throws {
    let place = try Workplace()
    place.environment["USHER_REDIS"] = "redis://127.0.0.1:1"
    let run = try place.usher("queue", "admit", "5")
    #expect(run.status == 77)
    #expect(run.output.isEmpty)
    #expect(run.errors.contains("--yes"))
    #expect(run.errors.contains("--dry-run"))
  }

  @Test("a dry run prints the plan, needs no consent, and leaves no trace")
  func dryRun() throws {
    let place = try Workplace()
    let run = try place.usher("queue", "admit", "5", "--dry-run")
    #expect(run.status == 0)
    #expect(run.output.hasPrefix("would admit 5 of the 100 people waiting in queue"))
    #expect(run.output.contains("token-0"))
    #expect(run.output.hasSuffix("nothing was changed\n"))
    #expect(try place.keys == ["waiting_tokens"])
  }

  @Test("a dry run as JSON has the counts of the plan and changes nothing")
  func dryRunJSON() throws {
    let place = try Workplace()
    let run = try place.usher("queue", "admit", "5", "-n", "-o", "json")
    #expect(run.output.contains(#""planned": 5"#))
    #expect(run.output.contains(#""changed": 0"#))
    #expect(run.output.contains(#""dry_run": true"#))
    #expect(run.output.contains(#""operation": null"#))
    #expect(try place.waiting == 100)
  }

  @Test("with --yes it changes, says what was done, and how to take it back")
  func changes() throws {
    let place = try Workplace()
    let run = try place.usher("queue", "admit", "5", "--yes", "--reason", "불이야")
    #expect(run.status == 0)
    #expect(run.output.hasPrefix("admitted 5 of 100"))
    #expect(run.output.contains("undo with: usher undo 01"))
    #expect(try (place.waiting, place.active) == (95, 5))
  }

  @Test("the JSON of a change is one object with the fields that scripts rely on")
  func changeJSON() throws {
    let place = try Workplace()
    let run = try place.usher("queue", "admit", "5", "--yes", "-o", "json")
    for field in [#""operation": "01"#, #""planned": 5"#, #""changed": 5"#, #""failed": 0"#, #""dry_run": false"#] {
      #expect(run.output.contains(field), "\(field)")
    }
    #expect(run.output.contains(#""duration_ms": "#))
    #expect(run.errors.isEmpty)
  }

  @Test("--quiet is silent on success, and not on refusal")
  func quiet() throws {
    let place = try Workplace()
    let run = try place.usher("queue", "admit", "5", "--yes", "-q")
    #expect((run.status, run.output, run.errors) == (0, "", ""))
    let refused = try place.usher("queue", "admit", "5", "-q")
    #expect(refused.status == 77)
    #expect(!refused.errors.isEmpty)
  }

  @Test("a plan larger than --max-affected is refused, and one as large is not")
  func bound() throws {
    let place = try Workplace()
    let refused = try place.usher("queue", "admit", "5", "--yes", "--max-affected", "4")
    #expect(refused.status == 77)
    #expect(refused.errors.contains("5"))
    #expect(try place.active == 0)
    #expect(try place.usher("queue", "admit", "5", "--yes", "--max-affected", "5").status == 0)
  }

  @Test("nothing to do is done, with status 0 and no record")
  func nothing() throws {
    let place = try Workplace(waiting: 0)
    let run = try place.usher("queue", "admit", "5", "--yes")
    #expect(run.status == 0)
    #expect(try place.keys == [])
  }

  @Test("on a terminal it shows the plan and asks with the count; no is no")
  func asks() throws {
    let place = try Workplace()
    let no = try place.onTerminal(["queue", "admit", "5"], [.init("[y/N]", "n\n")])
    #expect(no.output.contains("admit 5 of the 100 people waiting in queue"))
    #expect(no.output.contains("token-0"))
    #expect(no.output.contains("can be undone with"))
    #expect(no.status == 77)
    #expect(try place.active == 0)
    let empty = try place.onTerminal(["queue", "admit", "5"], [.init("[y/N]", "\n")])
    #expect(empty.status == 77)
    let yes = try place.onTerminal(["queue", "admit", "5"], [.init("[y/N]", "y\n")])
    #expect(yes.status == 0)
    #expect(try place.active == 5)
  }

  @Test("a lease that another holds is status 75 with its holder, and nothing changes")
  func locked() throws {
    let place = try Workplace()
    _ = try place.connection.command("SET", "usher:{waiting_tokens}:lock", "lee@ops-2 4711 x", "PX", "60000")
    let run = try place.usher("queue", "admit", "5", "--yes")
    #expect(run.status == 75)
    #expect(run.errors.contains("lee@ops-2"))
    #expect(try place.active == 0)
  }

  @Test("--wait waits for another's lease to run out")
  func waits() throws {
    let place = try Workplace()
    _ = try place.connection.command("SET", "usher:{waiting_tokens}:lock", "lee@ops-2 4711 x", "PX", "300")
    #expect(try place.usher("queue", "admit", "5", "--yes", "--wait", "30s").status == 0)
    #expect(try place.active == 5)
  }

  @Test("a password on the command line is refused, and not repeated")
  func passwordOnCommandLine() throws {
    let run = try Binary.run(["queue", "status", "--redis", "redis://:hunter2@cache-1:6379"])
    #expect(run.status == 64)
    #expect(!run.errors.contains("hunter2"))
    #expect(run.errors.contains("USHER_REDIS"))
  }
}

@Suite("A protected context")
struct ProtectedContextTests {
  @Test("it needs its name and a reason, and is left alone without them")
  func needsBoth() throws {
    let place = try Workplace(protected: true)
    let bare = try place.usher("queue", "admit", "5", "--yes")
    #expect(bare.status == 77)
    #expect(bare.errors.contains("--confirm sale"))
    let wrong = try place.usher("queue", "admit", "5", "--yes", "--confirm", "sail", "--reason", "x")
    #expect(wrong.status == 77)
    let unreasoned = try place.usher("queue", "admit", "5", "--yes", "--confirm", "sale")
    #expect(unreasoned.status == 77)
    #expect(unreasoned.errors.contains("--reason"))
    #expect(try place.keys == ["waiting_tokens"])
    let both = try place.usher("queue", "admit", "5", "--yes", "--confirm", "sale", "--reason", "INC-7")
    #expect(both.status == 0)
  }

  @Test("on a terminal its name is typed")
  func typed() throws {
    let place = try Workplace(protected: true)
    let words = ["queue", "admit", "5", "--reason", "INC-7"]
    let wrong = try place.onTerminal(words, [.init("to continue:", "y\n")])
    #expect(wrong.status == 77)
    #expect(try place.active == 0)
    let right = try place.onTerminal(words, [.init("to continue:", "sale\n")])
    #expect(right.status == 0)
    #expect(try place.active == 5)
  }

  @Test("a dry run is free")
  func dryRun() throws {
    let place = try Workplace(protected: true)
    #expect(try place.usher("queue", "admit", "5", "--dry-run").status == 0)
  }
}

@Suite("History and undo")
struct HistoryTests {
  @Test("history says who did what, why, and what became of it")
  func history() throws {
    let place = try Workplace()
    _ = try place.usher("queue", "admit", "5", "--yes", "--reason", "INC-7 불이야")
    let run = try place.usher("history", "-o", "json")
    for part in [
      #""command": "queue admit""#, #""target": "queue tickets""#, #""state": "done""#, #""changed": 5"#,
      #""reason": "INC-7 불이야""#, #""actor": "kim@"#, #""context": "sale""#, "usher queue admit 5 --yes --reason",
      #""undo": "automatic""#,
    ] { #expect(run.output.contains(part), "\(part)") }
  }

  @Test("undo puts the people back where they stood, once")
  func undo() throws {
    let place = try Workplace()
    let before = try place.connection.command("ZRANGE", "waiting_tokens", "0", "-1", "WITHSCORES")
    _ = try place.usher("queue", "admit", "30", "--yes")
    let plan = try place.usher("undo", "--last", "--dry-run")
    #expect(plan.status == 0)
    #expect(plan.output.contains("30"))
    let run = try place.usher("undo", "--last", "--yes")
    #expect(run.status == 0)
    #expect(try place.connection.command("ZRANGE", "waiting_tokens", "0", "-1", "WITHSCORES") == before)
    #expect(try place.active == 0)
    let again = try place.usher("undo", "--last", "--yes")
    #expect(again.status == 0)
    #expect(
      again.output.hasPrefix("nothing to do: queue admit ") && again.output.contains(" was undone already by "))
    let states = try place.usher("history", "-o", "jsonl").output
    #expect(states.contains(#""state":"undone""#) || states.contains(#""state": "undone""#))
  }

  @Test("an operation that was taken back is refused with the one that did it")
  func twice() throws {
    let place = try Workplace()
    _ = try place.usher("queue", "admit", "3", "--yes")
    let listed = try place.usher("history", "-o", "csv").output
    let id = try #require(listed.firstMatch(of: #/01[0-9A-Z]{24}/#)).output
    #expect(try place.usher("undo", String(id), "--yes").status == 0)
    let again = try place.usher("undo", String(id), "--yes")
    #expect(again.status == 77)
    #expect(again.errors.contains("was undone already"))
    #expect(try place.active == 0)
  }

  @Test("an id of the wrong form is a usage error, an unknown one bad input")
  func unknown() throws {
    let place = try Workplace()
    #expect(try place.usher("undo", "xyz", "--yes").status == 64)
    #expect(try place.usher("undo", "01JD3XJ8V6K2T9Q4M7R5N1C0AB", "--yes").status == 65)
    #expect(try place.usher("history", "01JD3XJ8V6K2T9Q4M7R5N1C0AB").status == 65)
  }

  @Test("history of a store that nobody changed is empty, not an error")
  func empty() throws {
    let run = try Workplace().usher("history", "-o", "json")
    #expect((run.status, run.output) == (0, "[]\n"))
  }
}
