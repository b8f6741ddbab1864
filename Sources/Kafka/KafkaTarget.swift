/// Which Kafka, and how to sign in to it.
///
/// `description` is safe to print: it is the broker list alone, whatever the properties hold.
public struct KafkaTarget: Hashable, Sendable, CustomStringConvertible {
  /// `host:port`, several with commas; the first that answers names the others.
  public let brokers: String

  /// librdkafka's own properties (`security.protocol`, `sasl.mechanism`, `sasl.username`, `sasl.password`, …), passed on as
  /// they are. Those that usher's promises rest on (`KafkaTarget.reserved`) are refused.
  ///
  /// Source: librdkafka, CONFIGURATION.md.
  public let properties: [String: String]

  public init(_ brokers: String, properties: [String: String] = [:]) {
    self.brokers = brokers
    self.properties = properties
  }

  public var description: String { brokers.isEmpty ? "(no broker)" : brokers }
}

extension KafkaTarget: CustomReflectable {
  /// The brokers alone, so that a dump of a value that holds this one never shows a password.
  public var customMirror: Mirror { Mirror(self, children: ["brokers": brokers]) }
}

extension KafkaTarget {
  /// The properties that usher sets itself: order, acknowledgement and the log depend on them.
  public static let reserved: Set<String> = [
    "acks", "bootstrap.servers", "enable.gapless.guarantee", "enable.idempotence", "enable.partition.eof", "log.queue",
    "metadata.broker.list", "request.required.acks", "transactional.id",
  ]

  /// Whether a property's value must not appear in any output.
  public static func isSecret(property: String) -> Bool {
    ["password", "secret", "key.pem", "keystore", "oauthbearer.config", "jaas", "token"].contains { word in
      property.lowercased().contains(word)
    }
  }
}
