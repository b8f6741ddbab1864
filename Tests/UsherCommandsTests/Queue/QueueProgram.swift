import Glibc
import Redis
import Sandbox
import Support
import Testing

/// The built program with one queue on a Redis of its own.
final class QueueProgram {
  let server: TestRedis
  let redis: RedisConnection
  private let file: String
  private var further: [String] = []

  init(
    _ queue: String = "preset: set-ttl, waiting: waiting, active: active, active-ttl: 300s, capacity: 2500",
    more queues: String = "", settings: [String] = []
  ) throws {
    server = try TestRedis.make(settings: settings)
    redis = try server.connect()
    file = "/tmp/usher-queue-\(getpid())-\(UInt32.random(in: .min ... .max)).yaml"
    let stream = try #require(fopen(file, "w"))
    fputs("queues:\n  tickets: {\(queue)}\n\(queues)", stream)
    fclose(stream)
  }

  deinit { for path in [file] + further { unlink(path) } }

  /// A file with this text, for as long as the program is kept.
  func file(_ text: String) throws -> String {
    let path = "/tmp/usher-words-\(getpid())-\(UInt32.random(in: .min ... .max)).txt"
    further.append(path)
    let stream = try #require(fopen(path, "w"))
    fputs(text, stream)
    fclose(stream)
    return path
  }

  var environment: [String: String] {
    ["USHER_CONFIG": file, "USHER_REDIS": server.url, "USER": "kim", "PATH": "/usr/bin:/bin"]
  }

  func run(_ words: String...) throws -> Binary.Run { try run(words) }
  func run(_ words: [String]) throws -> Binary.Run { try Binary.run(words, environment: environment) }

  func enqueue(_ count: Int) throws {
    for start in stride(from: 0, to: count, by: 500) {
      var words: [RedisArgument] = ["ZADD", "waiting"]
      for number in start..<min(count, start + 500) {
        words += [RedisArgument(1_700_000_000_000 + number / 3), RedisArgument("token-\(number)")]
      }
      try redis.command(words)
    }
  }

  /// The ids in the history, the oldest first.
  func operations() throws -> [String] {
    try redis.command("ZRANGE", "usher:operations", "0", "-1").array.map { String(try $0.string.prefix(26)) }
  }

  /// The waiting room with its scores, front to back.
  func line() throws -> RedisValue { try redis.command("ZRANGE", "waiting", "0", "-1", "WITHSCORES") }

  /// The waiting tokens, front to back.
  func tokens() throws -> [String] { try redis.command("ZRANGE", "waiting", "0", "-1").array.map { try $0.string } }

  func waitingCount() throws -> Int { try redis.command("ZCARD", "waiting").integer }
  func activeCount() throws -> Int { try redis.command("SCARD", "active").integer }

  /// The id of the newest operation.
  func newestOperation() throws -> String {
    try #require(try operations().last)
  }

  /// The clock of the server.
  func microseconds() throws -> Int {
    let time = try redis.command("TIME").array
    return try time[0].integer * 1_000_000 + time[1].integer
  }
}

extension Binary.Run {
  /// The records of an output in JSON lines.
  func records() throws -> [JSONValue] { try output.split(separator: "\n").map { try JSONValue(parsing: String($0)) } }
}
