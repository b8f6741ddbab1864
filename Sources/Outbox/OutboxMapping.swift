/// How an outbox table is to be read: its name, what its columns and statuses mean, and what an event becomes when it is sent.
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

  /// The table's own names for what an outbox has.
  public struct Columns: Equatable, Sendable {
    public var id: String
    public var status: String
    /// When the event happened; with the id it gives the order.
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

    /// What each column is for, as the configuration says it, and its name.
    var roles: [(role: String, column: String)] {
      let all = [
        ("id", id), ("status", status), ("created", created), ("key", key), ("type", type), ("payload", payload),
        ("published", published),
      ]
      return all.compactMap { role, column in column.map { (role, $0) } }
    }
  }

  /// What the table writes for each state of an event.
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

    /// Those of events that still have to go out.
    var unpublished: [String] { [initial, fail, retry] }
    var all: [String] { [initial, published, fail, retry] }
  }

  /// What is sent, and where to.
  public struct Publishing: Equatable, Sendable {
    /// The Kafka topic; needed for Kafka and standard output.
    public var topic: OutboxTemplate?
    /// The Redis stream's key; the topic stands in for it.
    public var stream: OutboxTemplate?
    /// The record's key, within which order is kept; the key column stands in for it.
    public var key: OutboxTemplate?
    /// The record's value; the payload column stands in for it.
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
