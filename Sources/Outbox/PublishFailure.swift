import Failures
import Kafka
import Redis

/// Why a record was not published, and what else that keeps from being published.
public struct PublishFailure: FailureConvertible, Equatable, Sendable {
  public var failure: Failure
  public var scope: Scope

  public enum Scope: Equatable, Sendable {
    /// This record alone: it is too large, or has no topic.
    case record
    /// This record, or one that travelled with it: they were refused together, and only each alone shows which it was.
    case company
    /// Whatever goes to the same topic or stream.
    case topic
    /// Whatever goes to the same destination: it is away or full, or does not let us in.
    case destination
  }

  public init(_ failure: Failure, _ scope: Scope) {
    self.failure = failure
    self.scope = scope
  }
}

extension PublishFailure {
  /// An error that says nothing of its reach: a record with wrong data is alone in that, anything else may come again.
  init(_ error: any Error) {
    if let known = error as? PublishFailure {
      self = known
    } else {
      let failure = (error as? any FailureConvertible)?.failure ?? Failure(.failed, "\(error)")
      self.init(failure, failure.kind == .badInput ? .record : .destination)
    }
  }

  /// - Parameter isRemote: whether the broker refused, which does so by the batch; else librdkafka did, record by record.
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

  /// A reply to one command is about that record, unless its code tells of the key, or of the server: `OOM`, `READONLY`, `LOADING`.
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
