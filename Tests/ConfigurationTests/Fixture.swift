@testable import Configuration

/// Builds configurations from files that exist only in the test.
enum Fixture {
  static let userPath = "/home/mina/.config/usher/config.yaml"
  static let systemPath = "/etc/usher/config.yaml"

  /// The file of the design's example, as an operator would write it.
  static let complete = """
    current-context: production
    contexts:
      production:
        protected: true
        postgres: "service=tickets"
        redis: "redis://app:s3cret@cache-1:6379/0"
        kafka: "broker-1:9092,broker-2:9092"
        kafka-properties: { security.protocol: SASL_SSL, sasl.password: "hunter2" }
      staging:
        postgres: postgresql://u:pw@staging/tickets
    queues:
      tickets: { preset: set-ttl, waiting: waiting_tokens, active: active_tokens, active-ttl: 300s, capacity: 2100 }
      대기열: { preset: zset-expiry }
    caches:
      concerts: { key: "concerts::SimpleKey []" }
      concertOption: { prefix: "concertOption::", warm: { sql: "SELECT 1", ttl: 1h } }
    outbox:
      table: outbox_event
      columns: { id: id, key: key, type: event_type, payload: payload, status: status }
      statuses: { init: INIT, published: PUBLISHED, fail: FAIL, retry: RETRY }
      publish: { to: kafka, topic: "{domain_type}", key: "{key}", value: "{payload}", headers: { event_type: "{event_type}" }, id-header: event-id }
    """

  static let sandbox = SandboxEndpoints(
    directory: "/var/lib/sandbox", postgres: "host=/var/lib/sandbox", redis: "unix:///var/lib/sandbox/redis.sock")

  static func input(
    options: ConfigurationInput.Options = .init(), environment: [String: String] = [:], files: [String: String] = [:],
    sandbox: SandboxEndpoints? = nil
  ) -> ConfigurationInput {
    ConfigurationInput(
      options: options, environment: environment.merging(["HOME": "/home/mina"]) { given, _ in given },
      sandbox: sandbox
    ) { path throws(FileProblem) in
      if files[path] == "(unreadable)" { throw FileProblem(reason: "Permission denied") }
      return files[path].map { Array($0.utf8) }
    }
  }

  /// What a user's file alone leads to.
  static func load(_ text: String) -> Configuration { .load(input(files: [userPath: text])) }

  /// The problems of a user's file, without its path.
  static func problems(_ text: String) -> [String] {
    load(text).problems.map { $0.description.replacing(userPath + ":", with: "") }
  }
}

extension String {
  /// The text with every occurrence replaced.
  func replacing(_ old: String, with new: String) -> String {
    var result = ""
    var rest = self[...]
    while let range = rest.firstRange(of: old) {
      result += rest[..<range.lowerBound] + new
      rest = rest[range.upperBound...]
    }
    return result + rest
  }
}
