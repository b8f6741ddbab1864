import Failures

/// A destination of events: takes records one by one, and reports at the end of a batch which of them did not arrive.
///
/// A batch is any number of `publish` and one `settle`.
public protocol OutboxPublisher: AnyObject {
  /// `Kafka at broker-1:9092`, for plans, messages and history.
  var destination: String { get }

  /// The topic or stream of the mapping's records. Throws `configuration` where the mapping does not say.
  func topic(of mapping: OutboxMapping) throws -> OutboxTemplate

  /// Connects to the destination and examines the topics there, before any row is locked. It changes nothing.
  ///
  /// - Returns: warnings for the operator.
  func check(topics: [String]) throws -> [String]

  /// Sends the record, or queues it to be sent. The token identifies it within the batch.
  ///
  /// Throws when the record is not accepted. An error that is not a `PublishFailure` counts as one of the whole destination. After
  /// a failure of the destination the caller must not offer further records of the batch. Such a failure is thrown also where it
  /// concerns an earlier record.
  func publish(_ record: OutboxRecord, token: Int) throws

  /// The failures of the batch that are known so far, by token. Reading it for each record is cheap.
  var failures: [Int: PublishFailure] { get }

  /// Waits until each record of the batch has arrived or failed, and begins the next batch.
  ///
  /// - Returns: the reasons, by token, of the records that did not arrive or may not have. All others have arrived.
  /// - Throws: where the outcome is unknown; then each record of the batch may have arrived or not.
  func settle() throws -> [Int: PublishFailure]
}

extension OutboxMapping {
  /// The configured topic. Throws `configuration` where none is set.
  public func requiredTopic(for destination: String) throws(Failure) -> OutboxTemplate {
    guard let topic = publishing.topic else {
      throw Failure(
        .configuration, "no topic is configured for the events of table '\(table)' that go to \(destination)",
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
