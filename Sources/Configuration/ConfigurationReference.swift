/// Every mapping and key of the configuration file, for the manual; a test holds it to what the file's reader knows.
public enum ConfigurationReference {
  /// One mapping of the file.
  public struct Section: Sendable {
    /// `contexts.NAME`; names that the user chooses are in capitals. Empty for the file itself.
    public let path: String
    public let help: String
    public let keys: [Key]
  }

  public struct Key: Sendable {
    public let name: String
    /// What may stand there: `a duration`.
    public let value: String
    /// What it does, without a full stop.
    public let help: String
  }

  public static let sections: [Section] = [
    Section(
      path: "", help: "The file is one mapping. What is not there is not configured: nothing is guessed.",
      keys: [
        Key(
          name: "current-context", value: "a context's name",
          help: "The context that is used where no option and no variable chooses a connection"),
        Key(name: "contexts", value: "a mapping of names to contexts", help: "Sets of stores, as kubectl has them"),
        Key(name: "queues", value: "a mapping of names to queues", help: "The waiting rooms in Redis"),
        Key(name: "caches", value: "a mapping of names to caches", help: "The caches in Redis"),
        Key(name: "outbox", value: "a mapping", help: "The table of events that are to be published"),
      ]),
    Section(
      path: "contexts.NAME",
      help: """
        A context that is chosen by `--context` or USHER_CONTEXT is all there is: a store that it does not name is absent.
        """,
      keys: [
        Key(
          name: "postgres", value: "a libpq connection string, a URI, or service=NAME",
          help: "The database; a password belongs into .pgpass or the service's file"),
        Key(
          name: "redis", value: "redis://user:password@host:port/db, unix:///path, or host:port", help: "The server"),
        Key(name: "kafka", value: "host:port, several with commas", help: "The brokers to begin with"),
        Key(
          name: "kafka-properties", value: "a mapping of librdkafka's names to texts",
          help: "What the brokers want beyond their addresses, such as security.protocol"),
        Key(
          name: "protected", value: "true or false",
          help: "Whether a change needs `--confirm` with the context's name, and `--reason`"),
        Key(
          name: "completion", value: "true or false",
          help: "Whether TAB may ask the stores for names; by default where the context is not protected"),
      ]),
    Section(
      path: "queues.NAME",
      help: """
        The preset says how the service keeps its people; the keys say where, and all else what differs from the preset. With \
        {concert} in `waiting` and `active` the entry stands for a queue a concert, each called NAME/CONCERT; they are found by \
        a walk over the keys.
        """,
      keys: [
        Key(
          name: "preset", value: "set-ttl, zset-expiry, key-per-token or proceed-zset",
          help: """
            The form of what is active: a set with one time to live for the whole key, a sorted set scored with each expiry, a \
            key a token, or a sorted set scored with the admission time
            """),
        Key(name: "waiting", value: "a key", help: "The sorted set of who waits"),
        Key(
          name: "active", value: "a key, for key-per-token with {token} in it",
          help: "Where those are who were admitted"),
        Key(name: "active-ttl", value: "a duration", help: "How long an admission holds; 300s when absent"),
        Key(name: "capacity", value: "a number", help: "How many may be active at once"),
        Key(
          name: "score", value: "arrival-ms, arrival-s, expiry-ms, expiry-s or counter",
          help: """
            What the score of a waiting person says; arrival-ms when absent. An expiry is when the place in line ends, and tells \
            nobody's wait; a counter gives an order and no time
            """),
        Key(
          name: "waiting-ttl", value: "a duration",
          help: "How long a place in line lasts where the score is its expiry; `usher queue issue` needs it there"),
        Key(
          name: "member", value: "token, token:user or json",
          help: "What a waiting member is made of; token when absent. In token:user the token ends at the first colon"),
        Key(
          name: "token-path", value: "names with dots", help: "Where a JSON member has its token, such as data.token"),
        Key(name: "user-path", value: "names with dots", help: "Where a JSON member has its user"),
        Key(
          name: "active-form", value: "set-ttl, zset-expiry, zset-admission, key-per-token or set-expiry",
          help: """
            How those who were admitted are kept, where it is not what the preset says; set-expiry is a set of TOKEN:EXPIRY
            """),
        Key(
          name: "active-member", value: "member or token",
          help: """
            What of a waiting member stands in the active store; the token for key-per-token and set-expiry, else the whole \
            member
            """),
        Key(name: "active-score", value: "ms or s", help: "The unit of the times in the active store; ms when absent"),
        Key(
          name: "side-keys", value: "a list of keys with {token} in them",
          help: "Keys of one person beside the queue, as token:info:{token}; they go with a person who is removed"),
        Key(
          name: "waiting-counter", value: "a key", help: "A number that the service keeps of who waits, kept in step"),
        Key(name: "active-counter", value: "a key", help: "The same of who is active"),
        Key(
          name: "pause-key", value: "a key",
          help: "A string that the service looks at: while it exists, it admits nobody"),
      ]),
    Section(
      path: "caches.NAME", help: "One of `key`, `prefix` and `match` says which keys are its entries.",
      keys: [
        Key(name: "key", value: "a key", help: "Exactly this key, whatever characters it holds"),
        Key(name: "prefix", value: "a text", help: "All keys that begin so, taken literally"),
        Key(name: "match", value: "a Redis glob", help: "All keys that it matches"),
        Key(name: "warm", value: "a mapping", help: "How the cache is filled again"),
      ]),
    Section(
      path: "caches.NAME.warm", help: "Used by `usher cache warm`.",
      keys: [
        Key(name: "sql", value: "a query", help: "Gives a key and a value a row"),
        Key(name: "ttl", value: "a duration", help: "The time to live of what is filled in; for ever when absent"),
      ]),
    Section(
      path: "outbox", help: "The table as it is in the database; its columns are read from there.",
      keys: [
        Key(name: "table", value: "a table, as SQL names it", help: "Where the events are"),
        Key(name: "columns", value: "a mapping", help: "Which column has which role"),
        Key(name: "statuses", value: "a mapping", help: "What the service writes for each status"),
        Key(name: "publish", value: "a mapping", help: "Where an event goes, and what it consists of"),
      ]),
    Section(
      path: "outbox.columns", help: "A column's name for each role.",
      keys: [
        Key(name: "id", value: "a column", help: "What tells events apart; unique"),
        Key(name: "key", value: "a column", help: "What orders events: those of one key stay in order"),
        Key(name: "type", value: "a column", help: "What `--type` selects by"),
        Key(name: "payload", value: "a column", help: "The event's content"),
        Key(name: "status", value: "a column", help: "Whether the event was published"),
        Key(name: "created", value: "a column", help: "When the event was written; its age and order"),
        Key(name: "published", value: "a column", help: "When it was published; set when a row is marked"),
      ]),
    Section(
      path: "outbox.statuses", help: "Each as the table has it; the names in capitals when absent.",
      keys: [
        Key(name: "init", value: "a text", help: "Written and not yet sent"),
        Key(name: "published", value: "a text", help: "Sent"),
        Key(name: "fail", value: "a text", help: "Sending failed"),
        Key(name: "retry", value: "a text", help: "To be sent again by the service"),
      ]),
    Section(
      path: "outbox.publish",
      help: "In the templates `{column}` stands for a column of the row, and `{{` for a brace.",
      keys: [
        Key(name: "to", value: "kafka, redis-stream or stdout", help: "Where events go unless `--to` says otherwise"),
        Key(name: "topic", value: "a template", help: "The Kafka topic"),
        Key(name: "stream", value: "a template", help: "The key of the Redis stream; the topic when absent"),
        Key(name: "key", value: "a template", help: "The record's key"),
        Key(name: "value", value: "a template", help: "The record's value"),
        Key(name: "headers", value: "a mapping of names to templates", help: "The record's headers"),
        Key(
          name: "id-header", value: "a text",
          help: "The header that carries the row's id, by which consumers drop duplicates; usher-outbox-id when absent"),
      ]),
  ]
}
