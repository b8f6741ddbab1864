import Failures
import Glibc
import Postgres
import Redis
import Support
import Testing

@testable import Sandbox

@Suite("a sandbox")
struct SandboxTests {
  private func rows(_ record: SandboxRecord, _ table: String = "seat") throws -> Int {
    let connection = try PostgresConnection(PostgresTarget(record.postgres))
    return try SeedTests.number(connection, "SELECT count(*) FROM \(table)")
  }

  @Test("starts, answers, keeps its data over a stop, and leaves nothing when it is deleted")
  func life() throws {
    let scratch = Scratch()
    let sandbox = scratch.sandbox()
    #expect(sandbox.status().map(\.state) == [.stopped, .stopped])
    let sale = { TicketSale(tiny, seed: 1, now: moment) }
    let (record, wasRunning) = try sandbox.start(seeding: sale)
    #expect(!wasRunning)
    #expect(record.directory == scratch.path)
    #expect(try rows(record) == 600)
    #expect(sandbox.status().map(\.state) == [.running, .running])
    #expect(SandboxRecord.running(in: scratch.path) == record)

    let again = try sandbox.start(seeding: sale)
    #expect(again.wasRunning)
    #expect(again.record == record)

    #expect(try sandbox.stop())
    #expect(ProcessTable.pids(marked: scratch.path).isEmpty)
    #expect(SandboxRecord.running(in: scratch.path) == nil)
    #expect(try !sandbox.stop())

    // A sale that is there is not made again, and Redis has written its own down.
    let second = try sandbox.start(seeding: { TicketSale(.small, seed: 2, now: moment) }).record
    #expect(second.postgresPID != record.postgresPID)
    #expect(try rows(second) == 600)
    #expect(
      try RedisConnection(RedisTarget(socket: second.redisSocket)).command("ZCARD", "waiting_tokens").integer == 30)

    #expect(try sandbox.stop(deleting: true))
    #expect(!exists(scratch.path))
  }

  @Test("two live side by side, and each one's end leaves the other alone")
  func sideBySide() throws {
    let scratch = Scratch()
    let (one, two) = (scratch.sandbox("one"), scratch.sandbox("two"))
    let first = try one.start(seeding: nil).record
    let second = try two.start(seeding: { TicketSale(tiny, seed: 1, now: moment) }).record
    #expect(try rows(first) == 0)
    #expect(try rows(second) == 600)
    #expect(try one.stop())
    #expect(two.status().map(\.state) == [.running, .running])
    #expect(SandboxRecord.running(in: "\(scratch.path)/one") == nil)
  }

  @Test("a directory that servers cannot use gets a stand-in, which goes with it")
  func standIn() throws {
    let long = String(repeating: "아주-긴-이름 ", count: 5)
    let scratch = Scratch("공연 예매's \(long)")
    let sandbox = scratch.sandbox()
    let record = try sandbox.start(seeding: { TicketSale(tiny, seed: 1, now: moment) }).record
    #expect(record.directory == scratch.path)
    #expect(record.place.hasPrefix("/var/tmp/usher-"))
    #expect(try rows(record) == 600)
    #expect(exists("\(scratch.path)/config.yaml"))
    #expect(exists("\(scratch.path)/servers/postgres-home"))
    let client = ChildCommand("\(record.binDirectory)/redis-cli", ["zcard", "waiting_tokens"])
    #expect(try client.capture().text == "30\n")
    try sandbox.stop(deleting: true)
    #expect(!exists(scratch.path))
    #expect(!exists(record.place))
  }

  @Test("a stand-in goes also when its sandbox was stopped before, or its directory deleted by hand")
  func strandedStandIn() throws {
    let scratch = Scratch("공연 예매")
    let sandbox = scratch.sandbox()
    #expect(sandbox.places.isEmpty)
    let first = try sandbox.start(seeding: nil).record
    #expect(try sandbox.stop())
    #expect(sandbox.places == [scratch.path, first.place])
    #expect(try !sandbox.stop(deleting: true))
    #expect(!exists(scratch.path) && !exists(first.place))

    let second = try sandbox.start(seeding: nil).record
    #expect(removeTree(scratch.path))
    #expect(sandbox.places == [second.place])
    #expect(try sandbox.stop(deleting: true))
    #expect(ProcessTable.pids(marked: scratch.path).isEmpty)
    #expect(!exists(second.place))
  }

  @Test("where no sandbox was started, its status says which directory was looked in")
  func statusOfNothing() {
    let scratch = Scratch()
    #expect(scratch.sandbox().status().map(\.reason).allSatisfy { $0 == "no sandbox was started in \(scratch.path)" })
  }

  @Test("a directory with other things in it is refused and left as it is")
  func foreign() throws {
    let scratch = Scratch()
    try makeDirectories(scratch.path, mode: 0o755)
    try writeFile("\(scratch.path)/thesis.txt", "three years of work")
    let failure = #expect(throws: Failure.self) { try scratch.sandbox().start(seeding: nil) }
    #expect(failure?.kind == .refused)
    #expect(failure?.causes == ["found: thesis.txt"])
    #expect(entries(of: scratch.path) == ["thesis.txt"])
  }

  @Test("a path that is a file is no directory, and says so")
  func file() throws {
    let scratch = Scratch()
    try makeDirectories(scratch.path, mode: 0o755)
    try writeFile("\(scratch.path)/file", "")
    let failure = #expect(throws: Failure.self) { try scratch.sandbox("file").start(seeding: nil) }
    #expect(failure?.kind == .cannotCreate)
    #expect(failure?.message == "cannot create the directory \(scratch.path)/file")
  }

  @Test("what a reboot leaves of a record is no running sandbox, whoever has the process ids now")
  func reboot() throws {
    let scratch = Scratch()
    let sandbox = scratch.sandbox()
    try makeDirectories(scratch.path, mode: 0o755)
    // This very process stands for somebody else's that got the same number.
    let stale = SandboxRecord(
      directory: scratch.path, place: scratch.path, postgresPID: getpid(), redisPID: getpid(), kafkaPID: getpid(),
      kafka: "127.0.0.1:1", startedMilliseconds: 1)
    try stale.write()
    #expect(SandboxRecord.read(scratch.path) == stale)
    #expect(SandboxRecord.running(in: scratch.path) == nil)
    #expect(sandbox.status().map(\.state) == [.stopped, .stopped, .stopped])
    let (record, wasRunning) = try sandbox.start(seeding: nil)
    #expect(!wasRunning)
    #expect(record.postgresPID != getpid())
    // And a data directory whose last server was killed, with its lock files, starts again.
    kill(record.postgresPID, SIGKILL)
    kill(record.redisPID, SIGKILL)
    #expect(eventually { ProcessTable.pids(marked: scratch.path).isEmpty })
    #expect(try sandbox.start(seeding: nil).wasRunning == false)
    #expect(sandbox.status().map(\.state) == [.running, .running])
  }

  @Test("when one server has died, starting again brings all of them back")
  func halfDead() throws {
    let scratch = Scratch()
    let sandbox = scratch.sandbox()
    let record = try sandbox.start(seeding: nil).record
    kill(record.redisPID, SIGSTOP)
    #expect(sandbox.status().map(\.state) == [.running, .silent])
    kill(record.redisPID, SIGKILL)
    #expect(eventually { !ProcessTable.isMarked(record.redisPID, scratch.path) })
    #expect(sandbox.status().map(\.state) == [.running, .stopped])
    #expect(throws: Failure.self) { try sandbox.running() }
    #expect(try sandbox.start(seeding: nil).wasRunning == false)
    #expect(sandbox.status().map(\.state) == [.running, .running])
  }

  @Test("an interrupted start leaves nothing running")
  func interrupted() throws {
    let scratch = Scratch()
    let sandbox = scratch.sandbox(isInterrupted: { true })
    let failure = #expect(throws: Failure.self) { try sandbox.start(seeding: nil) }
    #expect(failure?.kind == .interrupted)
    #expect(ProcessTable.pids(marked: scratch.path).isEmpty)
  }

  @Test("a server that cannot start is an error with its own last words, and the others are stopped")
  func cannotStart() throws {
    let scratch = Scratch()
    let sandbox = scratch.sandbox()
    try sandbox.start(seeding: nil)
    try sandbox.stop()
    _ = try ChildCommand("/bin/rm", ["-rf", "\(scratch.path)/postgres-home/data/global"]).spawn().wait()
    let failure = #expect(throws: Failure.self) { try sandbox.start(seeding: nil) }
    #expect(failure?.kind == .unavailable)
    #expect(failure?.message.hasPrefix("postgres ended while it started") == true)
    #expect(failure?.causes.contains { $0.contains("FATAL") || $0.contains("could not") } == true)
    #expect(ProcessTable.pids(marked: scratch.path).isEmpty)
  }

  @Test("reset begins anew, with Kafka's topics emptied too")
  func reset() throws {
    let scratch = Scratch()
    let broker = try #require(
      KafkaBroker.find(named: environment("USHER_BROKER"), workingDirectory: SupportTests.here(), path: "/usr/bin"),
      "no Kafka broker: make setup, or set USHER_BROKER to a tansu binary")
    let sandbox = scratch.sandbox(broker: broker)
    #expect(throws: Failure.self) { try sandbox.reset(seeding: nil) }
    let record = try sandbox.start(seeding: { TicketSale(tiny, seed: 1, now: moment) }).record
    #expect(sandbox.status().map(\.state) == [.running, .running, .running])
    let redis = try RedisConnection(RedisTarget(socket: record.redisSocket))
    try redis.command("SET", "mine", "1")
    #expect(try sandbox.reset(seeding: nil) == record)
    #expect(try rows(record) == 0)
    #expect(try redis.command("DBSIZE").integer == 0)
    _ = try sandbox.reset(seeding: { TicketSale(tiny, seed: 1, now: moment) })
    #expect(try rows(record) == 600)
    #expect(try Sandbox.isSandbox(PostgresConnection(PostgresTarget(record.postgres))))
  }

  @Test("the default directory follows the state directory, then home, and never a relative path")
  func defaultDirectory() {
    #expect(Sandbox.defaultDirectory(stateHome: "/s", home: "/h") == "/s/usher/sandbox")
    #expect(Sandbox.defaultDirectory(stateHome: "s", home: "/h") == "/h/.local/state/usher/sandbox")
    #expect(Sandbox.defaultDirectory(stateHome: nil, home: "/h") == "/h/.local/state/usher/sandbox")
    #expect(Sandbox.defaultDirectory(stateHome: "", home: nil).hasPrefix("/var/tmp/usher-"))
  }
}
