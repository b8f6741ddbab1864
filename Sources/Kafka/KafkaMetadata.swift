internal import CRdkafka

/// What a cluster says about itself.
public struct KafkaMetadata: Equatable, Sendable {
  public var brokers: [Broker]
  /// By name, without those whose names begin with two underscores, which are Kafka's own.
  public var topics: [Topic]

  public struct Broker: Equatable, Sendable {
    public var id: Int32
    public var host: String
    public var port: Int32
  }

  public struct Topic: Equatable, Sendable {
    public var name: String
    /// The numbers of its partitions, ascending.
    public var partitions: [Int32]
    /// How many of them have no leader now, so that nothing can be sent to them.
    public var leaderless: Int
  }

  public func topic(_ name: String) -> Topic? {
    topics.first { $0.name == name }
  }
}

extension KafkaProducer {
  /// Asks the cluster for its brokers and topics; it creates none. Throws `unreachable` within the connect timeout.
  public func metadata() throws(KafkaError) -> KafkaMetadata { try handle.metadata() }
}

extension KafkaConsumer {
  /// Asks the cluster for its brokers and topics; it creates none. Throws `unreachable` within the connect timeout.
  public func metadata() throws(KafkaError) -> KafkaMetadata { try handle.metadata() }
}

extension KafkaHandle {
  /// All topics are asked for, because asking for one by name may create it.
  func metadata() throws(KafkaError) -> KafkaMetadata {
    let end = ContinuousClock().now + options.connectTimeout
    var wait = Duration.milliseconds(500)
    var code = RD_KAFKA_RESP_ERR__TIMED_OUT
    // In growing steps, so that what can't get better is told at once, and a slow broker still has its time.
    repeat {
      let left = ContinuousClock().now.duration(to: end)
      var answer: UnsafePointer<rd_kafka_metadata>?
      code = rd_kafka_metadata(pointer, 1, nil, &answer, max(.milliseconds(1), min(wait, left)).wholeMilliseconds)
      poll(wait: .zero)
      if code == RD_KAFKA_RESP_ERR_NO_ERROR, let answer {
        // The answer is ours.
        defer { rd_kafka_metadata_destroy(answer) }
        noteDelivery()
        return KafkaMetadata(answer.pointee)
      }
      wait = wait * 2
    } while ContinuousClock().now < end && !isHopeless
    throw error(code, "ask for its topics")
  }
}

extension KafkaMetadata {
  init(_ answer: rd_kafka_metadata) {
    brokers = UnsafeBufferPointer(start: answer.brokers, count: Int(answer.broker_cnt)).map { broker in
      Broker(id: broker.id, host: String(cString: broker.host), port: broker.port)
    }
    topics = UnsafeBufferPointer(start: answer.topics, count: Int(answer.topic_cnt))
      .map { topic in
        let partitions = UnsafeBufferPointer(start: topic.partitions, count: Int(topic.partition_cnt))
        return Topic(
          name: String(cString: topic.topic), partitions: partitions.map(\.id).sorted(),
          leaderless: partitions.count { $0.leader < 0 })
      }
      .filter { !$0.name.hasPrefix("__") }
      .sorted { $0.name < $1.name }
  }
}
