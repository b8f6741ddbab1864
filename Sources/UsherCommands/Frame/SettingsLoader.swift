import Arguments
import Failures

/// Where settings come from in one invocation: flags, then environment.
struct ResolvedContext {
  struct Source {
    var value: String
    var origin: String
  }

  var name = "default"
  var isProtected = false
  var postgres: Source?
  var redis: Source?
  var kafka: Source?

  func requirePostgres() throws -> Source { try require(postgres, "PostgreSQL", "USHER_POSTGRES") }
  func requireRedis() throws -> Source { try require(redis, "Redis", "USHER_REDIS") }
  func requireKafka() throws -> Source { try require(kafka, "Kafka", "USHER_KAFKA") }

  private func require(_ source: Source?, _ store: String, _ variable: String) throws -> Source {
    if let source { return source }
    throw Failure(.configuration, "no \(store) is configured", hints: ["set \(variable), or run `usher sandbox start`"])
  }
}

enum SettingsLoader {
  static func resolve(values: ParsedValues, environment: [String: String]) -> ResolvedContext {
    func source(_ key: Option<String>, _ variable: String) -> ResolvedContext.Source? {
      if let value = values[key] { return .init(value: value, origin: key.details.flag) }
      return environment[variable].map { .init(value: $0, origin: variable) }
    }
    return ResolvedContext(
      postgres: source(GlobalOptions.postgres, "USHER_POSTGRES"), redis: source(GlobalOptions.redis, "USHER_REDIS"),
      kafka: source(GlobalOptions.kafka, "USHER_KAFKA"))
  }
}
