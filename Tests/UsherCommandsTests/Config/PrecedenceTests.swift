import Support
import Testing

/// Who decides which store a command talks to, through the whole program: option > context that was chosen > usher's own variable >
/// common variables > current context of the file > sandbox.
@Suite("The precedence of settings")
struct PrecedenceTests {
  static let file = """
    current-context: filed
    contexts:
      filed: { redis: "filed:1", postgres: "host=filed" }
      chosen: { redis: "chosen:1", postgres: "host=chosen" }
    """

  struct Case: Sendable, CustomTestStringConvertible {
    var words: [String] = []
    var variables: [String: String] = [:]
    /// Value and origin of Redis.
    var redis: String
    var testDescription: String {
      (words + variables.map { "\($0)=\($1)" }.sorted() + ["→", redis]).joined(separator: " ")
    }
  }

  static let cases = [
    Case(redis: "filed:1 <file>:3:19 (context filed)"),
    Case(variables: ["REDIS_URL": "redis://common"], redis: "redis://common REDIS_URL"),
    Case(variables: ["REDIS_URL": "redis://common", "USHER_REDIS": "own:1"], redis: "own:1 USHER_REDIS"),
    Case(
      variables: ["USHER_CONTEXT": "chosen", "REDIS_URL": "redis://common"],
      redis: "chosen:1 <file>:4:20 (context chosen)"),
    Case(variables: ["USHER_CONTEXT": "chosen", "USHER_REDIS": "own:1"], redis: "own:1 USHER_REDIS"),
    Case(
      words: ["--context", "chosen"], variables: ["USHER_REDIS": "own:1"],
      redis: "chosen:1 <file>:4:20 (context chosen)"),
    Case(
      words: ["--context", "chosen", "--redis", "flag:1"], variables: ["USHER_REDIS": "own:1"], redis: "flag:1 --redis"),
    Case(words: ["--redis=flag:1"], variables: ["USHER_CONTEXT": "chosen"], redis: "flag:1 --redis"),
    Case(words: ["--redis", "a:1", "--redis", "b:1"], redis: "b:1 --redis"),
    Case(variables: ["USHER_REDIS": "", "REDIS_URL": ""], redis: "filed:1 <file>:3:19 (context filed)"),
  ]

  @Test("is what config show says", arguments: cases)
  func decides(example: Case) throws {
    try ConfigProgram.run(["show", "-o", "json"] + example.words, file: Self.file, environment: example.variables) {
      run, home in
      #expect(run.status == 0, "\(run.errors)")
      let rows = try JSONValue(parsing: run.output).list ?? []
      let redis = try #require(rows.first { $0["setting"]?.text == "redis" })
      let found = "\(redis["value"]?.text ?? "") \(redis["origin"]?.text ?? "")"
      #expect(found.replacing("\(home)/.config/usher/config.yaml", with: "<file>") == example.redis)
    }
  }

  @Test("is the same for what a command then talks to")
  func connects() throws {
    for (variables, address) in [
      (["USHER_REDIS": "127.0.0.1:1"], "127.0.0.1:1"),
      (["USHER_REDIS": "127.0.0.1:1", "REDIS_URL": "redis://127.0.0.1:2"], "127.0.0.1:1"),
      (["REDIS_URL": "redis://127.0.0.1:2"], "127.0.0.1:2"),
    ] {
      let shop = try Shop()
      let run = try shop.run(["queue", "status", "-v"], also: variables)
      #expect(run.status == 69)
      #expect(run.errors.contains("cannot reach Redis at \(address)\n"))
      #expect(
        run.errors.contains(
          "connecting to Redis, from \(variables.count > 1 || variables["USHER_REDIS"] != nil ? "USHER_REDIS" : "REDIS_URL")\n"
        ))
    }
  }

  @Test("puts the running sandbox last, and uses it alone")
  func sandbox() throws {
    let home = SandboxCommandTests.Home()
    #expect(try home.run("sandbox", "start", "--no-seed", "-q").status == 0)
    func origin(_ also: [String: String] = [:]) throws -> [String?] {
      let rows = try JSONValue(parsing: try home.run("config", "show", "-o", "json", also: also).output).list ?? []
      return ["redis", "postgres"].map { name in rows.first { $0["setting"]?.text == name }?["origin"]?.text }
    }
    #expect(try origin() == ["sandbox at \(home.directory)", "sandbox at \(home.directory)"])
    #expect(try origin(["USHER_REDIS": "own:1"]) == ["USHER_REDIS", nil])
    let away = try home.run("index", "list", also: ["USHER_REDIS": "own:1"])
    #expect(away.status == 78)
    #expect(away.errors.contains("sandbox at \(home.directory): not used, because USHER_REDIS is set"))
  }
}

@Suite("Where PostgreSQL is, as usher config show tells it")
struct ConfigShowPostgresTests {
  /// The four lines after `postgres`, as `name=value (origin)`.
  private func lines(_ variables: [String: String], service: String? = nil) throws -> [String] {
    var environment = variables
    if let service { environment["PGSERVICEFILE"] = service }
    var lines: [String] = []
    try ConfigProgram.run(["show", "-o", "json"], file: nil, environment: environment) { run, _ in
      #expect(run.status == 0, "\(run.errors)")
      lines = (try JSONValue(parsing: run.output).list ?? []).compactMap { row in
        guard let name = row["setting"]?.text, name.hasPrefix("postgres.") else { return nil }
        return "\(name.dropFirst(9))=\(row["value"]?.text ?? "") (\(row["origin"]?.text ?? ""))"
      }
    }
    return lines
  }

  @Test("libpq's variables are told one by one")
  func variables() throws {
    #expect(
      try lines(["PGHOST": "db-1", "PGPORT": "6000", "PGDATABASE": "tickets", "PGUSER": "kim", "PGPASSWORD": "s3cret"])
        == [
          "host=db-1 (PGHOST)", "port=6000 (PGPORT)", "database=tickets (PGDATABASE)", "user=kim (PGUSER)",
        ])
    #expect(
      try lines(["PGHOST": "db-1", "PGUSER": "kim"]) == [
        "host=db-1 (PGHOST)", "port=5432 (libpq's default)", "database=kim (libpq's default)", "user=kim (PGUSER)",
      ])
  }

  @Test("an address is taken apart, and variables fill what it leaves out")
  func address() throws {
    #expect(
      try lines(["DATABASE_URL": "postgresql://kim:s3cret@db-2/sale", "PGPORT": "6000"]) == [
        "host=db-2 (DATABASE_URL)", "port=6000 (PGPORT)", "database=sale (DATABASE_URL)", "user=kim (DATABASE_URL)",
      ])
  }

  @Test("a service is looked up in its file, and beats variables")
  func service() throws {
    let shop = try Shop()
    try shop.write("[tickets]\nhost=db-7\ndbname=sale\npassword=s3cret\n")
    let variables = ["PGSERVICE": "tickets", "PGDATABASE": "other", "PGUSER": "kim"]
    #expect(
      try lines(variables, service: shop.configPath) == [
        "host=db-7 (service tickets, else libpq's default)", "port=5432 (service tickets, else libpq's default)",
        "database=sale (service tickets, else libpq's default)", "user=kim (PGUSER)",
      ])
    #expect(
      try lines(["USHER_POSTGRES": "service=tickets user=lee"], service: shop.configPath).last
        == "user=lee (USHER_POSTGRES)")
  }

  @Test("a service that nobody described is warned of, and the rest is shown")
  func unknownService() throws {
    try ConfigProgram.run(
      ["show"], file: nil, environment: ["PGSERVICE": "tickets", "PGSERVICEFILE": "/dev/null"]
    ) { run, _ in
      #expect(run.status == 0)
      #expect(
        run.errors.hasPrefix("warning: cannot read the PostgreSQL connection string: definition of service "),
        "\(run.errors)")
      #expect(run.output.contains("(libpq's own environment)"))
      #expect(!run.output.contains("postgres.host"))
    }
  }
}
