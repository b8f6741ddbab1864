import Redis
import Support
import Testing

@Suite("The question before a change")
struct ChangePromptTests {
  @Test("is asked with the plan above it, and yes is yes", arguments: Change.all)
  func yes(change: Change) throws {
    let shop = try change.shop()
    let before = try shop.state()
    let run = try shop.onTerminal(change.words, [.init("[y/N]", "y\n")])
    #expect(run.status == 0, "\(run.output)")
    #expect(try shop.state() != before)
    let question = try #require(run.output.split(separator: "\n").first { $0.contains("[y/N]") })
    #expect(question.contains("\(change.planned) ") || change.planned == 1, "\(question)")
    let plan = run.output.prefix { $0 != "?" }
    #expect(plan.contains("undone"), "\(plan)")
  }

  @Test("leaves everything as it is when the answer is no", arguments: Change.all)
  func no(change: Change) throws {
    let shop = try change.shop()
    let before = try shop.state()
    let wasUntouched = try shop.isUntouched
    let run = try shop.onTerminal(change.words, [.init("[y/N]", "n\n")])
    #expect(run.status == 77)
    #expect(run.output.hasSuffix("usher: nothing was changed\n") || run.output.contains("nothing was changed"))
    #expect(try shop.state() == before)
    #expect(try shop.isUntouched == wasUntouched)
  }

  @Test(
    "takes nothing for a yes that is none",
    arguments: [
      ("y\n", Int32(0)), ("YES\n", 0), ("  yes \n", 0), ("\n", 77), ("N\n", 77), ("yess\n", 77), ("5\n", 77),
      ("예\n", 77), ("y y\n", 77), ("\u{4}", 77), ("\u{3}", 130),
    ])
  func answers(typed: String, status: Int32) throws {
    let shop = try Shop()
    let run = try shop.onTerminal(["queue", "admit", "5"], [.init("[y/N]", typed)])
    #expect(run.status == status, "\(run.output)")
    #expect(try shop.redis.command("SCARD", "active_tokens") == .integer(status == 0 ? 5 : 0))
  }

  @Test(
    "in a protected context wants its name, letter by letter",
    arguments: [("sale\n", Int32(0)), ("Sale\n", 77), ("sal\n", 77), ("y\n", 77), ("\n", 77), ("\u{4}", 77)])
  func name(typed: String, status: Int32) throws {
    let shop = try Shop(isProtected: true)
    let run = try shop.onTerminal(
      ["queue", "admit", "5", "--reason", "INC-7"], [.init("type 'sale' to continue:", typed)])
    #expect(run.status == status, "\(run.output)")
    #expect(try shop.redis.command("SCARD", "active_tokens") == .integer(status == 0 ? 5 : 0))
  }

  @Test("is not asked where the answer was given, or where standard error goes elsewhere")
  func unasked() throws {
    let shop = try Shop()
    let given = try shop.onTerminal(["queue", "admit", "5", "--yes"])
    #expect(given.status == 0)
    #expect(!given.output.contains("[y/N]"))
    let elsewhere = try Binary.runInTerminal(
      program: "/bin/sh", ["-c", "\"$0\" queue admit 5 2>/dev/null; echo status $?", try Binary.path()],
      environment: shop.environment)
    #expect(elsewhere.output == "status 77\n")
  }

  @Test("does not hold up the answer to somebody who pipes the result away")
  func piped() throws {
    let shop = try Shop()
    let run = try Binary.runInTerminal(
      program: "/bin/sh", ["-c", "\"$0\" queue admit 5 -o json | wc -l", try Binary.path()],
      environment: shop.environment, script: [.init("[y/N]", "y\n")])
    #expect(run.output.contains("admit 5 of the 30 people waiting in queue 'tickets'?"))
    #expect(try shop.redis.command("SCARD", "active_tokens") == .integer(5))
  }

  @Test("is no yes to more than it named, when the plan grew while another held the lock", arguments: [true, false])
  func grown(isAsked: Bool) throws {
    let shop = try Shop()
    try shop.redis.command("SADD", "active_tokens", "a", "b", "c", "d")
    try shop.redis.command("SET", "usher:{waiting_tokens}:lock", "lee@ops-2 4711 x")
    // The other lets four people go and then the lock, once usher has tried to take it, so after its plan and the answer.
    let target = shop.server.target
    let other = Background { thread in
      let redis = try RedisConnection(target)
      func attempts() throws -> Substring? {
        try redis.command("INFO", "commandstats").string.firstMatch(of: #/cmdstat_set:calls=(\d+)/#)?.1
      }
      let before = try attempts()
      while try !thread.isStopping && attempts() == before {}
      try redis.command("MULTI")
      try redis.command("DEL", "active_tokens", "usher:{waiting_tokens}:lock")
      try redis.command("EXEC")
    }
    defer { try? other.stop() }
    let words = ["queue", "admit", "--fill-to", "10", "--wait", "60s"]
    let run = try isAsked ? shop.onTerminal(words, [.init("[y/N]", "y\n")]) : shop.run(words + ["--yes"])
    #expect(run.status == (isAsked ? 77 : 0), "\(run.output)")
    #expect(run.output.contains("the plan grew from 6 to 10") == isAsked, "\(run.output)")
    #expect(try shop.redis.command("SCARD", "active_tokens") == .integer(isAsked ? 0 : 10))
    #expect(try shop.redis.command("EXISTS", "usher:{waiting_tokens}:lock") == .integer(0))
  }
}
