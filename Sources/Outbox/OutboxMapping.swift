/// The description of an outbox table: its name, the meaning of its columns and statuses, and how a record is built from an event.
public struct OutboxMapping: Equatable, Sendable {
  /// With or without a schema: `outbox_event`, `billing.outbox_event`.
  public var table: String
  public var columns: Columns
  public var statuses: Statuses
  public var publishing: Publishing

  public init(table: String, columns: Columns, statuses: Statuses = .init(), publishing: Publishing = .init()) {
    self.table = table
    self.columns = columns
    self.statuses = statuses
    self.publishing = publishing
  }

  /// The names of the columns, by what they contain.
  public struct Columns: Equatable, Sendable {
    public var id: String
    public var status: String
    /// When the event happened; with the id it determines the order.
    public var created: String
    public var key: String?
    public var type: String?
    public var payload: String?
    /// Set when a row is marked as published.
    public var published: String?

    public init(
      id: String, status: String, created: String, key: String? = nil, type: String? = nil, payload: String? = nil,
      published: String? = nil
    ) {
      self.id = id
      self.status = status
      self.created = created
      self.key = key
      self.type = type
      self.payload = payload
      self.published = published
    }

    /// The role of each column, as the configuration names it, and the column's name.
    var roles: [(role: String, column: String)] {
      let all = [
        ("id", id), ("status", status), ("created", created), ("key", key), ("type", type), ("payload", payload),
        ("published", published),
      ]
      return all.compactMap { role, column in column.map { (role, $0) } }
    }
  }

  /// The stored text of each state of an event.
  public struct Statuses: Equatable, Sendable {
    public var initial: String
    public var published: String
    public var fail: String
    public var retry: String

    public init(
      initial: String = "INIT", published: String = "PUBLISHED", fail: String = "FAIL", retry: String = "RETRY"
    ) {
      self.initial = initial
      self.published = published
      self.fail = fail
      self.retry = retry
    }

    /// The statuses of events that have yet to be sent.
    var unpublished: [String] { [initial, fail, retry] }
    var all: [String] { [initial, published, fail, retry] }
  }

  /// What is sent, and where.
  public struct Publishing: Equatable, Sendable {
    /// The Kafka topic; needed for Kafka and standard output.
    public var topic: OutboxTemplate?
    /// The Redis stream's key; nil for the topic.
    public var stream: OutboxTemplate?
    /// The record's key, within which order is kept; nil for the key column.
    public var key: OutboxTemplate?
    /// The record's value; nil for the payload column.
    public var value: OutboxTemplate?
    public var headers: [Header]
    /// The header that carries the row's id, by which consumers drop duplicates.
    public var idHeader: String

    public struct Header: Equatable, Sendable {
      public var name: String
      public var value: OutboxTemplate

      public init(name: String, value: OutboxTemplate) {
        self.name = name
        self.value = value
      }
    }

    public init(
      topic: OutboxTemplate? = nil, stream: OutboxTemplate? = nil, key: OutboxTemplate? = nil,
      value: OutboxTemplate? = nil, headers: [Header] = [], idHeader: String = "usher-outbox-id"
    ) {
      self.topic = topic
      self.stream = stream
      self.key = key
      self.value = value
      self.headers = headers
      self.idHeader = idHeader
    }
  }
}
