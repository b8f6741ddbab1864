import Arguments
import Configuration

/// `usher-config(5)`: the configuration file, described by the declarations that the file's reader follows.
enum ConfigurationArticle {
  static let article = ManualArticle(
    "usher-config", section: 5, summary: "configuration file of usher",
    parts: [.section("DESCRIPTION"), .text(introduction), .section("FILES"), .terms(files), .section("FORMAT")]
      + ConfigurationReference.sections.flatMap(parts) + [.section("EXAMPLES"), .listing(example)])

  private static let introduction = """
    The file is written in YAML. It says where the stores are, and how the service keeps its queues, caches and outbox in them. An \
    unknown key is an error, because a misspelt key would otherwise have no effect and no message. A key that is repeated in one \
    mapping is an error too.

    `usher config check` finds mistakes in the file without connecting to a store. `usher config show` lists each value in force \
    and where it comes from.
    """

  private static let files = [
    ManualArticle.Term(
      "$XDG_CONFIG_HOME/usher/config.yaml", "The file of the user. XDG_CONFIG_HOME defaults to ~/.config"),
    ManualArticle.Term(
      "/etc/usher/config.yaml", "The file of the system. Each value in the file of the user replaces the value here"),
    ManualArticle.Term("--config FILE, or USHER_CONFIG", "A file that is read instead of both"),
  ]

  private static func parts(_ section: ConfigurationReference.Section) -> [ManualArticle.Part] {
    let heading = section.path.isEmpty ? "The file" : section.path
    let terms = section.keys.map { ManualArticle.Term("\($0.name): \($0.expected)", text($0)) }
    return [.heading(heading), .text(section.help), .terms(terms)]
  }

  /// All sentences on a key, without the last full stop.
  private static func text(_ key: KeyDocumentation) -> String {
    let choices = key.choices.compactMap { choice in choice.meaning.map { "`\(choice.word)` is \($0)" } }
    let sentences = [
      key.meaning, choices.isEmpty ? nil : choices.joined(separator: "; "), key.isRequired ? "Required" : nil,
      key.standard.map { "Default: \($0)" }, key.absence.map { "If the key is absent, \($0)" },
      "Example: `\(key.name): \(key.example)`",
    ]
    return sentences.compactMap { $0 }.joined(separator: ". ")
  }

  /// A whole file. A test reads it.
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
