import Configuration
import Kafka
import Outbox
import Text

extension Session {
  /// Where replayed events go: as asked for, else as configured, else to Kafka. A sandbox without a broker publishes to its Redis.
  func outboxDestination(_ asked: String? = nil) throws -> OutboxSettings.Publishing.Destination {
    let context = try context()
    if let destination = asked.flatMap(OutboxSettings.Publishing.Destination.init)
      ?? context.outbox?.publishing?.destination?.value
    {
      return destination
    }
    return context.kafka == nil && context.isSandbox ? .redisStream : .kafka
  }

  /// Opens what publishing there needs. Kafka's log goes to standard error with `-v`.
  func publisher(to destination: OutboxSettings.Publishing.Destination) throws -> any OutboxPublisher {
    switch destination {
    case .kafka:
      let (errors, isTraced) = (errors, verbosity > 0)
      let options = KafkaOptions { level, line in
        // A log line that cannot be written must not end the work.
        if isTraced { try? errors.writeLine("librdkafka (\(level)): \(line.escapingControls)") }
      }
      return try KafkaPublisher(try kafka(), options: options)
    case .redisStream:
      return RedisStreamPublisher(try redis())
    case .standardOutput:
      let output = output
      return LinePublisher { bytes in
        try output.write(bytes: bytes)
        try output.flush()
      }
    }
  }
}

extension OutboxSettings.Publishing.Destination {
  /// The topic or stream that events of the mapping go to there, without a connection. Throws `configuration` where the mapping does not
  /// say.
  func topic(of mapping: OutboxMapping) throws -> OutboxTemplate {
    switch self {
    case .kafka: try mapping.requiredTopic(for: "Kafka")
    case .redisStream: try mapping.publishing.stream ?? mapping.requiredTopic(for: "a Redis stream")
    case .standardOutput: try mapping.requiredTopic(for: "standard output")
    }
  }
}
