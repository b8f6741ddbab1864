import Kafka
import Terminal
import Text

/// What `usher doctor` looks at in Kafka.
enum DoctorKafka {
  private static let area = "kafka"

  static func examine(_ session: Session) -> [Finding] {
    do {
      guard try session.context().kafka != nil else {
        return [Finding(area, "connection", .skipped, "no Kafka is configured; stuck events can go to a Redis stream")]
      }
    } catch {
      return [Finding(area, "connection", failed: error)]
    }
    return [library, reach(session)]
  }

  private static var library: Finding {
    let detail = "librdkafka \(KafkaLibrary.version)"
    return KafkaLibrary.readsTagsShort
      ? Finding(
        area, "library", .warning, "\(detail) reads tagged fields one byte short, which fails on some brokers",
        hint: "if a broker answers with 'Read underflow', use librdkafka 2.2 or newer")
      : Finding(area, "library", .ok, detail)
  }

  private static func reach(_ session: Session) -> Finding {
    do {
      let producer = try KafkaProducer(try session.kafka())
      let metadata = try producer.metadata()
      let leaderless = metadata.topics.filter { $0.leaderless > 0 }.map(\.name)
      let detail =
        "\(metadata.brokers.count.counted("broker")) and \(metadata.topics.count.counted("topic")) at \(producer.target)"
      guard leaderless.isEmpty else {
        return Finding(
          area, "connection", .warning, "\(detail); partitions without a leader: \(leaderless.joined(separator: ", "))",
          hint: "records for those topics will wait; look at the brokers")
      }
      return Finding(area, "connection", .ok, detail)
    } catch {
      return Finding(area, "connection", failed: error)
    }
  }
}
