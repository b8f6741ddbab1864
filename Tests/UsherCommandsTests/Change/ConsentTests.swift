import Support
import Testing

@Suite("Consent to a change")
struct ConsentTests {
  @Test("is missed before any store is reached, without a terminal and without --yes")
  func beforeConnecting() throws {
    let shop = try Shop()
    let away = ["USHER_REDIS": "redis://127.0.0.1:1", "USHER_POSTGRES": "host=127.0.0.1 port=1"]
    for change in Change.all {
      let run = try shop.run(change.words, also: away)
      #expect(run.status == 77, "\(change): \(run.errors)")
      #expect(run.output.isEmpty, "\(change)")
      let command = change.words.prefix(change.words[0] == "undo" ? 1 : 2).joined(separator: " ")
      #expect(
        run.errors == """
          usher: cannot ask for confirmation of 'usher \(command)' without a terminal
            hint: look at the plan with `--dry-run`, then add `--yes`

          """)
    }
  }

  static let incomplete: [(words: [String], error: String)] = [
    (["--yes"], "hint: add `--confirm sale --reason '…'`"),
    (["--yes", "--reason", "INC-7"], "hint: add `--confirm sale --reason '…'`"),
    (["--yes", "--confirm", "sale"], "so a reason is required"),
    (["--yes", "--confirm", "sale", "--reason", " \t "], "so a reason is required"),
    (["--yes", "--confirm", "Sale", "--reason", "INC-7"], "'--confirm Sale' is not its name"),
    (["--confirm", "sale", "--reason", "INC-7"], "without a terminal"),
  ]

  @Test(
    "in a protected context needs the name and a reason as well, and nothing happens without them",
    arguments: Change.all)
  func protected(change: Change) throws {
    let shop = try change.shop(isProtected: true)
    let before = try shop.state()
    for (words, error) in Self.incomplete {
      let run = try shop.run(change.words + words)
      #expect(run.status == 77, "\(words)")
      #expect(run.errors.contains(error), "\(words): \(run.errors)")
    }
    #expect(try shop.state() == before)
    let run = try shop.run(change.words + ["--yes", "--confirm", "sale", "--reason", "INC-7"])
    #expect(run.status == 0, "\(run.errors)")
    let newest = try #require(try shop.json(["history", "--limit", "1"]).list?.first)
    #expect(newest["reason"]?.text == "INC-7")
    #expect(newest["context"]?.text == "sale")
  }

  @Test("may come with a bound, and a plan beyond it is refused with its count", arguments: Change.all)
  func bound(change: Change) throws {
    let shop = try change.shop()
    let before = try shop.state()
    let refused = try shop.run(change.words + ["--yes", "--max-affected", "\(change.planned - 1)"])
    #expect(refused.status == 77)
    #expect(
      refused.errors.hasPrefix(
        "usher: the plan would change \(change.planned), but --max-affected allows only \(change.planned - 1)\n"))
    let dry = try shop.run(change.words + ["--dry-run", "--max-affected", "\(change.planned - 1)"])
    #expect(dry.status == 77)
    #expect(try shop.state() == before)
    let done = try shop.json(change.words + ["--yes", "--max-affected", "\(change.planned)"])
    #expect(done["changed"]?.number == Double(change.planned))
  }

  @Test("that is complete is silent under --quiet", arguments: Change.all)
  func quiet(change: Change) throws {
    let shop = try change.shop()
    let before = try shop.state()
    let run = try shop.run(change.words + ["--yes", "--quiet"])
    #expect(run.status == 0)
    #expect(run.output.isEmpty)
    #expect(run.errors.isEmpty, "\(run.errors)")
    #expect(try shop.state() != before)
  }
}

@Suite("A dry run")
struct DryRunTests {
  @Test("prints exactly the plan of the real run, and leaves no trace", arguments: Change.all)
  func equals(change: Change) throws {
    let shop = try change.shop()
    let before = try shop.state()
    let wasUntouched = try shop.isUntouched
    let plan = try shop.json(change.words + ["--dry-run"])
    #expect(try shop.state() == before)
    #expect(try shop.isUntouched == wasUntouched)
    #expect(plan["planned"]?.number == Double(change.planned))
    #expect(plan["dry_run"] == .boolean(true))
    #expect(plan["operation"] == .null)
    for count in ["changed", "failed", "skipped"] { #expect(plan[count]?.number == 0, "\(count)") }
    let real = try shop.json(change.words + ["--yes"])
    #expect(real["dry_run"] == .boolean(false))
    #expect(real["changed"]?.number == Double(change.planned))
    // What differs is when it was and what came of it; names are the same to the last.
    #expect(real.names == plan.names)
    let ofTheRun: Set = ["operation", "changed", "skipped", "dry_run", "duration_ms", "oldest_ms"]
    for name in plan.names where !ofTheRun.contains(name) { #expect(real[name] == plan[name], "\(name)") }
  }

  @Test("needs no consent, not even in a protected context", arguments: Change.all)
  func free(change: Change) throws {
    let shop = try change.shop(isProtected: true)
    let run = try shop.run(change.words + ["-n"])
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.hasPrefix("would "))
    #expect(run.output.hasSuffix("nothing was changed\n"))
  }

  @Test("of what is done already says so, in every format")
  func nothing() throws {
    let shop = try Shop()
    #expect(try shop.usher("cache", "warm", "concertOption", "--yes").status == 0)
    let text = try shop.usher("cache", "warm", "concertOption", "--dry-run")
    #expect(text.output == "nothing to do: cache concertOption contains all 6 entries already\n")
    let object = try shop.json(["cache", "warm", "concertOption", "--dry-run"])
    #expect(object["dry_run"] == .boolean(true))
    #expect(object["planned"]?.number == 0)
    #expect(object["undo"]?.text == "none: nothing was changed")
  }
}
