import Failures
import Kafka
import Redis

/// Why a record was not published, and which other records that concerns.
public struct PublishFailure: FailureConvertible, Equatable, Sendable {
  public var failure: Failure
  public var scope: Scope

  public enum Scope: Equatable, Sendable {
    /// This record only: it is too large, or has no topic.
    case record
    /// This record, or another of the same request: the broker refused them together. Sent singly, they show which one it was.
    case company
    /// All records for the same topic or stream.
    case topic
    /// All records for the same destination: it is down or full, or refuses the connection.
    case destination
  }

  public init(_ failure: Failure, _ scope: Scope) {
    self.failure = failure
    self.scope = scope
  }
}

extension PublishFailure {
  /// An error that does not say whom it concerns: bad data concerns one record, any other error the destination.
  init(_ error: any Error) {
    if let known = error as? PublishFailure {
      self = known
    } else {
      let failure = (error as? any FailureConvertible)?.failure ?? Failure(.failed, "\(error)")
      self.init(failure, failure.kind == .badInput ? .record : .destination)
    }
  }

  /// - Parameter isRemote: true for a refusal by the broker, which refuses whole batches; false for one by librdkafka, of one record.
  init(_ error: KafkaError, isRemote: Bool) {
    let scope: Scope =
      switch error.kind {
      case .recordTooLarge: isRemote ? .company : .record
      case .other: isRemote ? .company : .destination
      case .unknownTopic: .topic
      case .notAuthorized: error.name == "TOPIC_AUTHORIZATION_FAILED" ? .topic : .destination
      case .unreachable, .timedOut, .incompatibleLibrary, .authentication, .fatal, .purged, .configuration: .destination
      }
    self.init(error.failure, scope)
  }

  /// A reply to one command concerns that record, unless its code is about the key, or about the server: `OOM`, `READONLY`, `LOADING`.
  init(_ error: RedisError) {
    let scope: Scope =
      switch error.serverCode {
      case "WRONGTYPE", "NOPERM": .topic
      case "ERR": .record
      default: .destination
      }
    self.init(error.failure, scope)
  }
}
