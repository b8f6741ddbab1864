/// The keys of the file itself.
struct FileKeys: SectionKeys {
  static let keys = FileKeys()

  let help = """
    The file is one YAML mapping. A connection, queue, cache or outbox that is not in the file is not configured; usher does not \
    guess it.
    """

  let currentContext = ConfigurationKey(
    "current-context", .text("the name of a context"),
    "The context that supplies a connection that no option and no environment variable sets", example: "production")
  let contexts = NamedSectionsKey(
    "contexts", ContextKeys.keys, of: "contexts", "Sets of connections to the three stores, each with a name",
    example: "{ staging: { redis: \"cache-1:6379\" } }")
  let queues = NamedSectionsKey(
    "queues", QueueKeys.keys, of: "queues", "The waiting rooms in Redis", example: "{ tickets: { preset: set-ttl } }")
  let caches = NamedSectionsKey(
    "caches", CacheKeys.keys, of: "caches", "The caches in Redis",
    example: "{ concerts: { key: \"concerts::SimpleKey []\" } }")
  let outbox = SectionKey(
    "outbox", OutboxKeys.keys, "The table of events that the service has to publish",
    example: "{ table: outbox_event }")
}
