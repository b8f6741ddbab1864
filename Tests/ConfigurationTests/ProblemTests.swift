import Failures
import Testing

@testable import Configuration

@Suite("Problems of a configuration file")
struct ProblemTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let text: String
    let problems: [String]
    var testDescription: String { problems.first ?? "no problem" }

    init(_ text: String, _ problems: String...) {
      self.text = text
      self.problems = problems
    }
  }

  static let cases = [
    Case(""),
    Case("# only a comment\n"),
    Case("contexts:\nqueues:\n"),
    Case(Fixture.complete),
    Case(
      "querues: {}", "1:1: unknown key 'querues' in the configuration; did you mean 'queues'?"),
    Case(
      "zzz: 1",
      "1:1: unknown key 'zzz' in the configuration; the keys are caches, contexts, current-context, outbox, queues"),
    Case("- a", "1:1: the configuration must be a mapping of keys to values, not a list"),
    Case("just text", "1:1: the configuration must be a mapping of keys to values, not a single value"),
    Case(
      "contexts:\n  dev:\n    postgress: x\n    protected: yes",
      "3:5: unknown key 'postgress' in context 'dev'; did you mean 'postgres'?",
      "4:16: 'protected' of context 'dev' is 'yes': expected true or false"),
    Case(
      "contexts: { dev: { redis: [a, b], kafka: '' } }",
      "1:27: 'redis' of context 'dev' must be redis://user:password@host:port/db, unix:///path, or host:port, not a list",
      "1:42: 'kafka' of context 'dev' is empty"),
    Case(
      "current-context: prod\ncontexts: { production: {} }",
      "1:18: 'current-context' is 'prod', which is not the name of a context; did you mean 'production'?"),
    Case(
      "queues:\n  tickets: { waiting: a }",
      "2:3: queue 'tickets' has no 'preset': expected one of set-ttl, zset-expiry, key-per-token, proceed-zset"),
    Case(
      "queues:\n  tickets:\n",
      "2:3: queue 'tickets' has no 'preset': expected one of set-ttl, zset-expiry, key-per-token, proceed-zset"),
    Case(
      "\u{FEFF}queues: { q: {} }",
      "1:11: queue 'q' has no 'preset': expected one of set-ttl, zset-expiry, key-per-token, proceed-zset"),
    Case(
      "queues: { q: { preset: set-tll } }",
      "1:24: 'preset' of queue 'q' is 'set-tll': expected one of set-ttl, zset-expiry, key-per-token, proceed-zset; did you mean 'set-ttl'?"
    ),
    Case(
      "queues: { q: { preset: set-ttl, active-ttl: 300 } }",
      "1:45: 'active-ttl' of queue 'q' is '300': expected a duration of at least 1s; the unit is required: 300s or 300m"
    ),
    Case(
      "queues: { q: { preset: set-ttl, capacity: lots } }",
      "1:43: 'capacity' of queue 'q' is 'lots': expected a whole number of at least 1, for example 2100"),
    Case(
      "queues: { q: { preset: set-ttl, waiting: tokens, active: tokens } }",
      "1:58: queue 'q' has the same key for waiting and active users, 'tokens'; use two keys"),
    Case(
      "queues:\n  q: { preset: set-ttl, waiting: active_tokens }\n  r: { active: waiting_tokens, preset: zset-expiry }",
      "2:34: queue 'q' has the same key for waiting and active users, 'active_tokens'; use two keys",
      "3:16: queue 'r' has the same key for waiting and active users, 'waiting_tokens'; use two keys"),
    Case("queues: { q: { preset: set-ttl, waiting: active_tokens, active: admitted } }"),
    Case(
      "caches: { c: { key: a, prefix: b }, d: {} }",
      "1:11: cache 'c' must have exactly one of 'key', 'prefix', 'match'; it has 2",
      "1:37: cache 'd' must have exactly one of 'key', 'prefix', 'match'; it has none"),
    Case(
      "caches: { c: { key: a, warm: { ttl: 5 } } }",
      "1:24: 'warm' of cache 'c' has no 'sql': expected an SQL query",
      "1:37: 'ttl' of 'warm' of cache 'c' is '5': expected a duration of at least 1ms; the unit is required: 5s or 5m"
    ),
    Case(
      "outbox: { colums: {}, columns: { typ: x }, publish: { to: kafkaa } }",
      "1:11: unknown key 'colums' in the outbox; did you mean 'columns'?",
      "1:34: unknown key 'typ' in 'columns' of the outbox; did you mean 'type'?",
      "1:59: 'to' of 'publish' of the outbox is 'kafkaa': expected one of kafka, redis-stream, stdout; did you mean 'kafka'?"
    ),
    Case(
      "queues: { q: [a] }\noutbox: { columns: [a], statuses: x }\ncontexts: { dev: { kafka-properties: { a: [b], c: '' } } }",
      "1:14: queue 'q' must be a mapping of keys to values, not a list",
      "2:20: 'columns' of the outbox must be a mapping of keys to values, not a list",
      "2:35: 'statuses' of the outbox must be a mapping of keys to values, not a single value",
      "3:43: 'kafka-properties.a' of context 'dev' must be a text, not a list",
      "3:51: 'kafka-properties.c' of context 'dev' is empty"),
    Case("queues:\n\tq: 1", "2:1: not valid YAML: found character that cannot start any token"),
    Case("queues: [", "2:1: not valid YAML: did not find expected node content"),
    Case(
      "contexts: {}\nqueues: {}\ncontexts: {}", "3:1: 'contexts' is repeated; it is already set in line 1, column 1"),
    Case(
      "queues:\n  a: { preset: set-ttl }\n  b: { preset: set-ttl }\n  \"a\": { preset: set-ttl }",
      "4:3: 'a' is repeated; it is already set in line 2, column 3"),
    Case(
      "queues: { a: { preset: set-ttl }, a: {} }", "1:35: 'a' is repeated; it is already set in line 1, column 11"),
    Case(
      "queues: { a: { preset: set-ttl, preset: x }, a: {} }\nqueues: {}",
      "1:33: 'preset' is repeated; it is already set in line 1, column 16",
      "1:46: 'a' is repeated; it is already set in line 1, column 11",
      "2:1: 'queues' is repeated; it is already set in line 1, column 1"),
    Case("? [a]\n: {}", "1:3: a key must be a text"),
    Case(
      "<<: { a: 1 }",
      "1:1: unknown key '<<' in the configuration; the keys are caches, contexts, current-context, outbox, queues"),
  ]

  @Test("a file that was damaged anywhere ends in problems or in settings, never in a trap")
  func damaged() {
    let bytes = Array(Fixture.complete.utf8)
    let strange = Array("{}[]:,-#&*!|>'\"%@`\t\n 09azA~<".utf8) + [0x00, 0x80, 0xFF, 0xED]
    var random: UInt64 = 20_261_123
    func next(_ bound: Int) -> Int {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(random >> 33) % bound
    }
    var intact = 0
    for _ in 0..<400 {
      var damaged = bytes
      for _ in 0...next(3) {
        let place = next(damaged.count)
        switch next(3) {
        case 0: damaged[place] = strange[next(strange.count)]
        case 1: damaged.remove(at: place)
        default: damaged.insert(strange[next(strange.count)], at: place)
        }
      }
      let text = damaged
      let configuration = Configuration.load(ConfigurationInput(systemPath: "/c") { _ throws(FileProblem) in text })
      if configuration.problems.isEmpty { intact += 1 }
      #expect(((try? configuration.resolve()) != nil) == configuration.problems.isEmpty)
      #expect(configuration.problems.allSatisfy { !$0.message.contains("s3cret") && !$0.message.contains("hunter2") })
    }
    #expect(intact > 20 && intact < 380)
  }

  @Test("all of them are reported, each with its place and what was probably meant", arguments: cases)
  func problems(_ example: Case) {
    #expect(Fixture.problems(example.text) == example.problems)
  }
}
