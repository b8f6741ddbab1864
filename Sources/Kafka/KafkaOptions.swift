/// How patient a connection to Kafka is, and where its log goes.
public struct KafkaOptions: Sendable {
  /// What the broker's own logs and quotas call this client.
  public var clientID: String

  /// How long to wait for the first broker to answer.
  public var connectTimeout: Duration

  /// How long a record may wait for its acknowledgement, from `produce` on, retries included. Its report then says `timedOut`.
  public var deliveryTimeout: Duration

  /// Gets each line of librdkafka's log; called on the thread that uses the connection, while it does.
  public var log: @Sendable (KafkaLogLevel, String) -> Void

  /// 10 s for a delivery: above what a leader election takes, below the patience of someone on call.
  public init(
    clientID: String = "usher", connectTimeout: Duration = .seconds(5), deliveryTimeout: Duration = .seconds(10),
    log: @escaping @Sendable (KafkaLogLevel, String) -> Void = { _, _ in }
  ) {
    self.clientID = clientID
    self.connectTimeout = connectTimeout
    self.deliveryTimeout = deliveryTimeout
    self.log = log
  }
}

/// How grave a line of librdkafka's log is; the raw values are syslog's.
public enum KafkaLogLevel: Int32, CaseIterable, Comparable, Sendable {
  case emergency, alert, critical, error, warning, notice, information, debug

  /// Graver is less.
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension Duration {
  /// Whole milliseconds, rounded up, so that a short wait never turns into none.
  var wholeMilliseconds: Int32 {
    let (seconds, attoseconds) = components
    let milliseconds = Double(seconds) * 1_000 + Double(attoseconds) / 1e15
    return Int32(max(0, min(milliseconds.rounded(.up), Double(Int32.max))))
  }
}
