import Failures
import Kafka
import Support
import Synchronization
import Testing

@Suite("what Kafka's errors tell")
struct KafkaErrorTests {
  private static let short = KafkaOptions(connectTimeout: .milliseconds(300), deliveryTimeout: .milliseconds(500))

  @Test("a broker that is not there is unavailable, with the address and the reason")
  func unreachable() throws {
    // Port 1 is reserved, and nothing listens there.
    let producer = try KafkaProducer(KafkaTarget("127.0.0.1:1"), options: Self.short)
    let error = #expect(throws: KafkaError.self) { try producer.metadata() }
    let failure = try #require(error?.failure)
    #expect(failure.kind == .unavailable)
    #expect(failure.message.contains("127.0.0.1:1"))
    #expect(failure.causes.contains { $0.contains("Connection refused") })
    #expect(!failure.causes.contains { $0.contains("thrd:") })
  }

  @Test("a host that has no address is unavailable, and says so")
  func unresolved() throws {
    let producer = try KafkaProducer(KafkaTarget("no-such-host.invalid:9092"), options: Self.short)
    let error = #expect(throws: KafkaError.self) { try producer.metadata() }
    #expect(error?.failure.kind == .unavailable)
    #expect(error?.failure.message.contains("no-such-host.invalid:9092") == true)
  }

  @Test("one broker of several is enough")
  func oneOfSeveral() throws {
    let cluster = MockKafkaCluster(brokers: 2)
    let producer = try KafkaProducer(KafkaTarget("127.0.0.1:1," + cluster.brokers))
    #expect(try producer.metadata().brokers.count == 2)
  }

  @Test("a property that librdkafka does not know is a configuration error that names it")
  func unknownProperty() {
    let target = KafkaTarget("127.0.0.1:1", properties: ["security.protocl": "SSL"])
    let error = #expect(throws: KafkaError.self) { try KafkaProducer(target) }
    #expect(error?.failure.kind == .configuration)
    #expect(error?.failure.message.contains("'security.protocl'") == true)
  }

  @Test(
    "a property that order or acknowledgement rests on is refused",
    arguments: ["acks", "enable.idempotence", "bootstrap.servers", "transactional.id"])
  func reserved(name: String) {
    let target = KafkaTarget("127.0.0.1:1", properties: [name: "1"])
    let error = #expect(throws: KafkaError.self) { try KafkaProducer(target) }
    #expect(error?.failure.kind == .configuration)
    #expect(error?.failure.message.contains("'\(name)'") == true)
  }

  @Test("properties that contradict each other are a configuration error, without a secret")
  func contradiction() {
    let secret = "geheim-8231"
    let target = KafkaTarget(
      "127.0.0.1:1",
      properties: ["security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "NOPE", "sasl.password": secret])
    let error = #expect(throws: KafkaError.self) { try KafkaProducer(target) }
    #expect(error?.failure.kind == .configuration)
    #expect(!String(describing: error).contains(secret))
  }

  @Test("a password shows in no description of the target")
  func noPassword() {
    let secret = "geheim-8231"
    let target = KafkaTarget("b:1", properties: ["sasl.password": secret, "ssl.key.password": secret])
    var dumped = ""
    dump(target, to: &dumped)
    let optional: KafkaTarget? = target
    for text in ["\(target)", String(reflecting: target), String(describing: optional), dumped] {
      #expect(!text.contains(secret))
      #expect(text.contains("b:1"))
    }
  }

  @Test(
    "names of secrets are known",
    arguments: [
      ("sasl.password", true), ("ssl.key.password", true), ("ssl.key.pem", true), ("sasl.oauthbearer.config", true),
      ("sasl.oauthbearer.client.secret", true), ("SASL.PASSWORD", true), ("sasl.username", false),
      ("security.protocol", false), ("client.id", false),
    ])
  func secrets(name: String, isSecret: Bool) {
    #expect(KafkaTarget.isSecret(property: name) == isSecret)
  }

  @Test("the log goes to the closure, with its level")
  func log() throws {
    let lines = Mutex<[(KafkaLogLevel, String)]>([])
    var options = Self.short
    options.log = { level, line in lines.withLock { $0.append((level, line)) } }
    let producer = try KafkaProducer(KafkaTarget("127.0.0.1:1"), options: options)
    #expect(throws: KafkaError.self) { try producer.metadata() }
    let seen = lines.withLock { $0 }
    #expect(seen.contains { $0.0 <= .error && $0.1.contains("Connection refused") })
  }

  @Test("the library's version is numbers with dots")
  func version() {
    #expect(KafkaLibrary.version.split(separator: ".").count >= 3)
    let numbers = KafkaLibrary.version.split(separator: ".").prefix(2).compactMap { Int($0) }
    #expect(KafkaLibrary.readsTagsShort == (numbers.lexicographicallyPrecedes([2, 2])))
  }

  @Test("metadata lists brokers and topics with their partitions")
  func metadata() throws {
    let cluster = MockKafkaCluster(brokers: 3)
    cluster.createTopic("b", partitions: 2)
    cluster.createTopic("a", partitions: 1)
    cluster.createTopic("__internal", partitions: 1)
    let metadata = try KafkaProducer(KafkaTarget(cluster.brokers)).metadata()
    #expect(metadata.brokers.map(\.id).sorted() == [1, 2, 3])
    #expect(metadata.topics.map(\.name) == ["a", "b"])
    #expect(metadata.topic("b")?.partitions == [0, 1])
    #expect(metadata.topic("b")?.leaderless == 0)
    #expect(metadata.topic("c") == nil)
  }

  @Test("a metadata request that fails once is asked again")
  func metadataRetried() throws {
    let cluster = MockKafkaCluster()
    cluster.fail(.metadata, [.requestTimedOut])
    #expect(try KafkaProducer(KafkaTarget(cluster.brokers)).metadata().brokers.count == 1)
  }
}
