import Glibc
import Postgres
import Redis
import Support
import Testing

/// A whole shop for the built program: 30 people waiting, four of six dates cached, 300 seats, eight unsent events, and the config
/// file that describes them in the context `sale`.
final class Shop {
  let server: TestRedis
  let redis: RedisConnection
  let database: TestDatabase
  let postgres: PostgresConnection
  let home: String

  /// - Parameters:
  ///   - isProtected: whether the context is a protected one.
  ///   - outbox: the lines of the file's section of that name.
  init(isProtected: Bool = false, outbox: String = Shop.outbox) throws {
    server = try TestRedis.make()
    redis = try server.connect()
    database = try TestDatabase.make(withSchema: true)
    postgres = try database.connect()
    var template = Array("/tmp/usher-shop-XXXXXX".utf8CString)
    home = try #require(mkdtemp(&template).map { String(cString: $0) })
    try postgres.script(Self.rows)
    for number in 0..<30 {
      try redis.command("ZADD", "waiting_tokens", RedisArgument(1_700_000_000_000 + number), "token-\(number)")
    }
    for number in 1...4 { try redis.command("SET", "concertOption::\(number)", "dates") }
    try redis.command("SET", "concerts::SimpleKey []", "concerts")
    try write(
      """
      current-context: sale
      contexts:
        sale: { protected: \(isProtected), redis: "\(server.url)", postgres: "\(database.conninfo)" }
      queues:
        tickets: { preset: set-ttl, waiting: waiting_tokens, active: active_tokens, active-ttl: 300s, capacity: 20 }
      caches:
        concerts: { key: "concerts::SimpleKey []" }
        concertOption:
          prefix: "concertOption::"
          warm: { sql: "SELECT 'concertOption::' || id AS key, 'dates' AS value FROM concert_option ORDER BY id" }
      outbox:
      \(outbox)
      """)
  }

  static let outbox = """
      table: outbox_event
      columns: { id: id, key: key, type: event_type, payload: payload, status: status, created: created_at, published: published_at }
      publish: { to: redis-stream, topic: "{domain_type}" }
    """

  private static let rows = """
    INSERT INTO concert (name) VALUES ('Seoul'), ('Busan');
    INSERT INTO concert_option (concert_id, concert_date)
    SELECT 1 + i % 2, '2027-01-01Z'::timestamptz + i * interval '1 day' FROM generate_series(1, 6) i;
    INSERT INTO seat (concert_option_id, seat_number, price)
    SELECT o, n, 50000 FROM generate_series(1, 6) o, generate_series(1, 50) n;
    CREATE INDEX seat_spare ON seat (price);
    INSERT INTO outbox_event (key, domain_type, event_type, payload, created_at)
    SELECT 'k' || i % 3, 'payment', 'Paid', '{}', now() - interval '10 days 1 hour' + i * interval '1 second'
    FROM generate_series(1, 8) i;
    ANALYZE
    """

  deinit {
    unlink(configPath)
    rmdir(home)
  }

  var configPath: String { "\(home)/config.yaml" }

  /// Replaces the config file.
  func write(_ config: String) throws {
    let file = try #require(fopen(configPath, "w"))
    fputs(config, file)
    fclose(file)
  }

  var environment: [String: String] {
    [
      "HOME": home, "XDG_STATE_HOME": home, "USER": "kim", "USHER_CONFIG": configPath, "TERM": "xterm",
      "PATH": "/usr/local/bin:/usr/bin:/bin",
    ]
  }

  func usher(_ words: String...) throws -> Binary.Run { try run(words) }

  /// - Parameter also: variables beside those of the shop, or instead of them.
  func run(_ words: [String], also: [String: String] = [:]) throws -> Binary.Run {
    try Binary.run(words, environment: environment.merging(also) { $1 })
  }

  func onTerminal(_ words: [String], columns: UInt16 = 200, _ script: [Binary.Exchange] = []) throws -> Binary.Run {
    try Binary.runInTerminal(words, environment: environment, columns: columns, script: script)
  }

  /// A command line through bash, with `$USHER` as the program.
  func shell(_ script: String) throws -> Binary.Run { try Shell.run(script, environment: environment) }

  /// What a script reads of a run with `-o json`.
  func json(_ words: [String], also: [String: String] = [:]) throws -> JSONValue {
    let run = try run(words + ["-o", "json"], also: also)
    return try #require(try? JSONValue(parsing: run.output), "\(words): \(run.output)\(run.errors)")
  }

  /// Everything that is not usher's own, to compare before and after: each key's type and content, each row that a command of
  /// these tests could change, each index.
  func state() throws -> [String] {
    let keys = try redis.command("KEYS", "*").array.map { try $0.string }.filter { !$0.hasPrefix("usher:") }.sorted()
    let values = try keys.map { "\($0) = \(try redis.command("DUMP", RedisArgument($0)))" }
    let rows = try postgres.query(
      """
      SELECT e::text FROM outbox_event e UNION ALL
      SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1
      """)
    return try values + rows.map { try $0.decode(0) }
  }

  /// Whether any store holds a record, a lock or a before-image.
  var isUntouched: Bool {
    get throws {
      let keys = try redis.command("KEYS", "usher:*").array
      let schema = try postgres.query("SELECT FROM pg_namespace WHERE nspname = 'usher_history'")
      return keys.isEmpty && schema.isEmpty
    }
  }
}

/// A change that is possible in a fresh shop.
struct Change: Sendable, CustomTestStringConvertible {
  var words: [String]
  /// How many units its plan has.
  var planned: Int
  /// What has to be done before.
  var preparation: [String]?
  var testDescription: String { words.joined(separator: " ") }

  init(_ words: String..., planned: Int, after preparation: [String]? = nil) {
    self.words = words
    self.planned = planned
    self.preparation = preparation
  }

  /// The shop in which it is possible.
  func shop(isProtected: Bool = false) throws -> Shop {
    let shop = try Shop(isProtected: isProtected)
    if let preparation {
      let run = try shop.run(preparation + ["--yes", "--confirm", "sale", "--reason", "preparation"])
      try #require(run.status == 0, "\(run.errors)")
    }
    return shop
  }

  static let all = [
    Change("queue", "admit", "5", planned: 5), Change("cache", "evict", "concertOption", planned: 4),
    Change("cache", "warm", "concertOption", planned: 2),
    Change("index", "create", "seat", "status", "concert_option_id", planned: 1),
    Change("index", "drop", "seat_spare", planned: 1), Change("outbox", "replay", planned: 8),
    Change("undo", "--last", planned: 3, after: ["queue", "admit", "3"]),
    Change("undo", "--last", planned: 8, after: ["outbox", "replay"]),
    Change("undo", "--last", planned: 1, after: ["index", "drop", "seat_spare"]),
  ]
}
