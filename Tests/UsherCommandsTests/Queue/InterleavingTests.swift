import Glibc
import Redis
import Sandbox
import Support
import Testing

/// Changes of one queue at the same time, each in a process of its own.
@Suite("changes that interleave batch by batch")
struct InterleavingTests {
  private func start(_ program: QueueProgram, _ words: String...) throws -> ChildProcess {
    try spawn(try Binary.path(), ["queue"] + words + ["--yes", "--quiet"], program.environment)
  }

  private func run(_ program: QueueProgram, _ words: [String]) throws -> Int32 {
    try Binary.run(["queue"] + words + ["--yes", "-q"], environment: program.environment).status
  }

  private func spawn(_ path: String, _ words: [String], _ environment: [String: String]) throws -> ChildProcess {
    var command = ChildCommand(path, words, environment: environment)
    command.isSessionLeader = true
    return try command.spawn()
  }

  @Test("two paced admissions, moves, removals, their undo and a pause lose nobody, and everybody gets a turn")
  func everything() throws {
    let program = try QueueProgram()
    try program.enqueue(8000)
    let admissions = try (0..<2).map { _ in try start(program, "admit", "--rate", "300/s", "--for", "10m") }
    while try program.activeCount() < 50 { usleep(1000) }
    var removed: Set<String> = []
    for round in 0..<6 {
      let words = (0..<40).map { "token-\(7000 + round * 40 + $0)" }
      #expect(try run(program, ["move"] + words + ["--to", "back"]) == 0)
      #expect(try run(program, ["remove"] + words) == 0)
      if round.isMultiple(of: 2) {
        #expect(try program.run("undo", "--last", "--yes", "-q").status == 0)
      } else {
        removed.formUnion(words)
      }
      // They had their turn in the middle of the admissions, which go on.
      #expect(admissions.allSatisfy { $0.poll() == nil })
    }
    #expect(try program.run("queue", "pause", "--for", "10m", "--yes", "-q").status == 0)
    for admission in admissions { #expect(admission.wait() == .status(77)) }
    let waiting = try program.redis.command("ZRANGE", "waiting", "0", "-1").array.map { try $0.string }
    let active = try program.redis.command("SMEMBERS", "active").array.map { try $0.string }
    #expect(Set(waiting).isDisjoint(with: active))
    #expect(removed.isDisjoint(with: waiting) && removed.isDisjoint(with: active))
    #expect(waiting.count + active.count + removed.count == 8000)
    let counted = try program.operations().map { id in
      let fields = try program.redis.command(
        "HMGET", RedisArgument("usher:{waiting}:operation:\(id)"), "command", "changed"
      ).array
      return (try fields[0].string, try fields[1].integer)
    }
    #expect(counted.filter { $0.0 == "queue admit" }.reduce(0) { $0 + $1.1 } == active.count)
  }

  @Test("a change that waits gets its turn between cron's runs, one after another and at once")
  func cron() throws {
    let program = try QueueProgram()
    try program.enqueue(1000)
    let runs = (0..<6).map { _ in "\"$USHER\" queue admit --rate 60/s --for 1s --wait 5s --yes --quiet" }
    let path = try Binary.path()
    let environment = program.environment.merging(["USHER": path, "PATH": "/usr/bin:/bin"]) { own, _ in own }
    let crons = try (0..<2).map { _ in try spawn("/bin/bash", ["-c", runs.joined(separator: " && ")], environment) }
    while try program.activeCount() < 20 { usleep(1000) }
    #expect(try program.run("queue", "move", "token-900", "--to", "front", "--wait", "60s", "--yes").status == 0)
    #expect(crons.allSatisfy { $0.poll() == nil })
    for cron in crons { #expect(cron.wait() == .status(0)) }
    let active = try program.redis.command("SMEMBERS", "active").array.map { try $0.string }
    #expect(active.contains("token-900"))
    #expect(try program.waitingCount() + active.count == 1000)
  }

  @Test("an operation that is still running is not undone, and is taken back once it has ended")
  func undo() throws {
    let program = try QueueProgram()
    try program.enqueue(500)
    let admission = try start(program, "admit", "--rate", "50/s", "--for", "10m")
    while try program.activeCount() < 10 { usleep(1000) }
    let id = try program.newestOperation()
    let refused = try program.run("undo", id, "--yes")
    #expect(refused.status == 75 && refused.errors.contains("\(id) of ") && refused.errors.contains("is still running"))
    kill(admission.pid, SIGINT)
    #expect(admission.wait() == .status(130))
    #expect(try program.run("undo", id, "--yes").status == 0)
    #expect(try program.waitingCount() == 500)
  }

  @Test("a killed run is lost, not running, and is taken back")
  func killed() throws {
    let program = try QueueProgram()
    try program.enqueue(500)
    let admission = try start(program, "admit", "--rate", "50/s", "--for", "10m")
    while try program.activeCount() < 10 { usleep(1000) }
    let id = try program.newestOperation()
    kill(admission.pid, SIGKILL)
    admission.wait()
    #expect(try program.run("history", id, "-o", "json").output.contains("\"lost\""))
    #expect(try program.run("undo", id, "--yes").status == 0)
    #expect(try program.waitingCount() == 500)
  }
}
