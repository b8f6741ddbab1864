/// One event in the form in which it is sent.
public struct OutboxRecord: Equatable, Sendable {
  /// The row's id as text.
  public var id: String
  /// The Kafka topic, or the key of the Redis stream.
  public var topic: String
  public var key: [UInt8]?
  public var value: [UInt8]?
  public var type: String?
  /// The configured headers, then the one with the row's id.
  public var headers: [Header]

  public struct Header: Equatable, Sendable {
    public var name: String
    public var value: [UInt8]

    public init(_ name: String, _ value: [UInt8]) {
      self.name = name
      self.value = value
    }
  }

  public init(
    id: String, topic: String, key: [UInt8]? = nil, value: [UInt8]? = nil, type: String? = nil, headers: [Header] = []
  ) {
    self.id = id
    self.topic = topic
    self.key = key
    self.value = value
    self.type = type
    self.headers = headers
  }
}
