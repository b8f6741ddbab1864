import Failures
import Kafka
import Text

/// Sends events to Kafka topics. A record has arrived when all in-sync replicas have it.
public final class KafkaPublisher: OutboxPublisher {
  private let producer: KafkaProducer
  public private(set) var failures: [Int: PublishFailure] = [:]
  /// Tokens of records that were discarded before they were sent, because the destination had failed for another record.
  private var purged: [Int] = []
  private var sinceLook = 0

  public init(_ target: KafkaTarget, options: KafkaOptions = .init()) throws {
    producer = try KafkaProducer(target, options: options)
  }

  public var destination: String { "Kafka at \(producer.target)" }

  public func topic(of mapping: OutboxMapping) throws -> OutboxTemplate {
    try mapping.requiredTopic(for: "Kafka")
  }

  public func check(topics: [String]) throws -> [String] {
    let metadata = try producer.metadata()
    var warnings: [String] = []
    for name in topics {
      guard let topic = metadata.topic(name) else {
        warnings.append("topic '\(name)' does not exist yet: it is created if the broker creates topics automatically")
        continue
      }
      if topic.leaderless > 0 {
        warnings.append(
          "topic '\(name)' has \(topic.leaderless == 1 ? "a partition" : "\(topic.leaderless.grouped) partitions") without a leader: records for them wait"
        )
      }
    }
    return warnings
  }

  public func publish(_ record: OutboxRecord, token: Int) throws {
    // A look is cheap and failures are rare, so one look for 256 records stops the batch soon enough.
    sinceLook += 1
    if sinceLook >= 256 {
      sinceLook = 0
      note(producer.takeDeliveries())
      if let lost = failures.ofDestination { throw lost }
    }
    do throws(KafkaError) {
      try producer.produce(
        KafkaRecord(
          topic: record.topic, key: record.key, value: record.value,
          headers: record.headers.map { (name: $0.name, value: $0.value) }),
        token: token)
    } catch {
      throw PublishFailure(error, isRemote: false)
    }
  }

  public func settle() throws -> [Int: PublishFailure] {
    defer {
      failures = [:]
      purged = []
    }
    // After the destination has failed, records in the queue must not be sent; those in flight still report what became of them.
    if failures.ofDestination != nil { producer.purgeUnsent() }
    note(
      try producer.waitForDeliveries { error in PublishFailure(error, isRemote: true).scope == .destination })
    // The discarded records failed for the reason of the first that failed.
    let reason =
      failures.ofDestination
      ?? PublishFailure(Failure(.failed, "the record was discarded before it was sent"), .destination)
    for token in purged { failures[token] = reason }
    return failures
  }

  private func note(_ deliveries: [KafkaDelivery]) {
    for delivery in deliveries {
      guard case .failed(let error) = delivery.outcome else { continue }
      if error.kind == .purged {
        purged.append(delivery.token)
      } else {
        failures[delivery.token] = PublishFailure(error, isRemote: true)
      }
    }
  }
}
