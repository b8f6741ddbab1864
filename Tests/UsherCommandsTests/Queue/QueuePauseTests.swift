import Redis
import Support
import Testing

@Suite("usher queue pause and resume")
struct QueuePauseTests {
  private static let told =
    "preset: set-ttl, waiting: waiting, active: active, active-ttl: 300s, pause-key: 'queue:stop'"

  @Test("a pause says what it holds, is recorded, refuses admissions with 77, and is ended")
  func story() throws {
    let program = try QueueProgram(Self.told)
    try program.enqueue(18)
    try program.redis.command("SADD", "active", "a", "b")
    try program.redis.command("PEXPIRE", "active", "20000")
    let plan = try program.run("queue", "pause", "--for", "10m", "--dry-run")
    #expect(plan.status == 0)
    #expect(plan.output.hasPrefix("would pause queue 'tickets' for 10m, until 20"), "\(plan.output)")
    #expect(plan.output.contains("\npause key: queue:stop\n") && plan.output.contains("\nactive until: 20"))
    #expect(plan.errors == "")
    #expect(try program.redis.command("KEYS", "usher:*") == .array([]))

    let pause = try program.run("queue", "pause", "--for", "10m", "--yes", "--reason", "payments are slow")
    #expect(pause.output.hasPrefix("paused queue 'tickets' until 20"), "\(pause.output)\(pause.errors)")
    #expect(pause.output.contains("; undo with: usher undo 01"))
    #expect((890_000...900_000).contains(try program.redis.command("PTTL", "active").integer))
    #expect((590_000...600_000).contains(try program.redis.command("PTTL", "queue:stop").integer))

    for words in [["5"], ["--rate", "7/s", "--for", "1m"], ["5", "--dry-run"]] {
      let refused = try Binary.run(["queue", "admit", "--yes"] + words, environment: program.environment)
      #expect(refused.status == 77)
      #expect(refused.output == "")
      #expect(refused.errors.hasPrefix("usher: queue 'tickets' is paused until 20"), "\(refused.errors)")
      #expect(refused.errors.contains(" by kim@") && refused.errors.contains("`usher queue resume --queue tickets`"))
    }
    #expect(try program.waitingCount() == 18)

    let shorter = try program.run("queue", "pause", "--for", "1m", "--yes")
    #expect(shorter.status == 0)
    #expect(shorter.output.hasPrefix("nothing to do: queue 'tickets' is paused until 20"))

    let resume = try program.run("queue", "resume", "--yes")
    #expect(resume.output.hasPrefix("ended the pause of queue 'tickets'; undo with: usher queue pause --for "))
    #expect(try program.redis.command("EXISTS", "queue:stop", "usher:{waiting}:paused") == .integer(0))
    #expect((290_000...300_000).contains(try program.redis.command("PTTL", "active").integer))
    let again = try program.run("queue", "resume", "--yes")
    #expect((again.status, again.output) == (0, "nothing to do: queue 'tickets' is not paused\n"))
    #expect(try program.run("queue", "admit", "5", "--yes").status == 0)
    let history = try program.run("history", "-o", "csv").output
    #expect(history.contains("payments are slow") && history.contains("queue resume"))
  }

  @Test("without a key for the service it says that only usher is held")
  func untold() throws {
    let program = try QueueProgram()
    let run = try program.run("queue", "pause", "--for", "10m", "--yes")
    #expect(run.status == 0)
    #expect(run.errors.hasPrefix("warning: the pause stops only `usher queue admit`"))
  }

  @Test("a key that somebody else has set stays, and that is said")
  func foreignKey() throws {
    let program = try QueueProgram(Self.told)
    try program.redis.command("SET", "queue:stop", "by hand")
    let pause = try program.run("queue", "pause", "--for", "10m", "--yes")
    #expect(pause.errors.contains("the key 'queue:stop' was set by somebody else"), "\(pause.errors)")
    #expect(try program.run("queue", "resume", "--yes").status == 0)
    #expect(try program.redis.command("GET", "queue:stop").string == "by hand")
  }

  @Test("undo of a pause ends it, once, and is refused when the pause is another's by now")
  func undo() throws {
    let program = try QueueProgram(Self.told)
    #expect(try program.run("queue", "pause", "--for", "10m", "--yes").status == 0)
    let first = try program.newestOperation()
    #expect(try program.run("queue", "pause", "--for", "20m", "--yes").status == 0)
    let second = try program.newestOperation()
    let refused = try program.run("undo", first, "--yes")
    #expect(refused.status == 77)
    #expect(refused.errors.contains("extended meanwhile by kim@") && refused.errors.contains(second))
    #expect(try program.run("undo", second, "--yes").status == 0)
    #expect((590_000...600_000).contains(try program.redis.command("PTTL", "usher:{waiting}:paused").integer))
    let undo = try program.run("undo", first, "--yes")
    #expect(undo.output.hasPrefix("ended the pause of queue 'tickets';"), "\(undo.output)\(undo.errors)")
    #expect(try program.redis.command("EXISTS", "queue:stop", "usher:{waiting}:paused") == .integer(0))
    #expect(try program.run("undo", first, "--yes").status == 77)
  }

  @Test("an undo of a pause that has ended by itself has nothing to do")
  func undoTooLate() throws {
    let program = try QueueProgram(Self.told)
    #expect(try program.run("queue", "pause", "--for", "10m", "--yes").status == 0)
    try program.redis.command("DEL", "usher:{waiting}:paused")
    let run = try program.run("undo", "--last", "--yes")
    #expect(run.status == 0)
    #expect(run.output.hasPrefix("nothing to do: everything of "), "\(run.output)\(run.errors)")
  }

  @Test("no time, no consent, or a queue that is none, changes nothing")
  func refusals() throws {
    let program = try QueueProgram(Self.told)
    for (words, status) in [
      (["pause", "--yes"], 64), (["pause", "--for", "2d", "--yes"], 64), (["pause", "--for", "0s", "--yes"], 64),
      (["pause", "--for", "5m"], 77), (["resume", "--queue", "x", "--yes"], 64), (["resume"], 77),
    ] as [([String], Int32)] {
      let run = try Binary.run(["queue"] + words, environment: program.environment)
      #expect(run.status == status, "\(words): \(run.errors)")
    }
    #expect(try program.redis.command("DBSIZE") == .integer(0))
  }

  @Test("the caches' commands never touch the service's key")
  func protected() throws {
    let program = try QueueProgram(Self.told + "}\ncaches:\n  all: {prefix: 'queue:'")
    try program.redis.command("MSET", "queue:stop", "x", "queue:list", "y")
    let run = try program.run("cache", "evict", "all", "--yes")
    #expect(run.errors.contains("touches the key 'queue:stop' of queue 'tickets'"), "\(run.errors)")
    #expect(try program.redis.command("EXISTS", "queue:stop") == .integer(1))
  }

  @Test("JSON has the ends as instants")
  func json() throws {
    let program = try QueueProgram(Self.told)
    let run = try program.run("queue", "pause", "--for", "10m", "--yes", "-o", "json")
    for part in ["\"paused_until\": \"20", "\"active_until\": null", "\"pause_key\": \"queue:stop\"", "\"changed\": 1"]
    {
      #expect(run.output.contains(part), "\(part) in \(run.output)")
    }
  }
}
