import Failures
import Glibc
import Kafka
import Postgres
import Redis
import Support
import Synchronization
import Testing

@testable import Sandbox

/// What befalls a running sandbox: killed servers, other processes, links, and files of others.
@Suite("a sandbox's accidents", .serialized)
struct SandboxAccidentTests {
  private static let sale: @Sendable () -> TicketSale = { TicketSale(tiny, seed: 1, now: moment) }

  private func waiting(_ record: SandboxRecord) throws -> Int {
    try RedisConnection(RedisTarget(socket: record.redisSocket)).command("ZCARD", "waiting_tokens").integer
  }

  private func seats(_ record: SandboxRecord) throws -> Int {
    try SeedTests.number(PostgresConnection(PostgresTarget(record.postgres)), "SELECT count(*) FROM seat")
  }

  @Test(
    "with one server killed it is stopped as a whole, and started as a whole",
    arguments: ["postgres", "redis", "kafka"])
  func killed(victim: String) throws {
    let scratch = Scratch()
    let sandbox = scratch.sandbox(broker: try KafkaBrokerTests.program())
    let record = try sandbox.start(seeding: Self.sale).record
    // What is in Redis is on disk only once it is told to be.
    try RedisConnection(RedisTarget(socket: record.redisSocket)).command("SAVE")
    func strike(_ record: SandboxRecord) throws {
      let pids = ["postgres": record.postgresPID, "redis": record.redisPID, "kafka": try #require(record.kafkaPID)]
      let pid = try #require(pids[victim])
      kill(pid, SIGKILL)
      #expect(eventually { !ProcessTable.isMarked(pid, scratch.path) })
      #expect(sandbox.status().map { $0.state == .stopped } == ["postgres", "redis", "kafka"].map { $0 == victim })
    }
    try strike(record)
    let (second, wasRunning) = try sandbox.start(seeding: Self.sale)
    #expect(!wasRunning)
    #expect(sandbox.status().map(\.state) == [.running, .running, .running])
    #expect(try seats(second) == 600)
    #expect(try waiting(second) == 30)
    try strike(second)
    #expect(try sandbox.stop())
    #expect(ProcessTable.pids(marked: scratch.path).isEmpty)
    #expect(sandbox.status().allSatisfy { $0.reason == "no sandbox was started in \(scratch.path)" })
  }

  @Test("two that start it at once start it once")
  func startedTwice() throws {
    let scratch = Scratch()
    let starts = (0..<3).map { _ in scratch.sandbox() }
    let results = Mutex<[(record: SandboxRecord, wasRunning: Bool)]>([])
    let workers = starts.map { sandbox in
      Background {
        let result = try sandbox.start(seeding: Self.sale)
        results.withLock { $0.append(result) }
      }
    }
    for worker in workers { try worker.finish() }
    let found = results.withLock { $0 }
    #expect(found.count { !$0.wasRunning } == 1)
    #expect(found.allSatisfy { $0.record == found[0].record })
    #expect(try seats(found[0].record) == 600)
  }

  @Test("its servers do not hold its lock: whoever comes next need not wait")
  func lockIsFree() throws {
    let scratch = Scratch()
    let sandbox = scratch.sandbox(broker: try KafkaBrokerTests.program())
    try sandbox.start(seeding: nil)
    _ = try SandboxLock(scratch.path, isInterrupted: { true })
  }

  @Test("every file that it makes is one that the next start knows, so that none is taken for somebody else's")
  func ownFiles() throws {
    for name in ["plain", "with blanks and 'quotes'"] {
      let scratch = Scratch(name)
      let sandbox = scratch.sandbox(broker: try KafkaBrokerTests.program())
      let record = try sandbox.start(seeding: Self.sale).record
      #expect(Set(entries(of: record.directory)).subtracting(SandboxFiles.names).isEmpty)
      #expect(Set(entries(of: record.place)).subtracting(SandboxFiles.names).isEmpty)
      try sandbox.stop()
      #expect(try sandbox.start(seeding: nil).wasRunning == false)
    }
  }

  @Test("it is the same one by a link, by a detour, and by a path that begins here")
  func names() throws {
    let scratch = Scratch()
    try makeDirectories("\(scratch.path)/real", mode: 0o711)
    symlink("\(scratch.path)/real", "\(scratch.path)/link")
    let record = try scratch.sandbox("link").start(seeding: nil).record
    #expect(record.directory == "\(scratch.path)/real")
    for name in ["real", "link/", "real/../link/."] {
      #expect(try scratch.sandbox(name).start(seeding: nil).wasRunning, "\(name)")
      #expect(scratch.sandbox(name).status().map(\.state) == [.running, .running])
    }
    #expect(try scratch.sandbox("real").stop(deleting: true))
    #expect(entries(of: scratch.path) == ["link"])
  }

  @Test(
    "a record that is rubbish is no running sandbox, and its servers are found all the same",
    arguments: ["", "place=/nowhere\npostgres-pid=1"])
  func rubbish(text: String) throws {
    let scratch = Scratch()
    let sandbox = scratch.sandbox()
    let first = try sandbox.start(seeding: Self.sale).record
    try writeFile(SandboxRecord.path(in: scratch.path), text)
    #expect(SandboxRecord.running(in: scratch.path) == nil)
    let second = try sandbox.start(seeding: nil).record
    #expect(!ProcessTable.isMarked(first.postgresPID, scratch.path))
    #expect(try seats(second) == 600)
    unlink(SandboxRecord.path(in: scratch.path))
    #expect(try sandbox.stop())
    #expect(ProcessTable.pids(marked: scratch.path).isEmpty)
  }

  @Test("what somebody put beside it later is kept when it is deleted, and refused at the next start")
  func guests() throws {
    let scratch = Scratch()
    let sandbox = scratch.sandbox()
    try sandbox.start(seeding: nil)
    try writeFile("\(scratch.path)/notes.txt", "mine")
    #expect(try sandbox.stop(deleting: true))
    #expect(entries(of: scratch.path) == ["notes.txt"])
    #expect(throws: Failure.self) { try sandbox.start(seeding: nil) }
  }

  @Test("reset takes Kafka's records with it, and leaves the topics")
  func topics() throws {
    let scratch = Scratch()
    let sandbox = scratch.sandbox(broker: try KafkaBrokerTests.program())
    let record = try sandbox.start(seeding: nil).record
    let target = KafkaTarget(try #require(record.kafka))
    let producer = try KafkaProducer(target)
    for topic in Sandbox.topics { try producer.produce(KafkaRecord(topic: topic, value: [1]), token: 0) }
    _ = try producer.waitForDeliveries()
    func count() throws -> [Int] { try Sandbox.topics.map { try KafkaConsumer(target).messages($0).count } }
    #expect(try count() == [1, 1])
    _ = try sandbox.reset(seeding: nil)
    #expect(try count() == [0, 0])
    let metadata = try KafkaProducer(target).metadata()
    #expect(Sandbox.topics.map { metadata.topic($0)?.partitions.count } == [3, 3])
  }
}
