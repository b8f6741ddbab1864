import Failures
import Kafka
import Outbox

/// Where replayed events go: as asked for, else as configured, else to Kafka.
enum OutboxDestination: String, CaseIterable {
  case kafka
  case redisStream = "redis-stream"
  case standardOutput = "stdout"

  /// The destination of this invocation. A sandbox without a broker has its Redis to publish to.
  static func choose(_ asked: String?, _ session: Session) throws -> OutboxDestination {
    let context = try session.context()
    let configured = context.outbox?.publishing?.destination?.value.rawValue
    if let name = asked ?? configured, let destination = OutboxDestination(rawValue: name) { return destination }
    return context.kafka == nil && context.isSandbox ? .redisStream : .kafka
  }

  /// The topic or stream that events of the mapping go to there; fails when the mapping does not say.
  func topic(of mapping: OutboxMapping) throws -> OutboxTemplate {
    switch self {
    case .kafka: try mapping.requiredTopic(for: "Kafka")
    case .redisStream: try mapping.publishing.stream ?? mapping.requiredTopic(for: "a Redis stream")
    case .standardOutput: try mapping.requiredTopic(for: "standard output")
    }
  }

  /// Opens what is needed; Kafka's log goes to standard error for somebody who asked with `-v`.
  func publisher(_ session: Session) throws -> any OutboxPublisher {
    switch self {
    case .kafka:
      let (errors, isTraced) = (session.errors, session.verbosity > 0)
      let options = KafkaOptions { level, line in
        // A log line that cannot be written must not end the work that it tells of.
        if isTraced { try? errors.writeLine("librdkafka (\(level)): \(line.escapingControls)") }
      }
      return try KafkaPublisher(try session.kafka(), options: options)
    case .redisStream:
      return RedisStreamPublisher(try session.redis())
    case .standardOutput:
      let output = session.output
      return LinePublisher { bytes in
        try output.write(bytes: bytes)
        try output.flush()
      }
    }
  }
}
