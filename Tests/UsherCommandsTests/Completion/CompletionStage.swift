import Glibc
import Postgres
import Redis
import Support
import Testing

@testable import UsherCommands

/// Two stores and a config file with names that shells find hard, for the TAB key to find.
final class CompletionStage {
  let redis: TestRedis
  let database: TestDatabase
  let connection: PostgresConnection
  let directory: String
  var environment: [String: String]

  /// - Parameter context: what else the context's mapping says, such as `protected: true`.
  init(context: String = "protected: false", redisURL: String? = nil) throws {
    redis = try TestRedis.make()
    database = try TestDatabase.make(withSchema: true)
    connection = try database.connect()
    var template = Array("/tmp/usher-completion-XXXXXX".utf8CString)
    directory = try #require(mkdtemp(&template).map { String(cString: $0) })
    environment = [
      "HOME": directory, "USER": "kim", "USHER_CONFIG": "\(directory)/config.yaml", "TERM": "dumb", "LC_ALL": "C.UTF-8",
      // The machine of a test may be busy; what the deadline does has a test of its own.
      "USHER_COMPLETE_TIMEOUT": "60s",
    ]
    let file = try #require(fopen("\(directory)/config.yaml", "w"))
    fputs(
      """
      current-context: eu:sale
      contexts:
        eu:sale:
          \(context)
          redis: "\(redisURL ?? redis.url)"
          postgres: "\(database.conninfo)"
        us:sale: { protected: true, redis: "redis://us.invalid" }
      queues:
        vip queue: { preset: set-ttl, waiting: vip_waiting, active: vip_active }
        tickets: { preset: set-ttl, waiting: waiting_tokens, active: active_tokens }
      caches:
        concerts: { key: "concerts::SimpleKey []", warm: { sql: "SELECT 'concerts::SimpleKey []', 'x'" } }
        콘서트: { prefix: "concertOption::" }
      outbox:
        table: outbox_event
        columns: { id: id, key: key, type: event_type, payload: payload, status: status, created: created_at }
        publish: { topic: events, key: "{key}", value: "{payload}" }

      """, file)
    fclose(file)
  }

  deinit {
    unlink("\(directory)/config.yaml")
    rmdir(directory)
  }

  /// The candidates for a line whose last word is at the cursor, as the scripts read them.
  func ask(_ words: [String], _ variables: [String: String] = [:]) throws -> [String] {
    let run = try Binary.run(
      ["__complete", "--"] + words, environment: environment.merging(variables) { _, new in new })
    #expect(run.errors == "")
    #expect(run.status == 0)
    return run.output.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("\t") }
  }

  /// The names of a source, for a command that takes one of them at the cursor.
  ///
  /// - Parameter words: those of the line; without them those of a command that takes such names.
  func ask(
    _ source: CompletionSource, after words: [String]? = nil, typed: String = "", _ variables: [String: String] = [:]
  ) throws -> [String] {
    try ask((words ?? Self.line(for: source)) + [typed], variables)
  }

  /// A line at whose end such a name is wanted.
  private static func line(for source: CompletionSource) -> [String] {
    switch source {
    case .contexts: ["--context"]
    case .queues: ["queue", "status", "--queue"]
    case .caches: ["cache", "evict"]
    case .warmableCaches: ["cache", "warm"]
    case .statuses: ["outbox", "replay", "--status"]
    case .eventTypes: ["outbox", "replay", "--type"]
    case .operations: ["history"]
    case .undoableOperations: ["undo"]
    case .statements: ["query", "explain"]
    case .tables: ["index", "list", "--table"]
    case .columns: ["index", "create", "seat"]
    case .indexes: ["index", "drop"]
    }
  }
}
