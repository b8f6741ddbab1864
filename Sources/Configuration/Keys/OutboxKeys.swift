import Arguments

/// The keys of the outbox.
struct OutboxKeys: SectionKeys {
  static let keys = OutboxKeys()

  let help =
    "The outbox table as it exists in the database. usher reads the table's columns and their types from the database."

  let table = ConfigurationKey(
    "table", .text("a table name, as in SQL"), "The table of events", example: "outbox_event")
  let columns = SectionKey(
    "columns", OutboxColumnKeys.keys, "Which column has which role", example: "{ id: id, status: status }")
  let statuses = SectionKey(
    "statuses", OutboxStatusKeys.keys, "The text that the table has for each status", example: "{ init: NEW }")
  let publish = SectionKey(
    "publish", OutboxPublishKeys.keys, "Where an event is published, and what the published record contains",
    example: "{ topic: \"{domain_type}\" }")
}

/// The roles that a column of the outbox can have.
public struct OutboxColumnKeys: SectionKeys {
  static let keys = OutboxColumnKeys()

  let help = "The name of the column for each role."

  public let id = ConfigurationKey(
    "id", .text("a column name"), "Identifies an event; unique. Required for all outbox commands", example: "id")
  public let key = ConfigurationKey(
    "key", .text("a column name"), "Orders events: events with the same key are published in their order",
    example: "aggregate_id")
  public let type = ConfigurationKey(
    "type", .text("a column name"), "The event type, by which `--type` selects", example: "event_type")
  public let payload = ConfigurationKey(
    "payload", .text("a column name"), "The content of the event", example: "payload")
  public let status = ConfigurationKey(
    "status", .text("a column name"), "Says whether the event is published. Required for all outbox commands",
    example: "status")
  public let created = ConfigurationKey(
    "created", .text("a column name"),
    "When the event was written; gives its age and its order. Required for all outbox commands", example: "created_at")
  public let published = ConfigurationKey(
    "published", .text("a column name"), "When the event was published. usher sets it when it marks the event",
    example: "published_at")
}

/// The statuses that an event can be in.
public struct OutboxStatusKeys: SectionKeys {
  static let keys = OutboxStatusKeys()

  let help = "The stored text of each status."

  public let initial = DefaultedKey(
    "init", .text("a text"), default: "INIT", "The event is written and not yet published", example: "NEW")
  public let published = DefaultedKey(
    "published", .text("a text"), default: "PUBLISHED", "The event is published", example: "SENT")
  public let fail = DefaultedKey("fail", .text("a text"), default: "FAIL", "Publishing failed", example: "FAILED")
  public let retry = DefaultedKey(
    "retry", .text("a text"), default: "RETRY", "The service has to publish the event again", example: "AGAIN")
}

/// The keys of the outbox's `publish`.
public struct OutboxPublishKeys: SectionKeys {
  static let keys = OutboxPublishKeys()

  let help =
    "In a template, `{column}` stands for a column of the row, `{{` for an opening and `}}` for a closing brace."

  let to = ConfigurationKey(
    "to", .choice(of: OutboxSettings.Publishing.Destination.self), "Where events are published, unless `--to` is given",
    absence: "events go to Kafka, or to a Redis stream in a sandbox without Kafka", example: "redis-stream")
  public let topic = ConfigurationKey(
    "topic", .text("a template"), "The Kafka topic. Required for Kafka and for standard output",
    example: "\"{domain_type}\"")
  public let stream = ConfigurationKey(
    "stream", .text("a template"), "The key of the Redis stream", absence: "the topic is used",
    example: "\"events:{domain_type}\"")
  public let key = ConfigurationKey(
    "key", .text("a template"), "The key of the record. Records with the same key keep their order",
    absence: "the key column is used", example: "\"{key}\"")
  public let value = ConfigurationKey(
    "value", .text("a template"), "The value of the record", absence: "the payload column is used",
    example: "\"{payload}\"")
  let headers = TextMapKey(
    "headers", of: "header names", to: "templates", "The headers of the record",
    example: "{ event_type: \"{event_type}\" }")
  let idHeader = DefaultedKey(
    "id-header", .text("a text"), default: "usher-outbox-id",
    "The header with the row's id, by which consumers can drop duplicates", example: "event-id")
}
