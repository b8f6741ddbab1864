import Support
import Testing

@Suite("usher config check, for what only a sale would show")
struct ConfigMistakesTests {
  static let cases: [(file: String, problem: String)] = [
    (
      "outbox:\n  publish: { topic: \"{payload\" }",
      "2:21: 'topic' of 'publish' of the outbox is '{payload': a `{` is not closed; write {column} for a column, {{ and }} for braces"
    ),
    (
      "outbox:\n  publish:\n    headers: { kind: \"a}b\" }",
      "3:22: 'headers.kind' of 'publish' of the outbox is 'a}b': a `}` has no `{` before it; write {column} for a column, {{ and }} for braces"
    ),
    (
      "queues:\n  q: { preset: set-ttl, waiting: tokens, active: tokens }",
      "2:50: queue 'q' has the same key for waiting and active users, 'tokens'; use two keys"
    ),
    (
      "queues:\n  q: { preset: zset-expiry, active: waiting_tokens }",
      "2:37: queue 'q' has the same key for waiting and active users, 'waiting_tokens'; use two keys"
    ),
  ]

  @Test("each is told with its place and how to mend it, to people and to scripts", arguments: cases)
  func told(file: String, problem: String) throws {
    try ConfigCommandTests.run(["check"], file: file) { run, home in
      #expect(run.status == 78)
      #expect(run.errors == "usher: \(home)/.config/usher/config.yaml:\(problem)\n")
    }
    try ConfigCommandTests.run(["check", "-o", "json"], file: file) { run, home in
      #expect(run.status == 78)
      let found = try #require(try JSONValue(parsing: run.output).list?.first)
      let place = [found["line"], found["column"]].map { String(Int($0?.number ?? 0)) }.joined(separator: ":")
      #expect("\(place): \(found["problem"]?.text ?? "")" == problem)
      #expect(found["file"]?.text == "\(home)/.config/usher/config.yaml")
    }
  }

  @Test("no command works with such a file", arguments: cases)
  func refused(file: String, problem: String) throws {
    let shop = try Shop()
    try shop.write(file + "\n")
    for words in [["queue", "status"], ["outbox", "status"], ["status"], ["history"]] {
      let run = try shop.run(words)
      #expect(run.status == 78)
      #expect(run.errors.contains(problem), "\(words): \(run.errors)")
    }
  }

  @Test(
    "a typo anywhere is told with what was probably meant",
    arguments: [
      ("querues: {}", "did you mean 'queues'?"), ("queues: { q: { preset: set-tll } }", "did you mean 'set-ttl'?"),
      ("contexts: { a: { postgress: x } }", "did you mean 'postgres'?"),
      ("caches: { c: { prefx: a } }", "did you mean 'prefix'?"),
      ("outbox: { publish: { headrs: {} } }", "did you mean 'headers'?"),
      ("outbox: { publish: { to: kafak } }", "did you mean 'kafka'?"),
      ("current-context: prd\ncontexts: { prod: {} }", "did you mean 'prod'?"),
    ])
  func typos(file: String, hint: String) throws {
    try ConfigCommandTests.run(["check"], file: file) { run, _ in
      #expect(run.status == 78)
      #expect(run.errors.contains(hint), "\(run.errors)")
    }
  }

  @Test(
    "a password in the wrong place is shown by no command",
    arguments: [
      ("USHER_POSTGRES", "postgres://boss:hunter2@wrong@127.0.0.1/x"),
      ("USHER_POSTGRES", "postgres://boss:hunter2wrong"),
      ("USHER_POSTGRES", "host=127.0.0.1 passwrd=hunter2wrong"), ("USHER_POSTGRES", "host=127.0.0.1 hunter2wrong"),
      ("USHER_POSTGRES", "host=x pw:hunter2wrong"), ("USHER_POSTGRES", "postgres://boss:a/hunter2wrong@127.0.0.1/x"),
      ("USHER_REDIS", "redis://hunter2wrong@127.0.0.1:1"), ("USHER_REDIS", "unix:///nope?pass=hunter2wrong"),
      ("USHER_KAFKA", "sasl://u:hunter2wrong@127.0.0.1:1"),
    ])
  func misplacedPassword(variable: String, value: String) throws {
    for words in [["config", "show"], ["config", "show", "-o", "json"], ["status"], ["doctor"]] {
      let run = try Binary.run(words, environment: ["HOME": "/nowhere", variable: value])
      let said = run.output + run.errors
      #expect(!said.contains("wrong") && !said.contains("hunter2"), "\(words): \(said)")
      #expect(words[0] != "config" || run.output.contains("****"), "\(said)")
    }
    let option = "--" + variable.dropFirst("USHER_".count).lowercased()
    let run = try Binary.run([option, value, "status"], environment: ["HOME": "/nowhere"])
    #expect(run.status == 64, "\(run)")
    #expect(!run.errors.contains("wrong") && !run.errors.contains("hunter2"), "\(run.errors)")
  }

  @Test("properties of the Kafka client that are not known to be harmless are hidden")
  func kafkaProperties() throws {
    let file = """
      current-context: a
      contexts:
        a:
          kafka: broker-1:9092
          kafka-properties: { sasl.oauthbearer.config: hunter2, bogus.prop: hunter2, security.protocol: SASL_SSL }
      """
    for words in [["show"], ["show", "-o", "json"]] {
      try ConfigCommandTests.run(words, file: file) { run, _ in
        #expect(!run.output.contains("hunter2") && run.output.contains("SASL_SSL"), "\(run.output)")
      }
    }
  }

  @Test("a key that stands twice does not hide what else is wrong")
  func repeatedKeys() throws {
    let file = """
      queues:
        a: { preset: set-tll }
        a: { preset: set-ttl }
        'b': { preset: set-ttl }
        "b": { nonsense: 1 }
      caches:
        c: { prefx: a }
      queues: {}
      """
    try ConfigCommandTests.run(["check", "-o", "json"], file: file) { run, _ in
      #expect(run.status == 78)
      let problems = try #require(try JSONValue(parsing: run.output).list)
      let lines = problems.map { Int($0["line"]?.number ?? 0) }
      #expect(Set(lines) == [2, 3, 5, 7, 8], "\(run.output)")
      #expect(run.output.contains("did you mean") && run.output.contains("is repeated; it is already set in"))
      #expect(!run.output.contains("nonsense"))
    }
  }
}
