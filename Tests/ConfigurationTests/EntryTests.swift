import Testing

@testable import Configuration

@Suite("What config show lists")
struct EntryTests {
  static func lines(_ context: ResolvedContext) -> [String] {
    context.entries.map { entry in
      "\(entry.name) = \(entry.value ?? "-") | \(entry.origin?.description.replacing(Fixture.userPath, with: "FILE") ?? "-")"
    }
  }

  @Test("every value, its origin, and no password")
  func complete() throws {
    let lines = Self.lines(try Fixture.load(Fixture.complete).resolve())
    #expect(
      lines == [
        "context = production | FILE:1:18",
        "protected = by context production | FILE:4:16 (context production)",
        "postgres = service=tickets | FILE:5:15 (context production)",
        "redis = redis://app:****@cache-1:6379/0 | FILE:6:12 (context production)",
        "kafka = broker-1:9092,broker-2:9092 | FILE:7:12 (context production)",
        "kafka-properties.sasl.password = **** | FILE:8:69 (context production)",
        "kafka-properties.security.protocol = SASL_SSL | FILE:8:44 (context production)",
        "queues.tickets.preset = set-ttl | FILE:12:22",
        "queues.tickets.waiting = waiting_tokens | FILE:12:40",
        "queues.tickets.active = active_tokens | FILE:12:64",
        "queues.tickets.active-ttl = 5m | FILE:12:91",
        "queues.tickets.capacity = 2100 | FILE:12:107",
        "queues.tickets.score = arrival-ms | preset set-ttl",
        "queues.tickets.member = token | preset set-ttl",
        "queues.tickets.active-form = set-ttl | preset set-ttl",
        "queues.대기열.preset = zset-expiry | FILE:13:18",
        "queues.대기열.waiting = waiting_tokens | preset zset-expiry",
        "queues.대기열.active = active_tokens | preset zset-expiry",
        "queues.대기열.active-ttl = 5m | preset zset-expiry",
        "queues.대기열.capacity = - | -",
        "queues.대기열.score = arrival-ms | preset zset-expiry",
        "queues.대기열.member = token | preset zset-expiry",
        "queues.대기열.active-form = zset-expiry | preset zset-expiry",
        "caches.concertOption.prefix = concertOption:: | FILE:16:28",
        "caches.concertOption.warm.sql = SELECT 1 | FILE:16:60",
        "caches.concertOption.warm.ttl = 1h | FILE:16:77",
        "caches.concerts.key = concerts::SimpleKey [] | FILE:15:20",
        "outbox.table = outbox_event | FILE:18:10",
        "outbox.columns.id = id | FILE:19:18",
        "outbox.columns.key = key | FILE:19:27",
        "outbox.columns.type = event_type | FILE:19:38",
        "outbox.columns.payload = payload | FILE:19:59",
        "outbox.columns.status = status | FILE:19:76",
        "outbox.statuses.init = INIT | FILE:20:21",
        "outbox.statuses.published = PUBLISHED | FILE:20:38",
        "outbox.statuses.fail = FAIL | FILE:20:55",
        "outbox.statuses.retry = RETRY | FILE:20:68",
        "outbox.publish.to = kafka | FILE:21:18",
        "outbox.publish.topic = {domain_type} | FILE:21:32",
        "outbox.publish.key = {key} | FILE:21:54",
        "outbox.publish.value = {payload} | FILE:21:70",
        "outbox.publish.headers.event_type = {event_type} | FILE:21:106",
        "outbox.publish.id-header = event-id | FILE:21:135",
      ])
    #expect(!lines.joined().contains("s3cret") && !lines.joined().contains("hunter2"))
  }

  @Test("connections that are not set are listed too")
  func nothing() throws {
    #expect(
      Self.lines(try Configuration.load(Fixture.input()).resolve()) == [
        "context = - | -", "protected = - | -", "postgres = - | -", "redis = - | -", "kafka = - | -",
      ])
  }

  @Test("libpq's own environment is named, and a password in a variable stays hidden")
  func environment() throws {
    let context = try Configuration.load(
      Fixture.input(environment: ["PGHOST": "db", "REDIS_URL": "redis://:s3cret@cache"])
    ).resolve()
    #expect(
      Self.lines(context)[2...3] == [
        "postgres = (libpq's own environment) | PGHOST", "redis = redis://:****@cache | REDIS_URL",
      ])
  }
}

@Suite("Queues, caches and the outbox in the file")
struct SettingsTests {
  @Test(
    "a preset names the keys that the file leaves out",
    arguments: [
      (QueuePreset.setTTL, "waiting_tokens", "active_tokens"), (.zsetExpiry, "waiting_tokens", "active_tokens"),
      (.keyPerToken, "waiting_tokens", "active_token:{token}"),
      (.proceedZset, "users:queue:{concert}:wait", "users:queue:{concert}:proceed"),
    ])
  func presets(_ preset: QueuePreset, _ waiting: String, _ active: String) throws {
    let queues = try Fixture.load("queues: { q: { preset: \(preset.rawValue) } }").resolve().queues
    let queue = try #require(queues["q"])
    #expect(queue.preset.value == preset)
    #expect(queue.waiting == Sourced(waiting, .preset(preset.rawValue)))
    #expect(queue.active == Sourced(active, .preset(preset.rawValue)))
    #expect(queue.activeTTL == Sourced(.seconds(300), .preset(preset.rawValue)))
    #expect(queue.capacity == nil)
  }

  @Test("what the file says of a queue beats the preset")
  func queue() throws {
    let text = "queues: { q: { preset: set-ttl, waiting: w, active: a, active-ttl: 1h30m, capacity: 1_000 } }"
    let queues = try Fixture.load(text).resolve().queues
    let queue = try #require(queues["q"])
    #expect([queue.waiting.value, queue.active.value] == ["w", "a"])
    #expect(queue.activeTTL.value == .seconds(5400))
    #expect(queue.capacity?.value == 1000)
    #expect(queue.place == Place(file: Fixture.userPath, line: 1, column: 11))
  }

  @Test("a cache is a key, a prefix or a pattern, taken as it stands")
  func caches() throws {
    let text = """
      caches:
        concerts: { key: "concerts::SimpleKey []" }
        options: { prefix: "concertOption::" }
        pages: { match: "page:*", warm: { sql: "SELECT 1" } }
      """
    let caches = try Fixture.load(text).resolve().caches
    #expect(caches["concerts"]?.keys.value == .key("concerts::SimpleKey []"))
    #expect(caches["options"]?.keys.value == .prefix("concertOption::"))
    #expect(caches["pages"]?.keys.value == .match("page:*"))
    #expect(caches["pages"]?.warming?.sql.value == "SELECT 1")
    #expect(caches["pages"]?.warming?.ttl == nil)
    #expect(caches["concerts"]?.warming == nil)
  }

  @Test("the outbox is what the file says, and nothing is added")
  func outbox() throws {
    let outbox = try #require(
      try Fixture.load("outbox: { publish: { to: redis-stream, stream: events } }").resolve().outbox)
    #expect(outbox.table == nil)
    #expect(outbox.columns.isEmpty && outbox.statuses.isEmpty)
    #expect(outbox.status(\.initial) == "INIT" && outbox.column(\.id) == nil && outbox.idHeader == "usher-outbox-id")
    #expect(outbox.publishing?.destination?.value == .redisStream)
    #expect(outbox.publishing?.stream?.value == "events")
    #expect(outbox.publishing?.topic == nil)
    #expect(try Fixture.load("queues: {}").resolve().outbox == nil)
  }

  @Test("an anchor stands for its value")
  func anchors() throws {
    let text = "queues: { a: &shape { preset: set-ttl, capacity: 7 }, b: *shape }"
    let queues = try Fixture.load(text).resolve().queues
    #expect(queues["a"]?.capacity?.value == 7)
    #expect(queues["b"]?.capacity?.value == 7)
  }

  @Test("numbers and booleans may be the text of a key name")
  func scalars() throws {
    let queues = try Fixture.load("queues: { q: { preset: set-ttl, waiting: 42, active: true } }").resolve().queues
    #expect(queues["q"]?.waiting.value == "42")
    #expect(queues["q"]?.active.value == "true")
  }
}
