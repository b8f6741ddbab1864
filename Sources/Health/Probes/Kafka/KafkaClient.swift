import Kafka

/// The client library, and a defect of its older versions.
struct KafkaClient: Probe {
  let check = "library"
  let purpose = Purpose.fitness

  func examine(_ cluster: KafkaCluster) -> [Observation] {
    let reason = "librdkafka \(KafkaLibrary.version)"
    guard KafkaLibrary.readsTagsShort else { return [.ok(reason)] }
    return [
      .warning(
        "\(reason) reads tagged fields one byte short, which fails on some brokers",
        advice: "if a broker answers with 'Read underflow', use librdkafka 2.2 or newer")
    ]
  }
}
