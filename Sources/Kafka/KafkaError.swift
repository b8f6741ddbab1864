internal import CRdkafka
import Failures

/// What could not be done with Kafka, and why. It holds no record's content and no property's value.
public struct KafkaError: FailureConvertible, Equatable, Sendable {
  public let kind: Kind
  /// What could not be done, to what: `send to topic "orders"`.
  public let action: String
  /// The broker list.
  public let target: String
  /// librdkafka's name for it, `_TRANSPORT` or `TOPIC_AUTHORIZATION_FAILED`; empty where usher found it itself.
  public let name: String
  /// From near to far.
  public let causes: [String]

  public enum Kind: Equatable, Sendable {
    /// No broker, or not the one that is needed.
    case unreachable
    /// No answer within the time given; the broker may have done it all the same.
    case timedOut
    /// This librdkafka can't read that broker's answers; see `KafkaLibrary.readsTagsShort`.
    case incompatibleLibrary
    case authentication
    case notAuthorized
    case unknownTopic
    case recordTooLarge
    /// The producer can't go on: its promise of no gaps and no duplicates is broken.
    case fatal
    /// The sender gave it up before it was sent, because an earlier record failed.
    case purged
    /// A property that librdkafka doesn't take.
    case configuration
    case other
  }

  init(_ kind: Kind, _ action: String, _ target: KafkaTarget, name: String = "", causes: [String] = []) {
    self.kind = kind
    self.action = action
    self.target = target.description
    self.name = name
    self.causes = causes
  }

  /// An error that librdkafka returned; `heard` is what its log and its error events said before.
  init(_ code: rd_kafka_resp_err_t, _ action: String, _ target: KafkaTarget, heard: [String] = []) {
    let kind = heard.contains(where: KafkaLibrary.saysReadUnderflow) ? .incompatibleLibrary : Kind(code)
    let own = String(cString: rd_kafka_err2str(code))
    let isAboutConnection = kind == .unreachable || kind == .timedOut || kind == .authentication
    // How many of librdkafka's own entries are down, its first addresses counted beside the brokers that they led to, tells nobody
    // anything that the other lines do not.
    let others = heard.filter { !$0.hasSuffix("brokers are down") }
    let heard = kind == .unreachable && !others.isEmpty ? others : heard
    let details = isAboutConnection || kind == .incompatibleLibrary || kind == .fatal ? heard : []
    self.init(
      kind, action, target, name: String(cString: rd_kafka_err2name(code)),
      causes: details.isEmpty ? [own] : details)
  }

  public var failure: Failure {
    switch kind {
    case .unreachable, .timedOut:
      Failure(
        .unavailable, kind == .timedOut ? "no answer in time from Kafka at \(target): cannot \(action)" : unreachable,
        causes: causes, hints: ["check USHER_KAFKA, or run `usher doctor`"])
    case .incompatibleLibrary:
      Failure(
        .unavailable, "librdkafka \(KafkaLibrary.version) cannot read the answers of Kafka at \(target)",
        causes: causes + ["before version 2.2, librdkafka skips one byte too few of the tagged fields in an answer"],
        hints: [KafkaLibrary.newerLibraryHint])
    case .authentication:
      Failure(
        .refused, "Kafka at \(target) refused the authentication: cannot \(action)", causes: causes,
        hints: ["check security.protocol, sasl.mechanism, sasl.username and sasl.password"])
    case .notAuthorized:
      Failure(.refused, sentence, causes: causes, hints: ["ask for the right to describe and write that topic"])
    case .unknownTopic:
      Failure(.configuration, sentence, causes: causes, hints: ["create the topic, or correct its name"])
    case .recordTooLarge:
      Failure(
        .badInput, sentence, causes: causes,
        hints: ["raise message.max.bytes on the broker, and in `kafka-properties` of the config file"])
    case .configuration:
      Failure(.configuration, sentence, causes: causes)
    case .fatal, .purged, .other:
      Failure(.failed, sentence, causes: causes)
    }
  }

  private var sentence: String { "cannot \(action) at Kafka \(target)" }
  private var unreachable: String { "cannot reach Kafka at \(target): cannot \(action)" }
}

extension KafkaError.Kind {
  /// Sorts librdkafka's codes by what a user can do about them.
  ///
  /// Source: librdkafka, rdkafka.h, `rd_kafka_resp_err_t`.
  init(_ code: rd_kafka_resp_err_t) {
    switch code {
    case RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, RD_KAFKA_RESP_ERR__RESOLVE,
      RD_KAFKA_RESP_ERR__SSL, RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE,
      RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
      RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION:
      self = .unreachable
    case RD_KAFKA_RESP_ERR__TIMED_OUT, RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE,
      RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT:
      self = .timedOut
    case RD_KAFKA_RESP_ERR__AUTHENTICATION, RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED,
      RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM, RD_KAFKA_RESP_ERR_ILLEGAL_SASL_STATE:
      self = .authentication
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED,
      RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
      self = .notAuthorized
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART,
      RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
      self = .unknownTopic
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
      self = .recordTooLarge
    case RD_KAFKA_RESP_ERR__FATAL, RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH, RD_KAFKA_RESP_ERR__FENCED,
      RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, RD_KAFKA_RESP_ERR_UNKNOWN_PRODUCER_ID:
      self = .fatal
    case RD_KAFKA_RESP_ERR__PURGE_QUEUE, RD_KAFKA_RESP_ERR__PURGE_INFLIGHT:
      self = .purged
    case RD_KAFKA_RESP_ERR__INVALID_ARG:
      self = .configuration
    default:
      self = .other
    }
  }
}
