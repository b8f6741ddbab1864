import Glibc
import Redis
import Sandbox
import Support
import Testing

@testable import UsherCommands

@Suite("usher queue admit at a pace")
struct QueuePaceTests {
  private func start(_ program: QueueProgram, _ words: String...) throws -> ChildProcess {
    var command = ChildCommand(
      try Binary.path(), ["queue", "admit", "--yes", "-q"] + words, environment: program.environment)
    command.isSessionLeader = true
    return try command.spawn()
  }

  @Test("the plan says how many in which time, and the run admits exactly them")
  func planAndRun() throws {
    let program = try QueueProgram()
    try program.enqueue(400)
    let words = ["queue", "admit", "--rate", "300/s", "--for", "1s"]
    let plan = try Binary.run(words + ["--dry-run"], environment: program.environment)
    try Snapshot.match(plan, "queue-pace-plan")
    let run = try Binary.run(words + ["--yes"], environment: program.environment)
    #expect(run.output.hasPrefix("admitted 300 of up to 300; undo with: usher undo "), "\(run.output)\(run.errors)")
    #expect((try program.waitingCount(), try program.activeCount()) == (100, 300))
    #expect(try program.run("undo", "--last", "--yes").status == 0)
    #expect(try program.waitingCount() == 400)
  }

  @Test("of an empty room it goes on to its end, and says why fewer came")
  func emptyRoom() throws {
    let program = try QueueProgram()
    let run = try program.run("queue", "admit", "--rate", "20/s", "--for", "1s", "--yes")
    #expect(run.status == 0)
    #expect(run.output == "admitted 0 of up to 20\n")
    #expect(run.errors == "20 fewer than planned: nobody waited when a turn came\n")
  }

  @Test("the crontab of its page is silent, on two machines at once, and admits rate times time together")
  func crontab() throws {
    let program = try QueueProgram()
    try program.enqueue(1000)
    let page = QueueAdmit.specification.details
    let line = try #require(page.split(separator: "\n").first { $0.hasPrefix("  * * * * * usher queue admit ") })
    let command = line.dropFirst("  * * * * * ".count).replacing(
      "--rate 420/min --for 1m", with: "--rate 100/s --for 2s")
    let script =
      "usher() { \"$USHER\" \"$@\"; }\n\(command) & a=$!; \(command) & b=$!; wait $a; x=$?; wait $b; exit $((x + $?))"
    let both = try Shell.run(script, environment: program.environment)
    #expect((both.status, both.output, both.errors) == (0, "", ""))
    // They do not begin in the same instant, so their times together are a little longer than one.
    let active = try program.activeCount()
    #expect((200...300).contains(active), "\(active)")
    program.server.crash()
    #expect(try Shell.run("usher() { \"$USHER\" \"$@\"; }\n\(command)", environment: program.environment).status == 69)
  }

  @Test("where another run has all turns already, there is nothing to do, and that is no error")
  func taken() throws {
    let program = try QueueProgram()
    try program.enqueue(10)
    let words = ["queue", "admit", "--rate", "10/h", "--for", "1m", "--yes"]
    #expect(try Binary.run(words, environment: program.environment).output.hasPrefix("admitted 1 of up to 1;"))
    let again = try Binary.run(words, environment: program.environment)
    #expect(again.status == 0)
    #expect(
      again.output.hasPrefix("nothing to do: all turns of queue 'tickets' are taken by other runs until 20"),
      "\(again.output)")
    #expect(try Binary.run(words + ["-q"], environment: program.environment).output == "")
    #expect(try program.activeCount() == 1)
  }

  @Test("a bound below rate times time refuses it")
  func bound() throws {
    let program = try QueueProgram()
    let words = ["queue", "admit", "--rate", "420/min", "--for", "10m", "--yes", "--max-affected", "4199"]
    let run = try Binary.run(words, environment: program.environment)
    #expect(run.status == 77)
    #expect(run.errors.contains("4,200"), "\(run.errors)")
  }

  @Test(
    "a time without a rate, or of more than a day, is wrong usage",
    arguments: [["--for", "1m"], ["5", "--for", "1m"], ["--rate", "1/s", "--for", "25h"]])
  func usage(words: [String]) throws {
    let program = try QueueProgram()
    let run = try Binary.run(["queue", "admit", "--yes"] + words, environment: program.environment)
    #expect(run.status == 64, "\(run.errors)")
    #expect(run.output == "")
  }

  @Test("several at once, as from cron on several machines, share the turns, and nobody is admitted twice")
  func twoAtOnce() throws {
    let program = try QueueProgram()
    try program.enqueue(1000)
    let began = try program.microseconds()
    let first = try start(program, "--rate", "200/s", "--for", "2s")
    while try program.activeCount() == 0, first.poll() == nil { usleep(1000) }
    let second = try program.run("queue", "admit", "--rate", "200/s", "--for", "2s", "--yes")
    #expect(second.status == 0 && second.errors.contains("other runs took "), "\(second)")
    // A third goes on with their turns.
    let third = try program.run("queue", "admit", "--rate", "200/s", "--for", "1s", "--yes")
    #expect(third.status == 0, "\(third.errors)")
    #expect(first.wait() == .status(0))
    let active = try program.activeCount()
    #expect(try program.waitingCount() == 1000 - active)
    let last = try program.redis.command("HGET", "usher:{waiting}:pace", "last_us").integer
    #expect(active >= 400)
    #expect(active <= (last - began) * 200 / 1_000_000 + 1)
    for id in try program.operations() {
      #expect(
        try program.redis.command("HGET", "usher:{waiting}:operation:\(RedisArgument(id).text)", "state").string
          == "done")
    }
  }

  @Test("killed in the middle, again and again, it has counted whom it moved, and all runs together keep the pace")
  func killed() throws {
    let program = try QueueProgram()
    try program.enqueue(5000)
    let began = try program.microseconds()
    var counted = 0
    for round in 0..<8 {
      let before = try program.activeCount()
      let child = try start(program, "--rate", "400/s", "--for", "1m")
      while try program.activeCount() < before + 20 + round * 3, child.poll() == nil { usleep(300) }
      kill(child.pid, SIGKILL)
      child.wait()
      let operation = try program.newestOperation()
      let moved = try program.redis.command("HGET", "usher:{waiting}:operation:\(operation)", "changed").integer
      counted += moved
      #expect(moved >= 20)
      #expect(try program.activeCount() == counted)
      #expect(try program.waitingCount() == 5000 - counted)
      let last = try program.redis.command("HGET", "usher:{waiting}:pace", "last_us").integer
      #expect(counted <= (last - began) * 400 / 1_000_000 + 1)
    }
    // The lock of a killed run hinders nobody on its machine; its place in the history is marked by the next.
    #expect(try program.run("queue", "admit", "1", "--yes").status == 0)
    let states = try program.operations().map {
      try program.redis.command("HGET", RedisArgument("usher:{waiting}:operation:\($0)"), "state").string
    }
    #expect(states == Array(repeating: "lost", count: 8) + ["done"])
  }

  @Test("Ctrl-C ends it after the batch in hand, with what was done")
  func interrupted() throws {
    let program = try QueueProgram()
    try program.enqueue(1000)
    let child = try start(program, "--rate", "100/s", "--for", "1h")
    while try program.activeCount() < 5, child.poll() == nil { usleep(1000) }
    kill(child.pid, SIGINT)
    #expect(child.wait() == .status(130))
    let active = try program.activeCount()
    let record = RedisArgument("usher:{waiting}:operation:\(try program.newestOperation())")
    #expect(try program.redis.command("HGET", record, "changed").integer == active)
    #expect(try program.redis.command("HGET", record, "state").string == "interrupted")
    #expect(try program.redis.command("EXISTS", "usher:{waiting}:lock") == .integer(0))
  }

  @Test("a heartbeat that is lost between two turns ends it with 75 and what that means, and no more are admitted")
  func lostHeartbeat() throws {
    let program = try QueueProgram()
    try program.enqueue(100)
    var command = ChildCommand(
      "/bin/sh", ["-c", "exec \"$0\" queue admit --rate 6/min --for 10m --yes 2>\"$OUT\"", try Binary.path()],
      environment: program.environment.merging(["OUT": try program.file("")]) { $1 })
    command.isSessionLeader = true
    let child = try command.spawn()
    while try program.activeCount() < 1, child.poll() == nil { usleep(1_000) }
    // Between two turns the lock is free.
    #expect(try program.redis.command("EXISTS", "usher:{waiting}:lock") == .integer(0))
    let heartbeat = "usher:{waiting}:alive:\(try program.newestOperation())"
    try program.redis.command("DEL", RedisArgument(heartbeat))
    #expect(child.wait() == .status(75))
    let errors = try SourceFiles.text(of: try #require(command.environment["OUT"]))
    #expect(
      errors.hasPrefix(
        "usher: this run stopped for too long, and others may have changed the same data meanwhile\n"), "\(errors)")
    #expect(try program.activeCount() == 1)
  }

  @Test("a pause ends it with 77, who paused and until when, and what was done can be taken back")
  func paused() throws {
    let program = try QueueProgram()
    try program.enqueue(1000)
    let child = try start(program, "--rate", "100/s", "--for", "1h")
    while try program.activeCount() < 5, child.poll() == nil { usleep(1000) }
    let pause = try program.run("queue", "pause", "--for", "5m", "--yes")
    #expect(pause.status == 0, "\(pause.errors)")
    #expect(child.wait() == .status(77))
    let active = try program.activeCount()
    let record = try program.operations()[0]
    #expect(try program.redis.command("HGET", "usher:{waiting}:operation:\(record)", "changed").integer == active)
    #expect(try program.run("undo", record, "--yes").status == 0)
    #expect((try program.waitingCount(), try program.activeCount()) == (1000, 0))
  }
}
