import Failures
import Glibc
import Kafka
import Support
import Testing

@testable import Sandbox

@Suite("the private Kafka broker")
struct KafkaBrokerTests {
  /// The broker's program of this machine; a machine without one fails the test and says what to do.
  static func program() throws -> String {
    try #require(
      KafkaBroker.find(named: environment("USHER_BROKER"), workingDirectory: SupportTests.here(), path: "/usr/bin"),
      "no Kafka broker: make setup, or set USHER_BROKER to a tansu binary")
  }

  /// A program that only exists.
  private func make(_ path: String, isExecutable: Bool = true) throws {
    try makeDirectories(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]), mode: 0o755)
    try writeFile(path, "#!/bin/sh\n", mode: isExecutable ? 0o755 : 0o644)
  }

  @Test("its program is the one that is named, else the nearest above, else the PATH's")
  func find() throws {
    let scratch = Scratch()
    let root = scratch.path
    try makeDirectories("\(root)/shop/deep/down", mode: 0o755)
    func found(named: String? = nil, from directory: String = "shop/deep/down") -> String? {
      KafkaBroker.find(named: named, workingDirectory: "\(root)/\(directory)", path: "\(root)/bin:/nonexistent")
        .map { $0.hasPrefix(root) ? String($0.dropFirst(root.utf8.count + 1)) : $0 }
    }
    #expect(found() == nil)
    try make("\(root)/bin/tansu")
    #expect(found() == "bin/tansu")
    try make("\(root)/.tools/tansu")
    #expect(found() == ".tools/tansu")
    try make("\(root)/shop/.tools/tansu")
    #expect(found() == "shop/.tools/tansu")
    #expect(found(from: "shop") == "shop/.tools/tansu")
    try make("\(root)/shop/deep/.tools/tansu", isExecutable: false)
    #expect(found() == "shop/.tools/tansu")
    #expect(found(named: "\(root)/bin/tansu") == "bin/tansu")
    // Who names one that is missing wants none instead of another.
    #expect(found(named: "\(root)/nothing") == nil)
    #expect(found(named: "") == "shop/.tools/tansu")
  }

  @Test("two run side by side, each on a port of its own and on this machine alone")
  func sideBySide() throws {
    let scratch = Scratch()
    let home = try ServerHome(scratch.path)
    let guardian = try ServerGuard(mark: home.directory)
    let server = KafkaBroker(home, program: try Self.program())
    let (one, two) = (try server.start().broker, try server.start().broker)
    #expect(one != two)
    #expect(one.hasPrefix("127.0.0.1:") && two.hasPrefix("127.0.0.1:"))
    try server.createTopic("only-here", partitions: 2, broker: one)
    #expect(try partitions("only-here", one) == 2)
    #expect(try partitions("only-here", two) == nil)
    guardian.endServers()
    #expect(throws: KafkaError.self) { try partitions("only-here", one) }
  }

  @Test("a topic that exists stays as it is, and one that is deleted takes its records with it")
  func topics() throws {
    let scratch = Scratch()
    let home = try ServerHome(scratch.path)
    let guardian = try ServerGuard(mark: home.directory)
    let server = KafkaBroker(home, program: try Self.program())
    let broker = try server.start().broker
    try server.createTopic("PAYMENT", partitions: 3, broker: broker)
    try server.createTopic("PAYMENT", partitions: 1, broker: broker)
    #expect(try partitions("PAYMENT", broker) == 3)
    let producer = try KafkaProducer(KafkaTarget(broker))
    try producer.produce(KafkaRecord(topic: "PAYMENT", key: nil, value: [1]), token: 0)
    _ = try producer.waitForDeliveries()
    #expect(try KafkaConsumer(KafkaTarget(broker)).messages("PAYMENT").count == 1)
    try server.deleteTopic("PAYMENT", broker: broker)
    try server.deleteTopic("PAYMENT", broker: broker)
    try server.createTopic("PAYMENT", partitions: 3, broker: broker)
    #expect(try KafkaConsumer(KafkaTarget(broker)).messages("PAYMENT").isEmpty)
    guardian.endServers()
    let failure = #expect(throws: Failure.self) { try server.createTopic("LATE", partitions: 1, broker: broker) }
    #expect(failure?.message == "cannot create the topic 'LATE'")
  }

  @Test("a program that ends at once is told with its last words")
  func notABroker() throws {
    let scratch = Scratch()
    let home = try ServerHome(scratch.path)
    let program = "\(home.place)/not-a-broker"
    try writeFile(program, "#!/bin/sh\necho no such storage engine >&2\nexit 3\n", mode: 0o755)
    let failure = #expect(throws: Failure.self) { try KafkaBroker(home, program: program).start() }
    #expect(failure?.kind == .unavailable)
    #expect(failure?.message == "kafka ended while it started (exit status 3)")
    #expect(failure?.causes.last == "no such storage engine")
    #expect(ProcessTable.pids(marked: home.directory).isEmpty)
  }

  /// How many partitions the broker says that a topic has, nil where it has no such topic.
  private func partitions(_ topic: String, _ broker: String) throws -> Int? {
    let options = KafkaOptions(connectTimeout: .seconds(10))
    return try KafkaProducer(KafkaTarget(broker), options: options).metadata().topic(topic)?.partitions.count
  }
}
