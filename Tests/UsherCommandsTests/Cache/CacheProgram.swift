import Glibc
import Redis
import Support
import Testing

/// The built program with caches and a queue described to it, on a Redis of its own.
final class CacheProgram {
  let server: TestRedis
  let redis: RedisConnection
  private let file: String

  init(warming query: String? = nil) throws {
    server = try TestRedis.make()
    redis = try RedisConnection(try RedisTarget(server.url))
    file = "/tmp/usher-cache-\(getpid())-\(UInt32.random(in: .min ... .max)).yaml"
    let warm = query.map { "\n    warm: { sql: \"\($0)\", ttl: 10m }" } ?? ""
    let stream = try #require(fopen(file, "w"))
    fputs(
      """
      queues:
        tickets: { preset: set-ttl, waiting: waiting_tokens, active: active_tokens, active-ttl: 300s }
        concert: { preset: proceed-zset }
      caches:
        concerts: { key: "concerts::SimpleKey []" }
        concertOption:
          prefix: "concertOption::"\(warm)
        greedy: { prefix: "waiting" }

      """, stream)
    fclose(stream)
  }

  deinit { unlink(file) }

  var environment: [String: String] {
    ["USHER_CONFIG": file, "USHER_REDIS": server.url, "USER": "kim", "PATH": "/usr/local/bin:/usr/bin:/bin"]
  }

  func run(_ words: String...) throws -> Binary.Run { try Binary.run(words, environment: environment) }

  func fill(_ options: Int, others: [String] = []) throws {
    let keys = (0..<options).map { "concertOption::\($0)" } + others
    for start in stride(from: 0, to: keys.count, by: 1_000) {
      let part = keys[start..<min(start + 1_000, keys.count)]
      for reply in try redis.pipeline(part.map { ["SET", RedisArgument($0), "dates"] }) { _ = try reply.string }
    }
  }

  func count(_ pattern: String) throws -> Int { try redis.command("KEYS", RedisArgument(pattern)).array.count }

  /// A field of the newest operation's record.
  func newestOperation(_ field: String) throws -> String {
    let id = String(
      try #require(try redis.command("ZREVRANGE", "usher:operations", "0", "0").array.first).string.prefix(26))
    return try redis.command("HGET", "usher:{caches}:operation:\(id)", RedisArgument(field)).string
  }
}
