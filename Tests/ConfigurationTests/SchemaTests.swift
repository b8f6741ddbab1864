import Testing

@testable import Configuration

/// Every key that the file knows, tried in every wrong way.
@Suite("Each key of the file")
struct SchemaTests {
  /// A key in its surroundings: `before` and `after` make a file that is right as long as the key's line is.
  struct Key: Sendable, CustomTestStringConvertible {
    let name: String
    let good: String
    let before: String
    let after: String
    let isMapping: Bool
    var testDescription: String { "\(before.split(separator: "\n").joined(separator: " ")) \(name)" }

    init(_ name: String, _ good: String, in before: String, after: String = "", isMapping: Bool = false) {
      self.name = name
      self.good = good
      self.before = before
      self.after = after
      self.isMapping = isMapping
    }

    /// The file with this key's line replaced.
    func file(_ key: String, _ value: String) -> String {
      let lines = before.split(separator: "\n").map(String.init)
      let indent = String(repeating: "  ", count: lines.count)
      return (lines + ["\(indent)\(key): \(value)"] + (after.isEmpty ? [] : ["\(indent)\(after)"])).joined(
        separator: "\n")
    }

    var line: Int { before.split(separator: "\n").count + 1 }
  }

  static let context = "contexts:\n  dev:"
  static let queue = "queues:\n  q:"
  static let cache = "caches:\n  c:"
  static let warm = "caches:\n  c:\n    key: k\n    warm:"
  static let outbox = "outbox:"

  static let scalars =
    [
      Key("current-context", "dev", in: "", after: "contexts: { dev: {} }"),
      Key("postgres", "host=db", in: context), Key("redis", "cache:1", in: context),
      Key("kafka", "broker:1", in: context), Key("protected", "true", in: context),
      Key("completion", "true", in: context),
      Key("preset", "set-ttl", in: queue), Key("waiting", "w", in: queue, after: "preset: set-ttl"),
      Key("active", "a", in: queue, after: "preset: set-ttl"),
      Key("active-ttl", "5m", in: queue, after: "preset: set-ttl"),
      Key("capacity", "2100", in: queue, after: "preset: set-ttl"),
      Key("score", "counter", in: queue, after: "preset: set-ttl"),
      Key("waiting-ttl", "30m", in: queue, after: "preset: set-ttl\n    score: expiry-s"),
      Key("member", "token:user", in: queue, after: "preset: set-ttl"),
      Key("active-form", "set-expiry", in: queue, after: "preset: set-ttl"),
      Key("active-member", "token", in: queue, after: "preset: set-ttl"),
      Key("active-score", "s", in: queue, after: "preset: set-ttl"),
      Key("waiting-counter", "w", in: queue, after: "preset: set-ttl"),
      Key("active-counter", "a", in: queue, after: "preset: set-ttl"),
      Key("pause-key", "queue:paused", in: queue, after: "preset: set-ttl"),
      Key("token-path", "data.token", in: queue, after: "preset: set-ttl\n    member: json"),
      Key("user-path", "user", in: queue, after: "preset: set-ttl\n    member: json\n    token-path: token"),
      Key("sql", "SELECT 1", in: warm), Key("ttl", "5m", in: warm, after: "sql: SELECT 1"),
      Key("key", "k", in: cache), Key("prefix", "p", in: cache), Key("match", "p*", in: cache),
      Key("table", "outbox_event", in: outbox),
    ] + OutboxColumnKeys.keys.all.map { Key($0.name, "x", in: "outbox:\n  columns:") }
    + OutboxStatusKeys.keys.all.map { Key($0.name, "X", in: "outbox:\n  statuses:") } + [
      Key("to", "kafka", in: "outbox:\n  publish:"), Key("topic", "t", in: "outbox:\n  publish:"),
      Key("stream", "s", in: "outbox:\n  publish:"), Key("key", "k", in: "outbox:\n  publish:"),
      Key("value", "v", in: "outbox:\n  publish:"), Key("id-header", "h", in: "outbox:\n  publish:"),
    ]

  static let mappings = [
    Key("contexts", "{ dev: {} }", in: "", isMapping: true), Key("queues", "{}", in: "", isMapping: true),
    Key("caches", "{}", in: "", isMapping: true), Key("outbox", "{}", in: "", isMapping: true),
    Key("kafka-properties", "{ security.protocol: SSL }", in: context, isMapping: true),
    Key("columns", "{}", in: outbox, isMapping: true), Key("statuses", "{}", in: outbox, isMapping: true),
    Key("publish", "{}", in: outbox, isMapping: true),
    Key("warm", "{ sql: SELECT 1 }", in: cache, after: "key: k", isMapping: true),
    Key("headers", "{ a: b }", in: "outbox:\n  publish:", isMapping: true),
  ]

  static var all: [Key] { scalars + mappings }

  @Test("is accepted as it should be written", arguments: all)
  func good(_ key: Key) {
    #expect(Fixture.problems(key.file(key.name, key.good)) == [])
  }

  @Test("refuses a list, and says where it stands", arguments: all)
  func list(_ key: Key) throws {
    let problems = Fixture.problems(key.file(key.name, "[a, b]"))
    let own = problems.filter { $0.hasPrefix("\(key.line):") && $0.contains("not a list") }
    #expect(own.count == 1)
    #expect(own.first?.contains(key.isMapping ? "must be a mapping" : "'\(key.name)'") == true)
  }

  @Test("refuses what is a mapping or isn't, the wrong way round", arguments: all)
  func wrongShape(_ key: Key) {
    let problems = Fixture.problems(key.file(key.name, key.isMapping ? "text" : "{ a: b }"))
    #expect(
      problems.contains {
        $0.hasPrefix("\(key.line):") && $0.contains(key.isMapping ? "not a single value" : "not a mapping")
      })
  }

  @Test("refuses an empty text", arguments: scalars)
  func empty(_ key: Key) {
    let problems = Fixture.problems(key.file(key.name, "''"))
    #expect(problems.contains { $0.hasPrefix("\(key.line):") && $0.contains("'\(key.name)'") })
  }

  @Test("left without a value counts as absent", arguments: all)
  func absent(_ key: Key) {
    let problems = Fixture.problems(key.file(key.name, ""))
    // What must be there is missed, but nothing is said against the key itself.
    #expect(problems.allSatisfy { $0.contains("has no '\(key.name)'") || $0.contains("has none") })
  }

  @Test("is suggested when a letter is missing, doubled or swapped", arguments: all.filter { $0.name.count > 3 })
  func suggested(_ key: Key) {
    var swapped = Array(key.name)
    swapped.swapAt(1, 2)
    for typo in [String(key.name.dropLast()), key.name + String(key.name.last!), String(swapped)] where typo != key.name
    {
      let problems = Fixture.problems(key.file(typo, key.good))
      #expect(
        problems.contains { $0.contains("unknown key '\(typo)'") && $0.hasSuffix("did you mean '\(key.name)'?") })
    }
  }

  @Test("standing twice is refused at its second place", arguments: all)
  func twice(_ key: Key) {
    let file = key.file(key.name, key.good)
    let indent = String(repeating: "  ", count: key.line - 1)
    let problems = Fixture.problems(file + "\n\(indent)\(key.name): \(key.good)")
    let last = file.split(separator: "\n").count + 1
    #expect(
      problems == [
        "\(last):\(indent.count + 1): '\(key.name)' is repeated; it is already set in line \(key.line), column \(indent.count + 1)"
      ])
  }

  @Test("of the design's example is covered here")
  func complete() throws {
    let tree = try #require(TreeReaderTests.tree(Fixture.complete))
    let known = Set(Self.all.map(\.name))
    let chosen: Set = [
      "production", "staging", "tickets", "대기열", "concerts", "concertOption", "security.protocol", "sasl.password",
      "event_type",
    ]
    func names(_ tree: Tree) -> [String] {
      guard case .mapping(let members) = tree.content else { return [] }
      return members.flatMap { [$0.key] + names($0.value) }
    }
    #expect(names(tree).filter { !known.contains($0) && !chosen.contains($0) } == [])
  }
}

@Suite("Where a value came from")
struct OriginTests {
  static let place = Place(file: "/etc/usher/config.yaml", line: 7, column: 12)

  @Test(
    "is told in the words of who set it",
    arguments: [
      (Origin.option("--redis"), "--redis"), (.variables(["USHER_REDIS"]), "USHER_REDIS"),
      (.variables(["PGHOST", "PGDATABASE"]), "PGHOST, PGDATABASE"), (.file(place), "/etc/usher/config.yaml:7:12"),
      (.file(place, context: "production"), "/etc/usher/config.yaml:7:12 (context production)"),
      (.preset("set-ttl"), "preset set-ttl"), (.service("tickets"), "service tickets, else libpq's default"),
      (.libpq, "libpq's default"), (.sandbox(directory: "/s"), "sandbox at /s"),
    ])
  func description(_ origin: Origin, _ expected: String) {
    #expect(origin.description == expected)
  }

  @Test("stays with a value that is turned into another")
  func map() {
    #expect(Sourced(42, .preset("p")).map { String($0) } == Sourced("42", .preset("p")))
  }

  @Test("a problem without a place is its message alone")
  func problem() {
    #expect(ConfigurationProblem(place: nil, message: "m").description == "m")
    #expect(ConfigurationProblem(place: Self.place, message: "m").description == "/etc/usher/config.yaml:7:12: m")
  }

  @Test("problems stand in the order of files, lines and columns, each once")
  func order() {
    let list = ProblemList()
    list.add("c", at: Place(file: "b", line: 1, column: 1))
    list.add("b2", at: Place(file: "a", line: 2, column: 10))
    list.add("b1", at: Place(file: "a", line: 2, column: 9))
    list.add("b1", at: Place(file: "a", line: 2, column: 9))
    list.add("a", at: nil)
    #expect(list.sorted(byFiles: ["a", "b"]).map(\.message) == ["a", "b1", "b2", "c"])
  }
}
