import Failures
import Kafka
import Support
import Testing

@Suite("reading a topic back")
struct KafkaConsumerTests {
  private let cluster = MockKafkaCluster()

  /// Sends `count` records to one partition, numbered from 0.
  private func fill(_ topic: String, _ count: Int, partition: Int32 = 0) throws {
    let producer = try KafkaProducer(KafkaTarget(cluster.brokers))
    for number in 0..<count {
      try producer.produce(
        KafkaRecord(topic: topic, value: Array("\(number)".utf8), partition: partition), token: number)
    }
    let deliveries = try producer.waitForDeliveries()
    try #require(deliveries.count == count && deliveries.allSatisfy { $0.isAcknowledged })
  }

  private func consumer() throws -> KafkaConsumer {
    try KafkaConsumer(KafkaTarget(cluster.brokers), options: KafkaOptions(connectTimeout: .seconds(2)))
  }

  @Test("an empty topic gives nothing, at once")
  func empty() throws {
    cluster.createTopic("orders", partitions: 2)
    #expect(try consumer().messages("orders").isEmpty)
  }

  @Test("all partitions are read, each in its order")
  func all() throws {
    cluster.createTopic("orders", partitions: 3)
    for partition in 0..<Int32(3) { try fill("orders", 50, partition: partition) }
    let messages = try consumer().messages("orders")
    #expect(messages.count == 150)
    for partition in 0..<Int32(3) {
      #expect(messages.filter { $0.partition == partition }.map(\.offset) == Array(0..<50))
    }
    #expect(messages.allSatisfy { $0.topic == "orders" && ($0.timestampMilliseconds ?? 0) > 0 })
  }

  @Test("reading from offsets leaves out what is before them, and partitions that are not named")
  func offsets() throws {
    cluster.createTopic("orders", partitions: 2)
    try fill("orders", 10, partition: 0)
    try fill("orders", 10, partition: 1)
    let messages = try consumer().messages("orders", from: .offsets([1: 7]))
    #expect(messages.map(\.offset) == [7, 8, 9])
    #expect(messages.allSatisfy { $0.partition == 1 })
  }

  @Test("an offset at or beyond the end gives nothing, one below the beginning gives all")
  func offsetsOutside() throws {
    cluster.createTopic("orders")
    try fill("orders", 5)
    #expect(try consumer().messages("orders", from: .offsets([0: 5])).isEmpty)
    #expect(try consumer().messages("orders", from: .offsets([0: 500])).isEmpty)
    #expect(try consumer().messages("orders", from: .offsets([0: -9])).count == 5)
  }

  @Test("a partition that does not exist is an error that names it")
  func noPartition() throws {
    cluster.createTopic("orders")
    let error = #expect(throws: KafkaError.self) { try consumer().messages("orders", from: .offsets([9: 0])) }
    #expect(error?.failure.causes == ["it has no partition 9"])
  }

  @Test("a topic that does not exist is an error that names it, and is not created by asking")
  func noTopic() throws {
    let consumer = try consumer()
    for _ in 0..<2 {
      let error = #expect(throws: KafkaError.self) { try consumer.messages("nowhere") }
      #expect(error?.kind == .unknownTopic)
      #expect(error?.failure.message.contains("'nowhere'") == true)
    }
    #expect(try consumer.metadata().topics.isEmpty)
  }

  @Test("records that arrive while reading are left for the next time")
  func upToTheMark() throws {
    cluster.createTopic("orders")
    try fill("orders", 10)
    var seen = 0
    try consumer().read("orders") { _ in
      if seen == 0 { try fill("orders", 10) }
      seen += 1
    }
    #expect(seen == 10)
  }

  @Test("a body that throws ends the reading with its own error")
  func bodyThrows() throws {
    cluster.createTopic("orders")
    try fill("orders", 10)
    var seen = 0
    let consumer = try consumer()
    #expect(throws: Failure(.failed, "enough")) {
      try consumer.read("orders") { _ in
        seen += 1
        if seen == 3 { throw Failure(.failed, "enough") }
      }
    }
    #expect(seen == 3)
    #expect(try consumer.messages("orders").count == 10)
  }

  @Test("the watermarks are the first offset and the one after the last")
  func watermarks() throws {
    cluster.createTopic("orders")
    try fill("orders", 12)
    #expect(try consumer().watermarks("orders", 0) == 0..<12)
  }

  @Test("a broker that refuses the fetch is an error, not an empty answer")
  func refusedFetch() throws {
    cluster.createTopic("orders")
    try fill("orders", 3)
    cluster.fail(.fetch, Array(repeating: .topicAuthorizationFailed, count: 20))
    let error = #expect(throws: KafkaError.self) { try consumer().messages("orders") }
    #expect(error?.kind == .notAuthorized)
  }

  @Test("a broker that goes away while reading is an error, not a short answer")
  func brokerGone() throws {
    cluster.createTopic("orders")
    try fill("orders", 5)
    let target = KafkaTarget(cluster.brokers, properties: ["fetch.message.max.bytes": "1", "queued.min.messages": "1"])
    let options = KafkaOptions(connectTimeout: .seconds(2), deliveryTimeout: .seconds(1))
    let consumer = try KafkaConsumer(target, options: options)
    _ = try consumer.watermarks("orders", 0)
    cluster.stop(broker: 1)
    let error = #expect(throws: KafkaError.self) { try consumer.messages("orders") }
    #expect(error?.failure.kind == .unavailable)
  }
}
