import Glibc
import Postgres
import Redis
import Support
import Testing

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

  /// What the scripts read: the lines for a source, with these words before the cursor and this much of the name.
  func ask(
    _ source: String, after words: [String] = [], typed: String = "", _ variables: [String: String] = [:]
  ) throws -> [String] {
    let run = try Binary.run(
      ["__complete", source, "--typed=\(typed)", "--"] + words,
      environment: environment.merging(variables) { _, new in new })
    #expect(run.errors == "")
    #expect(run.status == 0)
    return run.output.split(separator: "\n").map(String.init)
  }
}
