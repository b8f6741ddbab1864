import Kafka
import Terminal
import Text

/// The line of `usher status` about Kafka.
enum StatusKafka {
  static func lines(_ session: Session) -> [StatusLine] {
    do {
      guard try session.context().kafka != nil else { return [] }
      let metadata = try KafkaProducer(try session.kafka()).metadata()
      let leaderless = metadata.topics.count { $0.leaderless > 0 }
      let detail =
        "\(metadata.brokers.count.counted("broker")), \(metadata.topics.count.counted("topic"))"
      return [
        StatusLine(
          "kafka", "cluster", leaderless > 0 ? .warning : .ok,
          leaderless > 0 ? "\(detail), \(leaderless.grouped) of them without a leader" : detail,
          figures: [
            ("brokers", .integer(metadata.brokers.count)), ("topics", .integer(metadata.topics.count)),
            ("leaderless_topics", .integer(leaderless)),
          ])
      ]
    } catch {
      return [StatusLine("kafka", "cluster", failed: error)]
    }
  }
}
