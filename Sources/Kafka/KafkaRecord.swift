/// One record to send.
///
/// Records of the same key go to the same partition and keep their order; those without a key go anywhere.
public struct KafkaRecord: Sendable {
  public var topic: String
  /// `nil` and empty are different keys to Kafka.
  public var key: [UInt8]?
  /// `nil` is a tombstone in a compacted topic.
  public var value: [UInt8]?
  public var headers: [(name: String, value: [UInt8])]
  /// `nil` leaves the choice to the key's hash.
  public var partition: Int32?

  public init(
    topic: String, key: [UInt8]? = nil, value: [UInt8]? = nil, headers: [(name: String, value: [UInt8])] = [],
    partition: Int32? = nil
  ) {
    self.topic = topic
    self.key = key
    self.value = value
    self.headers = headers
    self.partition = partition
  }
}

/// What became of one record: exactly one for each that `produce` took.
public struct KafkaDelivery: Sendable {
  /// The number that the record was produced with.
  public var token: Int
  public var outcome: Outcome

  public enum Outcome: Sendable {
    /// All in-sync replicas have it. The offset is -1 where the broker did not say.
    case acknowledged(partition: Int32, offset: Int64)
    /// Not acknowledged. After `timedOut` or `unreachable` the broker may still have it.
    indirect case failed(KafkaError)
  }

  public var isAcknowledged: Bool {
    if case .acknowledged = outcome { true } else { false }
  }

  /// Why it was not acknowledged; nil when it was.
  var error: KafkaError? {
    if case .failed(let error) = outcome { error } else { nil }
  }
}

/// One record as it was read back from a topic.
public struct KafkaMessage: Sendable {
  public var topic: String
  public var partition: Int32
  public var offset: Int64
  public var key: [UInt8]?
  public var value: [UInt8]?
  public var headers: [(name: String, value: [UInt8]?)]
  /// Milliseconds since 1970, as the producer or the broker set them; `nil` where neither did.
  public var timestampMilliseconds: Int64?

  /// The value of the first header of that name.
  public func header(_ name: String) -> [UInt8]? {
    headers.first { $0.name == name }?.value
  }
}
