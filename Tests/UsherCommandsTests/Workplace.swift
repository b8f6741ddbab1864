import Glibc
import Redis
import Support
import Testing

/// A private Redis with a waiting room in it, a config file that describes it, and the environment to run usher there.
final class Workplace {
  let redis: TestRedis
  let connection: RedisConnection
  let directory: String
  var environment: [String: String]

  /// - Parameter protected: whether the context in the file is a protected one.
  init(waiting: Int = 100, protected: Bool = false) throws {
    redis = try TestRedis.make()
    connection = try RedisConnection(try RedisTarget(redis.url))
    var template = Array("/tmp/usher-commands-XXXXXX".utf8CString)
    let made = try #require(mkdtemp(&template).map { String(cString: $0) })
    directory = made
    environment = ["HOME": made, "USER": "kim", "USHER_CONFIG": "\(made)/config.yaml", "TERM": "xterm"]
    try write(
      """
      current-context: sale
      contexts:
        sale: { protected: \(protected), redis: "\(redis.url)" }
      queues:
        tickets: { preset: set-ttl, waiting: waiting_tokens, active: active_tokens, active-ttl: 300s, capacity: 40 }
      caches:
        concerts: { key: "concerts::SimpleKey []" }

      """, to: "config.yaml")
    for number in 0..<waiting {
      _ = try connection.command(
        "ZADD", "waiting_tokens", RedisArgument(1_700_000_000_000 + number), RedisArgument("token-\(number)"))
    }
  }

  deinit {
    unlink("\(directory)/config.yaml")
    rmdir(directory)
  }

  func write(_ text: String, to name: String) throws {
    let file = try #require(fopen("\(directory)/\(name)", "w"))
    fputs(text, file)
    fclose(file)
  }

  func usher(_ words: String...) throws -> Binary.Run { try Binary.run(words, environment: environment) }

  /// Runs it on a terminal that answers each prompt.
  func onTerminal(_ words: [String], _ script: [Binary.Exchange]) throws -> Binary.Run {
    try Binary.runInTerminal(words, environment: environment, script: script)
  }

  var waiting: Int { get throws { try connection.command("ZCARD", "waiting_tokens").integer } }
  var active: Int { get throws { try connection.command("SCARD", "active_tokens").integer } }
  var keys: [String] { get throws { try connection.command("KEYS", "*").array.map { try $0.string }.sorted() } }
}
