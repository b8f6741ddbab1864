import Support
import Testing

@Suite("usher config check, for what only a sale would show")
struct ConfigCheckMistakesTests {
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
    try ConfigProgram.run(["check"], file: file) { run, home in
      #expect(run.status == 78)
      #expect(run.errors == "usher: \(home)/.config/usher/config.yaml:\(problem)\n")
    }
    try ConfigProgram.run(["check", "-o", "json"], file: file) { run, home in
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
    try ConfigProgram.run(["check"], file: file) { run, _ in
      #expect(run.status == 78)
      #expect(run.errors.contains(hint), "\(run.errors)")
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
    try ConfigProgram.run(["check", "-o", "json"], file: file) { run, _ in
      #expect(run.status == 78)
      let problems = try #require(try JSONValue(parsing: run.output).list)
      let lines = problems.map { Int($0["line"]?.number ?? 0) }
      #expect(Set(lines) == [2, 3, 5, 7, 8], "\(run.output)")
      #expect(run.output.contains("did you mean") && run.output.contains("is repeated; it is already set in"))
      #expect(!run.output.contains("nonsense"))
    }
  }
}
