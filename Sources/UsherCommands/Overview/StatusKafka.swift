import Kafka
import Terminal

/// The line of `usher status` about Kafka.
enum StatusKafka {
  static func lines(_ session: Session) -> [StatusLine] {
    do {
      guard try session.context().kafka != nil else { return [] }
      let metadata = try KafkaProducer(try session.kafka()).metadata()
      let leaderless = metadata.topics.count { $0.leaderless > 0 }
      let detail =
        "\(Figures.count(metadata.brokers.count, "broker")), \(Figures.count(metadata.topics.count, "topic"))"
      return [
        StatusLine(
          "kafka", "cluster", leaderless > 0 ? .warning : .ok,
          leaderless > 0 ? "\(detail), \(Figures.count(leaderless)) of them without a leader" : detail,
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
