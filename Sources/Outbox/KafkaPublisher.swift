import Failures
import Kafka
import Text

/// Sends events to Kafka topics; a record has arrived when all in-sync replicas have it.
public final class KafkaPublisher: OutboxPublisher {
  private let producer: KafkaProducer
  public private(set) var failures: [Int: PublishFailure] = [:]
  /// Tokens of records that were given up unsent, after the destination had failed another.
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
        warnings.append("topic \"\(name)\" is not there yet: a broker that creates topics by itself will make it")
        continue
      }
      if topic.leaderless > 0 {
        warnings.append(
          "topic \"\(name)\" has \(topic.leaderless == 1 ? "a partition" : "\(topic.leaderless.grouped) partitions") without a leader: sending to them waits"
        )
      }
    }
    return warnings
  }

  public func publish(_ record: OutboxRecord, token: Int) throws {
    // Looking costs little, and what fails is seldom: every so often is soon enough to stop.
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
    // Once the destination has failed, nothing that still waits here may go out; what is on its way tells by itself.
    if failures.ofDestination != nil { producer.purgeUnsent() }
    note(
      try producer.waitForDeliveries { error in PublishFailure(error, isRemote: true).scope == .destination })
    // Those that were given up failed for the reason of the first that failed.
    let reason =
      failures.ofDestination ?? PublishFailure(Failure(.failed, "the record was given up unsent"), .destination)
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
