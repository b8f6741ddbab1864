import Failures
import Kafka
import Support
import Testing

@Suite("sending to Kafka")
struct KafkaProducerTests {
  private let cluster = MockKafkaCluster()

  private func producer(deliveryTimeout: Duration = .seconds(10)) throws -> KafkaProducer {
    try KafkaProducer(
      KafkaTarget(cluster.brokers), options: KafkaOptions(connectTimeout: .seconds(2), deliveryTimeout: deliveryTimeout)
    )
  }

  @Test("every record has one report, which carries its token")
  func reports() throws {
    cluster.createTopic("orders", partitions: 3)
    let producer = try producer()
    for token in 0..<1_000 {
      try producer.produce(KafkaRecord(topic: "orders", key: Array("\(token % 7)".utf8), value: [1]), token: token)
    }
    let deliveries = try producer.waitForDeliveries()
    #expect(deliveries.map(\.token).sorted() == Array(0..<1_000))
    #expect(deliveries.allSatisfy { $0.isAcknowledged })
    #expect(producer.outstanding == 0)
    #expect(producer.takeDeliveries().isEmpty)
  }

  @Test("token 0 and negative tokens come back as they went in")
  func tokens() throws {
    cluster.createTopic("orders")
    let producer = try producer()
    for token in [0, -1, Int.max, Int.min] { try producer.produce(KafkaRecord(topic: "orders"), token: token) }
    #expect(Set(try producer.waitForDeliveries().map(\.token)) == [0, -1, Int.max, Int.min])
  }

  @Test("key, value and headers arrive byte for byte, and nil stays different from empty")
  func content() throws {
    cluster.createTopic("orders")
    let producer = try producer()
    let korean = Array("예매가 완료되었습니다".utf8)
    let records = [
      KafkaRecord(
        topic: "orders", key: korean, value: [0, 255, 10, 0],
        headers: [("event_type", korean), ("empty", []), ("event_type", [0])]),
      KafkaRecord(topic: "orders", key: nil, value: nil),
      KafkaRecord(topic: "orders", key: [], value: []),
    ]
    for (token, record) in records.enumerated() { try producer.produce(record, token: token) }
    let deliveries = try producer.waitForDeliveries()
    #expect(deliveries.count == 3)
    let messages = try KafkaConsumer(KafkaTarget(cluster.brokers)).messages("orders")
    #expect(messages.map(\.key) == [korean, nil, []])
    #expect(messages.map(\.value) == [[0, 255, 10, 0], nil, []])
    #expect(messages[0].headers.map(\.name) == ["event_type", "empty", "event_type"])
    #expect(messages[0].headers.map(\.value) == [korean, [], [0]])
    #expect(messages[0].header("event_type") == korean)
    #expect(messages[0].header("none") == nil)
    #expect(messages[1].headers.isEmpty)
  }

  @Test("keys, values and headers are copied: what becomes of the memory afterwards does not matter")
  func copied() throws {
    cluster.createTopic("orders")
    let producer = try producer()
    func text(_ number: Int) -> [UInt8] { Array(String(repeating: "number \(number), ", count: 12).utf8) }
    for token in 0..<3_000 {
      try producer.produce(
        KafkaRecord(topic: "orders", key: text(token), value: text(token + 1), headers: [("h", text(token + 2))]),
        token: token)
      // Memory of the same size is used again at once.
      #expect([UInt8](repeating: 0xFF, count: text(token).count).last == 0xFF)
    }
    _ = try producer.waitForDeliveries()
    var next = 0
    try KafkaConsumer(KafkaTarget(cluster.brokers)).read("orders") { message in
      #expect(message.key == text(next) && message.value == text(next + 1) && message.header("h") == text(next + 2))
      next += 1
    }
    #expect(next == 3_000)
  }

  @Test("records of one key keep their order and share a partition")
  func order() throws {
    cluster.createTopic("orders", partitions: 4)
    let producer = try producer()
    for token in 0..<2_000 {
      let record = KafkaRecord(topic: "orders", key: Array("k\(token % 13)".utf8), value: Array("\(token)".utf8))
      try producer.produce(record, token: token)
    }
    _ = try producer.waitForDeliveries()
    let messages = try KafkaConsumer(KafkaTarget(cluster.brokers)).messages("orders")
    #expect(messages.count == 2_000)
    for (_, group) in Dictionary(grouping: messages, by: { $0.key }) {
      let numbers = group.map { Int(String(decoding: $0.value ?? [], as: UTF8.self)) ?? -1 }
      #expect(numbers == numbers.sorted() && numbers.first != -1)
      #expect(Set(group.map(\.partition)).count == 1)
    }
  }

  @Test("a partition that is asked for is the one that is used")
  func partition() throws {
    cluster.createTopic("orders", partitions: 4)
    let producer = try producer()
    try producer.produce(KafkaRecord(topic: "orders", value: [1], partition: 3), token: 1)
    guard case .acknowledged(let partition, let offset) = try #require(producer.waitForDeliveries().first).outcome
    else {
      Issue.record("not acknowledged")
      return
    }
    #expect(partition == 3)
    #expect(offset == 0)
  }

  @Test("more than the queue holds is sent all the same")
  func backpressure() throws {
    cluster.createTopic("orders")
    let target = KafkaTarget(cluster.brokers, properties: ["queue.buffering.max.messages": "50"])
    let producer = try KafkaProducer(target)
    for token in 0..<1_000 { try producer.produce(KafkaRecord(topic: "orders", value: [1]), token: token) }
    #expect(try producer.waitForDeliveries().count == 1_000)
  }

  @Test("an error that passes is retried, without a duplicate")
  func passingError() throws {
    cluster.createTopic("orders")
    cluster.fail(.produce, [.requestTimedOut, .notEnoughReplicas])
    let producer = try producer()
    try producer.produce(KafkaRecord(topic: "orders", value: [1]), token: 1)
    #expect(try producer.waitForDeliveries().map(\.isAcknowledged) == [true])
    #expect(try KafkaConsumer(KafkaTarget(cluster.brokers)).messages("orders").count == 1)
  }

  @Test("a record that the broker refuses is reported as failed, with the topic")
  func refused() throws {
    cluster.createTopic("orders")
    cluster.fail(.produce, [.topicAuthorizationFailed])
    let producer = try producer()
    try producer.produce(KafkaRecord(topic: "orders", value: [1]), token: 42)
    let delivery = try #require(producer.waitForDeliveries().first)
    #expect(delivery.token == 42)
    guard case .failed(let error) = delivery.outcome else {
      Issue.record("acknowledged")
      return
    }
    #expect(error.kind == .notAuthorized)
    #expect(error.failure.kind == .refused)
    #expect(error.failure.message.contains("topic 'orders'"))
  }

  @Test("a record that is too large is refused before it is sent, and the next one goes out")
  func tooLarge() throws {
    cluster.createTopic("orders")
    let target = KafkaTarget(cluster.brokers, properties: ["message.max.bytes": "2000"])
    let producer = try KafkaProducer(target)
    let large = KafkaRecord(topic: "orders", value: [UInt8](repeating: 7, count: 5_000), headers: [("h", [1])])
    let error = #expect(throws: KafkaError.self) { try producer.produce(large, token: 1) }
    #expect(error?.kind == .recordTooLarge)
    #expect(error?.failure.kind == .badInput)
    try producer.produce(KafkaRecord(topic: "orders", value: [1]), token: 2)
    #expect(try producer.waitForDeliveries().map(\.token) == [2])
  }

  @Test("a broker that goes away makes every record fail in time, as unavailable")
  func brokerGone() throws {
    cluster.createTopic("orders")
    let producer = try producer(deliveryTimeout: .seconds(1))
    _ = try producer.metadata()
    cluster.stop(broker: 1)
    for token in 0..<3 { try producer.produce(KafkaRecord(topic: "orders", value: [1]), token: token) }
    let deliveries = try producer.waitForDeliveries()
    #expect(deliveries.map(\.token).sorted() == [0, 1, 2])
    for delivery in deliveries {
      guard case .failed(let error) = delivery.outcome else {
        Issue.record("acknowledged")
        return
      }
      #expect(error.failure.kind == .unavailable)
    }
    #expect(producer.allBrokersDown)
  }

  @Test("what was not sent yet can be given up, and each record of it has its report")
  func purge() throws {
    cluster.createTopic("orders")
    let producer = try producer()
    _ = try producer.metadata()
    cluster.stop(broker: 1)
    for token in 0..<20 { try producer.produce(KafkaRecord(topic: "orders", value: [1]), token: token) }
    producer.purgeUnsent()
    let deliveries = try producer.waitForDeliveries()
    #expect(deliveries.count == 20)
    #expect(deliveries.allSatisfy { !$0.isAcknowledged })
  }

  @Test("a topic that the cluster does not know fails as such")
  func unknownTopic() throws {
    cluster.fail(topic: "nowhere", .unknownTopic)
    let target = KafkaTarget(cluster.brokers, properties: ["topic.metadata.propagation.max.ms": "100"])
    let producer = try KafkaProducer(target)
    var failure: Failure?
    do {
      try producer.produce(KafkaRecord(topic: "nowhere", value: [1]), token: 1)
      if case .failed(let error) = try producer.waitForDeliveries().first?.outcome { failure = error.failure }
    } catch {
      failure = error.failure
    }
    #expect(failure?.kind == .configuration)
    #expect(failure?.message.contains("'nowhere'") == true)
  }
}
