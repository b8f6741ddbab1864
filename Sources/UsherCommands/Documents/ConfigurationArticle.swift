import Arguments
import Configuration

/// `usher-config(5)`: the configuration file, made from the reference that the reader is held to.
enum ConfigurationArticle {
  static let article = ManualArticle(
    "usher-config", section: 5, summary: "the configuration file of usher",
    parts: [.section("DESCRIPTION"), .text(introduction), .section("FILES"), .terms(files), .section("FORMAT")]
      + ConfigurationReference.sections.flatMap(parts) + [.section("EXAMPLES"), .listing(example)])

  private static let introduction = """
    The file says in YAML where the stores are, and how this service keeps its queues, caches and outbox in them. A key that \
    is not known is an error with its file, line and column: a misspelt key that is passed over would be found at three in \
    the morning. `usher config check` reads the file without connecting, and `usher config show` says where each value came \
    from.
    """

  private static let files = [
    ManualArticle.Term("$XDG_CONFIG_HOME/usher/config.yaml", "The user's; without XDG_CONFIG_HOME below ~/.config"),
    ManualArticle.Term("/etc/usher/config.yaml", "The system's; the user's values stand over it, one by one"),
    ManualArticle.Term("--config FILE, or USHER_CONFIG", "Read instead of both"),
  ]

  private static func parts(_ section: ConfigurationReference.Section) -> [ManualArticle.Part] {
    let heading = section.path.isEmpty ? "The file" : section.path
    let terms = section.keys.map { ManualArticle.Term("\($0.name): \($0.value)", $0.help) }
    return [.heading(heading), .text(section.help), .terms(terms)]
  }

  /// A whole file; a test reads it.
  static let example = """
    current-context: staging
    contexts:
      staging:
        postgres: service=tickets-staging
        redis: redis://cache.staging:6379/0
      production:
        protected: true
        postgres: postgresql://usher@db-1.example/tickets
        redis: redis://cache-1.example:6379/0
        kafka: broker-1.example:9092,broker-2.example:9092
    queues:
      tickets:
        preset: set-ttl
        waiting: waiting_tokens
        active: active_tokens
        active-ttl: 300s
        capacity: 2100
    caches:
      concerts:
        key: "concerts::SimpleKey []"
        warm:
          sql: SELECT 'concerts::SimpleKey []', json_agg(concert)::text FROM concert
          ttl: 1h
      concertOption:
        prefix: "concertOption::"
    outbox:
      table: outbox_event
      columns: { id: id, key: key, type: event_type, payload: payload,
                 status: status, created: created_at, published: published_at }
      statuses: { init: INIT, published: PUBLISHED, fail: FAIL, retry: RETRY }
      publish:
        to: kafka
        topic: "{domain_type}"
        key: "{key}"
        value: "{payload}"
    """
}
