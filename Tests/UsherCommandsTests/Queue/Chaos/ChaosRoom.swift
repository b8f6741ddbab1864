import Glibc
import Redis
import Sandbox
import Support
import Synchronization
import Testing

/// One way of keeping the active, as a chaos round knows it: the settings, and what the service does by itself.
enum ChaosShape: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case wholeKeySet = "set-ttl"
  case expirySet = "zset-expiry"
  case admissionTimeSet = "proceed-zset"
  case keyPerToken = "key-per-token"
  /// No preset: a set whose members hold the expiry.
  case expiringMemberSet = "set-expiry"

  var testDescription: String { rawValue }
  private var isFamily: Bool { self == .keyPerToken }

  var settings: String {
    let active = isFamily ? "'active:{token}'" : "active"
    let preset = self == .expiringMemberSet ? "set-ttl, active-form: set-expiry" : rawValue
    return "preset: \(preset), waiting: waiting, active: \(active), active-ttl: 24h, side-keys: ['info:{token}'], "
      + "waiting-counter: n:waiting, active-counter: n:active"
  }

  func leave(_ token: RedisArgument) -> [RedisArgument] {
    switch self {
    case .wholeKeySet: ["SREM", "active", token]
    case .expirySet, .admissionTimeSet: ["ZREM", "active", token]
    case .keyPerToken: ["DEL", "active:\(token.text)"]
    case .expiringMemberSet: ["EVAL", Self.removal, "1", "active", token]
    }
  }

  /// Takes all members of a token out, and says 1 where there were any.
  private static let removal: RedisArgument = """
    local found = 0
    for _, member in ipairs(redis.call('SMEMBERS', KEYS[1])) do
      if member:match('^(.*):%d+$') == ARGV[1] then found = redis.call('SREM', KEYS[1], member) end
    end
    if found == 1 and ARGV[2] then redis.call('SADD', KEYS[1], ARGV[1] .. ARGV[2]) end
    return found
    """

  /// The token in an entry of the active store.
  func token(in entry: RedisArgument) -> RedisArgument {
    switch self {
    case .wholeKeySet, .expirySet, .admissionTimeSet: entry
    case .keyPerToken: RedisArgument(Array(entry.bytes.dropFirst("active:".utf8.count)))
    case .expiringMemberSet:
      RedisArgument(Array(entry.bytes[..<(entry.bytes.lastIndex(of: UInt8(ascii: ":")) ?? entry.bytes.endIndex)]))
    }
  }

  /// Lets somebody's time pass; nil where usher has nothing to expire.
  func lapse(_ token: RedisArgument) -> [RedisArgument]? {
    switch self {
    case .expirySet, .admissionTimeSet: ["ZADD", "active", "XX", "1", token]
    case .expiringMemberSet: ["EVAL", Self.removal, "1", "active", token, ":1"]
    case .wholeKeySet, .keyPerToken: nil
    }
  }

  func active(_ redis: RedisConnection) throws -> [RedisArgument] {
    let entries =
      switch self {
      case .wholeKeySet, .expiringMemberSet: try redis.command("SMEMBERS", "active")
      case .expirySet, .admissionTimeSet: try redis.command("ZRANGE", "active", "0", "-1")
      case .keyPerToken: try redis.command("KEYS", "active:*")
      }
    return try entries.array.map { token(in: RedisArgument(try $0.bytes)) }
  }
}

/// A server with a queue, and a service in full swing on it that can be made to hold its breath.
final class ChaosRoom: Sendable {
  struct Book {
    /// Everybody who ever came, with the score of the arrival.
    var arrived: [RedisArgument: String] = [:]
    /// Who has paid or gone.
    var left: Set<RedisArgument> = []
    /// Once something is wrong, the first thing.
    var complaint: String?
  }

  let shape: ChaosShape
  let server: TestRedis
  let book = Mutex(Book())
  private let configuration: String
  /// The service takes a step only with this in its hand.
  private let turn = Mutex(())
  private let thread = Mutex<Background?>(nil)

  init(_ shape: ChaosShape, people: Int) throws {
    self.shape = shape
    server = try TestRedis.make(settings: TestRedis.durable("chaos-\(shape.rawValue)"))
    configuration = "/tmp/usher-chaos-\(getpid())-\(UInt32.random(in: .min ... .max)).yaml"
    let stream = try #require(fopen(configuration, "w"))
    fputs("queues:\n  tickets: {\(shape.settings)}\n", stream)
    fclose(stream)
    let redis = try server.connect()
    for number in 0..<people { try come(redis, "p\(number)", 1_700_000_000_000 + number / 3) }
    thread.withLock { $0 = Background { [self] thread in try serve(while: { !thread.isStopping }) } }
  }

  deinit { unlink(configuration) }

  var environment: [String: String] {
    ["USHER_CONFIG": configuration, "USHER_REDIS": server.url, "USER": "kim", "PATH": "/usr/bin:/bin"]
  }

  func stop() throws { try thread.withLock { $0 }?.stop() }

  /// Runs `body` while the service does nothing.
  func whileServiceWaits<T>(_ body: () throws -> T) rethrows -> T { try turn.withLock { _ in try body() } }

  private static let arrival: RedisArgument = """
    redis.call('SET', KEYS[3], 'all about ' .. ARGV[2])
    if redis.call('ZADD', KEYS[1], 'NX', ARGV[1], ARGV[2]) == 1 then redis.call('INCR', KEYS[2]) end
    """

  private func come(_ redis: RedisConnection, _ token: RedisArgument, _ score: Int) throws {
    book.withLock { $0.arrived[token] = String(score) }
    _ = try redis.command(
      "EVAL", Self.arrival, "3", "waiting", "n:waiting", "info:\(token.text)", RedisArgument(score), token)
  }

  private func serve(while goesOn: () -> Bool) throws {
    var redis = try server.connect()
    var round = 0
    while goesOn() {
      try turn.withLock { _ in
        // A server that was restarted has closed the connection; that nothing was under way makes it safe to go on.
        if (try? redis.command("PING")) == nil { redis = try server.connect() }
        try step(redis, round)
      }
      round += 1
      usleep(1500)
    }
  }

  /// Two come, one asks for the place, one who is active leaves, and one's time passes.
  private func step(_ redis: RedisConnection, _ round: Int) throws {
    for number in 0..<2 { try come(redis, "n\(round)-\(number)", 1_800_000_000_000 + round / 3) }
    _ = try redis.command("ZRANK", "waiting", "n\(round)-0")
    guard round.isMultiple(of: 5), let token = try shape.active(redis).randomElement() else { return }
    if round.isMultiple(of: 15), let words = shape.lapse(token) {
      try redis.command(words)
    } else if try redis.command(shape.leave(token)) == .integer(1) {
      book.withLock { _ = $0.left.insert(token) }
      try redis.command("DECR", "n:active")
      try redis.command("DEL", "info:\(token.text)")
    }
  }
}
