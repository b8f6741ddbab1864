import Failures

/// Where events are sent to: takes records one by one, and tells at the end of a batch which of them did not arrive.
///
/// A batch is any number of `publish` and one `settle`.
public protocol OutboxPublisher: AnyObject {
  /// `Kafka at broker-1:9092`: for plans, messages and history.
  var destination: String { get }

  /// Where a record of the mapping goes; fails when the mapping does not say.
  func topic(of mapping: OutboxMapping) throws -> OutboxTemplate

  /// Reaches the destination and looks at the topics there, before anything is locked; changes nothing.
  ///
  /// - Returns: what the operator should know.
  func check(topics: [String]) throws -> [String]

  /// Sends the record, or queues it to be sent. Tokens tell the records of a batch apart.
  ///
  /// Throws when it can't be taken; an error other than a `PublishFailure` counts as the destination's. After one of the
  /// destination no further record of the batch may be offered, and it is thrown also when an earlier record is known to have
  /// failed so.
  func publish(_ record: OutboxRecord, token: Int) throws

  /// What is known by now, by token, of those records of the batch that did not arrive; quick enough to be asked at each record.
  var failures: [Int: PublishFailure] { get }

  /// Waits until each record of the batch has arrived or failed, and begins the next batch.
  ///
  /// - Returns: why, by token, for those that did not arrive or may not have. All others are safe at the destination.
  /// - Throws: when it can't tell; then any record of the batch may have arrived or not.
  func settle() throws -> [Int: PublishFailure]
}

extension OutboxMapping {
  /// The configured topic, for those destinations that need one.
  public func requiredTopic(for destination: String) throws(Failure) -> OutboxTemplate {
    guard let topic = publishing.topic else {
      throw Failure(
        .configuration, "cannot tell the topic of an event of table \"\(table)\" for \(destination)",
        causes: ["outbox.publish.topic is not set"],
        hints: ["set it to a name, or to a template such as \"{\(columns.type ?? columns.id)}\""])
    }
    return topic
  }
}

extension [Int: PublishFailure] {
  /// The first failure that ends the whole run.
  var ofDestination: PublishFailure? {
    filter { $0.value.scope == .destination }.min { $0.key < $1.key }?.value
  }
}
