import Kafka

/// A Kafka cluster during a checkup, which is asked at the first probe that needs it.
final class KafkaCluster {
  private let target: () throws -> KafkaTarget
  private let limit: TimeLimit

  init(_ target: @escaping () throws -> KafkaTarget, within limit: TimeLimit) {
    self.target = target
    self.limit = limit
  }

  /// Asks the cluster, within its time limit and five seconds at most.
  func metadata() throws -> (metadata: KafkaMetadata, target: KafkaTarget) {
    let target = try target()
    let options = KafkaOptions(connectTimeout: min(KafkaOptions().connectTimeout, limit.left))
    return (try KafkaProducer(target, options: options).metadata(), target)
  }
}
