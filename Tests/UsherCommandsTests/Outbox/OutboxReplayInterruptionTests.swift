import Glibc
import Kafka
import Postgres
import Sandbox
import Support
import Testing

@Suite("usher outbox replay, when it is stopped in the middle")
struct OutboxReplayInterruptionTests {
  @Test("a first Ctrl-C ends it after the batch in hand, with status 130 and what was done")
  func interrupted() throws {
    let program = try OutboxProgram()
    try program.fill(3_000)
    var command = ChildCommand(
      try Binary.path(), ["outbox", "replay", "--to", "stdout", "--rate", "1000/s", "--yes"],
      environment: program.environment)
    command.isSessionLeader = true
    let child = try command.spawn()
    while try program.count("PUBLISHED") == 0 { usleep(2_000) }
    kill(child.pid, SIGINT)
    #expect(child.wait() == .status(130))
    let published = try program.count("PUBLISHED")
    #expect((1..<3_000).contains(published))
    let record = try program.connection.query("SELECT state, changed FROM usher_history.operation")[0]
    #expect(try record.decode("state", as: String.self) == "interrupted")
    #expect(try record.decode("changed", as: Int.self) == published)
  }

  @Test("killed in the middle and run again, no event is lost, and what is marked had arrived")
  func killed() throws {
    let broker = try TestBroker.shared()
    let topic = try broker.makeTopic(partitions: 2)
    let program = try OutboxProgram(publish: "topic: \(topic)", variables: ["USHER_KAFKA": broker.brokers])
    try program.fill(4_000)
    var command = ChildCommand(
      try Binary.path(), ["outbox", "replay", "--rate", "5000/s", "--yes"], environment: program.environment)
    command.isSessionLeader = true
    let child = try command.spawn()
    while try program.count("PUBLISHED") < 500, child.poll() == nil { usleep(1_000) }
    kill(child.pid, SIGKILL)
    #expect(child.wait() == .signal(SIGKILL))
    // What its session had in hand is done, or never will be.
    try program.waitUntilAlone()
    func arrived() throws -> [String] {
      try KafkaConsumer(KafkaTarget(broker.brokers)).messages(topic)
        .compactMap { $0.header("usher-outbox-id").map { String(decoding: $0, as: UTF8.self) } }
    }
    let marked = Set(
      try program.connection.query("SELECT id::text FROM outbox_event WHERE status = 'PUBLISHED'")
        .map { try $0.decode(0, as: String.self) })
    #expect((500..<4_000).contains(marked.count))
    #expect(marked.subtracting(try arrived()).isEmpty)
    #expect(try program.run("outbox", "replay", "--yes").status == 0)
    #expect(try program.count("PUBLISHED") == 4_000)
    #expect(try program.ids().subtracting(try arrived()).isEmpty)
    #expect(try program.run("undo", "--last", "--yes", "-q").status == 0)
    #expect(try program.count("PUBLISHED") == marked.count)
  }
}
