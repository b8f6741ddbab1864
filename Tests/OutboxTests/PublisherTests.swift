import Changes
import Failures
import Kafka
import Outbox
import Redis
import Support
import Testing

@Suite("publishing to Kafka")
struct KafkaReplayTests {
  private func read(_ topic: String, _ broker: TestBroker) throws -> [KafkaMessage] {
    try KafkaConsumer(KafkaTarget(broker.brokers)).messages(topic)
  }

  @Test("every event arrives once, each key in order and in one partition, with its id and headers")
  func arrives() throws {
    let broker = try TestBroker.shared()
    let topic = try broker.makeTopic(partitions: 3)
    let fixture = try OutboxFixture()
    fixture.mapping.publishing = .init(
      topic: try OutboxTemplate(topic, role: "topic"),
      headers: [.init(name: "event_type", value: OutboxTemplate(column: "event_type"))])
    try fixture.fill(3_000, keys: 41)
    let publisher = try KafkaPublisher(KafkaTarget(broker.brokers))
    #expect(try publisher.check(topics: [topic]).isEmpty)
    #expect(try fixture.replay(to: publisher, batchSize: 400).outcome.changed == 3_000)
    let messages = try read(topic, broker)
    #expect(messages.count == 3_000)
    func text(_ bytes: [UInt8]?) -> String { String(decoding: bytes ?? [], as: UTF8.self) }
    let unseen = Set((1...3_000).map(String.init)).subtracting(messages.map { text($0.header("usher-outbox-id")) })
    #expect(unseen.isEmpty)
    #expect(
      messages.allSatisfy {
        text($0.value) == "{\"number\" : \(text($0.header("usher-outbox-id"))), \"name\" : \"김철수\"}"
      })
    #expect(messages.allSatisfy { ["Paid", "Reserved"].contains(text($0.header("event_type"))) })
    for (key, group) in Dictionary(grouping: messages, by: { text($0.key) }) {
      let ids = group.compactMap { Int(text($0.header("usher-outbox-id"))) }
      #expect(ids == ids.sorted(), "key \(key)")
      #expect(Set(group.map(\.partition)).count == 1)
    }
    #expect(try fixture.ids("PUBLISHED").count == 3_000)
  }

  @Test("events go to the topic that their row says")
  func topics() throws {
    let broker = try TestBroker.shared()
    let paid = try broker.makeTopic()
    let held = try broker.makeTopic()
    let fixture = try OutboxFixture()
    fixture.mapping.publishing.topic = try OutboxTemplate("{event_type}", role: "topic")
    for id in 1...6 { try fixture.insert("\(id)", key: nil, type: id < 3 ? paid : held, age: 9_000 - id) }
    try fixture.replay(to: try KafkaPublisher(KafkaTarget(broker.brokers)))
    #expect(try read(paid, broker).count == 2)
    #expect(try read(held, broker).count == 4)
    #expect(try read(held, broker).allSatisfy { $0.key == nil })
  }

  @Test("a broker that is down is unavailable, and leaves every row as it was")
  func down() throws {
    let fixture = try OutboxFixture()
    try fixture.fill(10)
    let before = try fixture.rows()
    let options = KafkaOptions(connectTimeout: .milliseconds(300), deliveryTimeout: .milliseconds(500))
    let publisher = try KafkaPublisher(KafkaTarget("127.0.0.1:1"), options: options)
    let unreached = #expect(throws: KafkaError.self) { try publisher.check(topics: ["events"]) }
    #expect(unreached?.failure.kind == .unavailable)
    let failure = #expect(throws: Failure.self) { try fixture.replay(to: publisher) }
    #expect(failure?.kind == .unavailable)
    #expect(try fixture.rows() == before)
  }

  @Test("a broker that goes away in the middle leaves what it had not acknowledged, and the next run sends it")
  func lost() throws {
    let cluster = MockKafkaCluster()
    cluster.createTopic("events")
    let fixture = try OutboxFixture()
    try fixture.fill(40)
    let publisher = try KafkaPublisher(
      KafkaTarget(cluster.brokers), options: KafkaOptions(deliveryTimeout: .seconds(1)))
    let interloper = Interloper(publisher) { batch in if batch == 3 { cluster.stop(broker: 1) } }
    let outcome = try fixture.replay(to: interloper, batchSize: 10).outcome
    #expect(outcome.changed == 20)
    #expect(outcome.failed == 10)
    #expect(try fixture.ids("PUBLISHED") == (1...20).map(String.init))
    cluster.start(broker: 1)
    let again = try KafkaPublisher(KafkaTarget(cluster.brokers))
    #expect(try fixture.replay(to: again).outcome.changed == 20)
    let messages = try KafkaConsumer(KafkaTarget(cluster.brokers)).messages("events")
    let ids = messages.compactMap { $0.header("usher-outbox-id").map { String(decoding: $0, as: UTF8.self) } }
    #expect(Set(ids) == Set((1...40).map(String.init)))
  }

  @Test("an error that passes costs nothing: each event arrives once and in order")
  func passing() throws {
    let cluster = MockKafkaCluster()
    cluster.createTopic("events")
    cluster.fail(.produce, [.requestTimedOut, .notEnoughReplicas, .requestTimedOut])
    let fixture = try OutboxFixture()
    try fixture.fill(100)
    #expect(
      try fixture.replay(to: try KafkaPublisher(KafkaTarget(cluster.brokers)), batchSize: 30).outcome.changed == 100)
    let messages = try KafkaConsumer(KafkaTarget(cluster.brokers)).messages("events")
    let ids = messages.compactMap { $0.header("usher-outbox-id").map { String(decoding: $0, as: UTF8.self) } }
    #expect(ids == (1...100).map(String.init))
  }

  @Test("a refusal for good stops the run and leaves the rows")
  func refused() throws {
    let cluster = MockKafkaCluster()
    cluster.createTopic("events")
    cluster.fail(.produce, Array(repeating: .topicAuthorizationFailed, count: 3))
    let fixture = try OutboxFixture()
    try fixture.fill(10)
    let before = try fixture.rows()
    let failure = #expect(throws: Failure.self) {
      try fixture.replay(to: try KafkaPublisher(KafkaTarget(cluster.brokers)))
    }
    #expect(failure?.kind == .refused)
    #expect(failure?.message.contains("topic 'events'") == true)
    #expect(try fixture.rows() == before)
  }

  @Test("an event that is too large for the client holds back its own key only")
  func tooLarge() throws {
    let cluster = MockKafkaCluster()
    cluster.createTopic("events")
    let fixture = try OutboxFixture()
    try fixture.insert("1", age: 9_000)
    try fixture.insert("2", payload: String(repeating: "x", count: 3_000), age: 8_000)
    try fixture.insert("3", age: 7_000)
    try fixture.insert("4", key: "other", age: 6_000)
    let target = KafkaTarget(cluster.brokers, properties: ["message.max.bytes": "2000"])
    let outcome = try fixture.replay(to: try KafkaPublisher(target)).outcome
    #expect(outcome.changed == 2)
    #expect(outcome.failed == 1)
    #expect(outcome.skipped == 1)
    #expect(outcome.failure?.hasPrefix("event 2: cannot send to topic 'events'") == true, "\(outcome.failures)")
    #expect(try fixture.ids("INIT") == ["2", "3"])
  }

  @Test("records that the broker refuses by the batch are sent again in parts, so that none fails for another's fault")
  func refusedBatch() throws {
    let cluster = MockKafkaCluster()
    cluster.createTopic("events")
    // Refused are the whole, its first half, and that half's first half: these are good then.
    cluster.fail(.produce, Array(repeating: .messageTooLarge, count: 3))
    let fixture = try OutboxFixture()
    try fixture.fill(64)
    let outcome = try fixture.replay(to: try KafkaPublisher(KafkaTarget(cluster.brokers))).outcome
    #expect(outcome == ChangeOutcome(changed: 64))
    let messages = try KafkaConsumer(KafkaTarget(cluster.brokers)).messages("events")
    let ids = messages.compactMap { $0.header("usher-outbox-id").map { String(decoding: $0, as: UTF8.self) } }
    #expect(Set(ids) == Set((1...64).map(String.init)))
    for key in 0..<7 {
      let own = ids.compactMap { Int($0) }.filter { $0 % 7 == key }
      #expect(own == own.sorted(), "key k\(key)")
    }
  }

  @Test("a topic that refuses fails its own events, and is not tried a second time")
  func topicRefuses() throws {
    let cluster = MockKafkaCluster()
    cluster.createTopic("Paid")
    cluster.createTopic("Reserved")
    cluster.fail(topic: "Paid", .topicAuthorizationFailed)
    let fixture = try OutboxFixture()
    fixture.mapping.publishing.topic = try OutboxTemplate("{event_type}", role: "topic")
    fixture.mapping.publishing.key = try OutboxTemplate("{event_type}", role: "key")
    try fixture.fill(30)
    let options = KafkaOptions(deliveryTimeout: .seconds(2))
    let outcome = try fixture.replay(
      to: try KafkaPublisher(KafkaTarget(cluster.brokers), options: options), batchSize: 6
    ).outcome
    #expect(outcome.changed == 20)
    #expect(outcome.failed > 0 && outcome.failed + outcome.skipped == 10, "\(outcome)")
    #expect(outcome.failure?.contains("topic 'Paid'") == true, "\(outcome.failures)")
    #expect(Set(try fixture.ids("PUBLISHED")) == Set((1...30).filter { $0 % 3 != 0 }.map(String.init)))
  }

  @Test("a topic that is not there yet is pointed out")
  func unknownTopic() throws {
    let cluster = MockKafkaCluster()
    cluster.createTopic("events")
    let publisher = try KafkaPublisher(KafkaTarget(cluster.brokers))
    let warnings = try publisher.check(topics: ["events", "nowhere"])
    #expect(warnings.count == 1)
    #expect(warnings.first?.contains("'nowhere'") == true)
  }
}

/// Lets something happen between the offering of a batch's records and the wait for them.
private final class Interloper: OutboxPublisher {
  private let publisher: any OutboxPublisher
  private let act: (Int) -> Void
  private var batch = 0

  init(_ publisher: any OutboxPublisher, _ act: @escaping (_ batch: Int) -> Void) {
    self.publisher = publisher
    self.act = act
  }

  var destination: String { publisher.destination }
  func topic(of mapping: OutboxMapping) throws -> OutboxTemplate { try publisher.topic(of: mapping) }
  func check(topics: [String]) throws -> [String] { try publisher.check(topics: topics) }

  func publish(_ record: OutboxRecord, token: Int) throws {
    if token == 0 {
      batch += 1
      act(batch)
    }
    try publisher.publish(record, token: token)
  }

  var failures: [Int: PublishFailure] { publisher.failures }
  func settle() throws -> [Int: PublishFailure] { try publisher.settle() }
}

@Suite("publishing to a Redis stream")
struct RedisStreamReplayTests {
  private func fields(_ entry: RedisValue) throws -> [String: [UInt8]] {
    let parts = try entry.array
    return Dictionary(uniqueKeysWithValues: try parts[1].pairs.map { (try $0.0.string, try $0.1.bytes) })
  }

  @Test("every event is an entry, in order, with id, type, key and payload")
  func arrives() throws {
    let redis = try TestRedis.make()
    let connection = try RedisConnection(try RedisTarget(redis.url))
    let fixture = try OutboxFixture()
    try fixture.fill(2_000)
    #expect(try fixture.replay(to: RedisStreamPublisher(connection), batchSize: 900).outcome.changed == 2_000)
    let entries = try connection.command("XRANGE", "events", "-", "+").array
    let rows = try entries.map(fields)
    #expect(rows.map { String(decoding: $0["id"] ?? [], as: UTF8.self) } == (1...2_000).map(String.init))
    #expect(rows[0].keys.sorted() == ["id", "key", "payload", "type"])
    #expect(rows.allSatisfy { String(decoding: $0["payload"] ?? [], as: UTF8.self).contains("김철수") })
  }

  @Test("the stream's own template is used, and what is NULL is left out")
  func stream() throws {
    let redis = try TestRedis.make()
    let connection = try RedisConnection(try RedisTarget(redis.url))
    let fixture = try OutboxFixture()
    fixture.mapping.publishing.stream = try OutboxTemplate("stream:{domain_type}", role: "stream")
    try fixture.insert("1", key: nil, type: nil, payload: nil)
    try fixture.replay(to: RedisStreamPublisher(connection))
    let entries = try connection.command("XRANGE", "stream:payment", "-", "+").array
    #expect(try fields(entries[0]) == ["id": Array("1".utf8)])
  }

  @Test("a key that is no stream is refused before anything is locked, and as a failure if it turns up later")
  func wrongType() throws {
    let redis = try TestRedis.make()
    let connection = try RedisConnection(try RedisTarget(redis.url))
    try connection.command("SET", "events", "1")
    let publisher = RedisStreamPublisher(connection)
    let refused = #expect(throws: Failure.self) { try publisher.check(topics: ["events"]) }
    #expect(refused?.kind == .refused)
    #expect(refused?.message.contains("'events'") == true)
    #expect(try publisher.check(topics: ["free"]).isEmpty)
    // Beside others it keeps nobody from those.
    let warnings = try publisher.check(topics: ["events", "free"])
    #expect(warnings.count == 1)
    #expect(warnings.first?.hasSuffix("is a string, not a stream: its events will fail") == true)
    let fixture = try OutboxFixture()
    try fixture.fill(5)
    let before = try fixture.rows()
    let outcome = try fixture.replay(to: publisher).outcome
    #expect(outcome.changed == 0 && outcome.failed > 0)
    #expect(try fixture.rows() == before)
  }

  @Test("a stream that turns out to be something else fails its own events only, each key in order")
  func oneStream() throws {
    let redis = try TestRedis.make()
    let connection = try RedisConnection(try RedisTarget(redis.url))
    try connection.command("SET", "Paid", "1")
    let fixture = try OutboxFixture()
    fixture.mapping.publishing.stream = try OutboxTemplate("{event_type}", role: "stream")
    fixture.mapping.publishing.key = try OutboxTemplate("{id}", role: "key")
    try fixture.fill(1_200)
    let outcome = try fixture.replay(to: RedisStreamPublisher(connection), batchSize: 700).outcome
    #expect(outcome.changed == 800)
    #expect(outcome.failed == 400)
    #expect(outcome.failure?.hasPrefix("events 3, 6, 9 and 397 more: the key 'Paid' has the wrong type") == true)
    #expect(try connection.command("XLEN", "Reserved").integer == 800)
  }

  @Test("a server that is full or read only ends the run: that is no event's fault")
  func full() throws {
    let redis = try TestRedis.make()
    let connection = try RedisConnection(try RedisTarget(redis.url))
    let fixture = try OutboxFixture()
    try fixture.fill(2_000)
    let publisher = ScriptedSettling(RedisStreamPublisher(connection)) { batch in
      if batch == 2 { try connection.command("CONFIG", "SET", "maxmemory", "1") }
    }
    let outcome = try fixture.replay(to: publisher, batchSize: 300).outcome
    #expect(outcome.changed == 600)
    #expect(outcome.failed > 0 && outcome.failed <= 300)
    #expect(outcome.failure?.contains("is out of memory") == true)
    #expect(publisher.batch == 3)
  }

  @Test("a server that is gone leaves every row as it was")
  func gone() throws {
    let redis = try TestRedis.make()
    let connection = try RedisConnection(try RedisTarget(redis.url))
    let fixture = try OutboxFixture()
    try fixture.fill(50)
    let before = try fixture.rows()
    redis.crash()
    let failure = #expect(throws: Failure.self) { try fixture.replay(to: RedisStreamPublisher(connection)) }
    #expect(failure?.kind == .unavailable)
    #expect(try fixture.rows() == before)
  }
}

/// Lets something happen after a batch.
private final class ScriptedSettling: OutboxPublisher {
  private let publisher: any OutboxPublisher
  private let act: (Int) throws -> Void
  private(set) var batch = 0

  init(_ publisher: any OutboxPublisher, _ act: @escaping (_ batch: Int) throws -> Void) {
    self.publisher = publisher
    self.act = act
  }

  var destination: String { publisher.destination }
  func topic(of mapping: OutboxMapping) throws -> OutboxTemplate { try publisher.topic(of: mapping) }
  func check(topics: [String]) throws -> [String] { try publisher.check(topics: topics) }
  func publish(_ record: OutboxRecord, token: Int) throws { try publisher.publish(record, token: token) }
  var failures: [Int: PublishFailure] { publisher.failures }

  func settle() throws -> [Int: PublishFailure] {
    let failures = try publisher.settle()
    batch += 1
    try act(batch)
    return failures
  }
}

@Suite("publishing to standard output")
struct LineReplayTests {
  @Test("every event is a line of JSON")
  func lines() throws {
    let fixture = try OutboxFixture()
    fixture.mapping.publishing.headers = [.init(name: "h\"1", value: OutboxTemplate(column: "event_type"))]
    try fixture.insert("1", key: "김", type: "Paid", payload: "{\"a\":\"b\\n\"}", age: 9_000)
    try fixture.insert("2", key: nil, type: nil, payload: nil)
    var written: [UInt8] = []
    #expect(try fixture.replay(to: LinePublisher { written += $0 }).outcome.changed == 2)
    #expect(
      String(decoding: written, as: UTF8.self) == #"""
        {"id":"1","topic":"events","type":"Paid","key":"김","headers":{"h\"1":"Paid","usher-outbox-id":"1"},"value":"{\"a\":\"b\\n\"}"}
        {"id":"2","topic":"events","type":null,"key":null,"headers":{"usher-outbox-id":"2"},"value":null}

        """#)
  }

  @Test("bytes that are not text are written as base64")
  func bytes() throws {
    let fixture = try OutboxFixture()
    try fixture.connection.script("ALTER TABLE outbox_event ADD COLUMN raw bytea DEFAULT '\\xff00'")
    fixture.mapping.publishing.value = OutboxTemplate(column: "raw")
    try fixture.insert("1")
    var written: [UInt8] = []
    try fixture.replay(to: LinePublisher { written += $0 })
    #expect(String(decoding: written, as: UTF8.self).contains(#""value_base64":"/wA=""#))
  }

  @Test("when the reader goes away, what was not taken stays unpublished")
  func closed() throws {
    let fixture = try OutboxFixture()
    try fixture.fill(60)
    var taken = 0
    let publisher = LinePublisher { _ in
      taken += 1
      if taken > 2 { throw Failure(.outputFailed, "the pipe is closed") }
    }
    let outcome = try fixture.replay(to: publisher, batchSize: 20).outcome
    #expect(outcome.changed == 40)
    #expect(outcome.failed == 20)
    #expect(outcome.failure == "the pipe is closed")
    #expect(try fixture.ids("PUBLISHED").count == 40)
  }

  @Test("large batches are written in blocks, each event once")
  func blocks() throws {
    let fixture = try OutboxFixture()
    try fixture.fill(1_500)
    var written: [UInt8] = []
    var writes = 0
    try fixture.replay(
      to: LinePublisher {
        written += $0
        writes += 1
      })
    #expect(written.count { $0 == UInt8(ascii: "\n") } == 1_500)
    #expect(writes > 1 && writes < 20)
  }
}
