import Failures
import Testing

@testable import Configuration

@Suite("Which stores an invocation talks to")
struct ResolveTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let what: String
    var options = ConfigurationInput.Options()
    var environment: [String: String] = [:]
    var file: String? = contexts
    var sandbox: SandboxEndpoints?
    /// Value and origin of PostgreSQL and of Redis; nil where there must be none.
    var postgres: String?
    var redis: String?
    var testDescription: String { what }
  }

  static let contexts = """
    current-context: production
    contexts:
      production: { postgres: service=tickets, redis: "redis://cache-1" }
      staging: { postgres: "host=staging" }
      empty: {}
    """
  static let noContext = "queues: { q: { preset: set-ttl } }"

  static let cases = [
    Case(
      what: "an option beats everything", options: .init(context: "staging", postgres: "host=flag", redis: "flag:1"),
      environment: ["USHER_POSTGRES": "host=own", "DATABASE_URL": "postgres://url", "USHER_REDIS": "own:1"],
      postgres: "host=flag from --postgres", redis: "flag:1 from --redis"),
    Case(
      what: "usher's own variables beat the common ones and the file",
      environment: [
        "USHER_POSTGRES": "host=own", "DATABASE_URL": "postgres://url", "USHER_REDIS": "own:1",
        "REDIS_URL": "redis://url",
      ],
      postgres: "host=own from USHER_POSTGRES", redis: "own:1 from USHER_REDIS"),
    Case(
      what: "the common variables beat the file's current context",
      environment: ["DATABASE_URL": "postgresql://url/db", "REDIS_URL": "redis://url"],
      postgres: "postgresql://url/db from DATABASE_URL", redis: "redis://url from REDIS_URL"),
    Case(
      what: "DATABASE_URL beats libpq's own variables",
      environment: ["DATABASE_URL": "postgres://url", "PGHOST": "h"], file: nil,
      postgres: "postgres://url from DATABASE_URL"),
    Case(
      what: "a DATABASE_URL of another kind of database is passed over",
      environment: ["DATABASE_URL": "mysql://root@db/tickets"],
      postgres: "service=tickets from FILE:3:27 (context production)",
      redis: "redis://cache-1 from FILE:3:51 (context production)"),
    Case(
      what: "libpq's own variables are left to libpq",
      environment: ["PGHOST": "/run/pg", "PGDATABASE": "tickets", "PGUSER": "mina"], file: nil,
      postgres: " from PGHOST, PGDATABASE"),
    Case(
      what: "a lone PGUSER chooses no server", environment: ["PGUSER": "mina", "PGSSLMODE": "require"], file: nil,
      sandbox: Fixture.sandbox, postgres: "host=/var/lib/sandbox from sandbox at /var/lib/sandbox",
      redis: "unix:///var/lib/sandbox/redis.sock from sandbox at /var/lib/sandbox"),
    Case(
      what: "the file's current context is used where nothing is set",
      postgres: "service=tickets from FILE:3:27 (context production)",
      redis: "redis://cache-1 from FILE:3:51 (context production)"),
    Case(
      what: "a variable fills in for one store only", environment: ["USHER_REDIS": "own:1"],
      postgres: "service=tickets from FILE:3:27 (context production)", redis: "own:1 from USHER_REDIS"),
    Case(
      what: "an empty variable is unset",
      environment: ["USHER_POSTGRES": "", "DATABASE_URL": "", "PGHOST": "", "REDIS_URL": "", "USHER_CONTEXT": ""],
      postgres: "service=tickets from FILE:3:27 (context production)",
      redis: "redis://cache-1 from FILE:3:51 (context production)"),
    Case(
      what: "a context that --context names beats usher's own variables, and leaves absent what it does not name",
      options: .init(context: "staging"),
      environment: ["USHER_POSTGRES": "host=own", "USHER_REDIS": "own:1", "REDIS_URL": "redis://url"],
      sandbox: Fixture.sandbox, postgres: "host=staging from FILE:4:24 (context staging)"),
    Case(
      what: "a context that USHER_CONTEXT names beats the common variables, but not usher's own",
      environment: [
        "USHER_CONTEXT": "staging", "USHER_REDIS": "own:1", "DATABASE_URL": "postgres://url",
        "REDIS_URL": "redis://url",
      ],
      postgres: "host=staging from FILE:4:24 (context staging)", redis: "own:1 from USHER_REDIS"),
    Case(
      what: "--context beats USHER_CONTEXT", options: .init(context: "production"),
      environment: ["USHER_CONTEXT": "staging"],
      postgres: "service=tickets from FILE:3:27 (context production)",
      redis: "redis://cache-1 from FILE:3:51 (context production)"),
    Case(
      what: "a context without stores is never filled up from the sandbox", options: .init(context: "empty"),
      sandbox: Fixture.sandbox),
    Case(
      what: "the sandbox is used where nothing else is configured", file: noContext, sandbox: Fixture.sandbox,
      postgres: "host=/var/lib/sandbox from sandbox at /var/lib/sandbox",
      redis: "unix:///var/lib/sandbox/redis.sock from sandbox at /var/lib/sandbox"),
    Case(
      what: "the sandbox is never mixed with another's stores", environment: ["USHER_POSTGRES": "host=own"],
      file: noContext, sandbox: Fixture.sandbox, postgres: "host=own from USHER_POSTGRES"),
    Case(what: "nothing configured is nothing", file: nil),
  ]

  @Test("each connection comes from the first source that has one", arguments: cases)
  func precedence(_ example: Case) throws {
    let input = Fixture.input(
      options: example.options, environment: example.environment,
      files: example.file.map { [Fixture.userPath: $0] } ?? [:], sandbox: example.sandbox)
    let context = try Configuration.load(input).resolve()
    func text(_ connection: Sourced<String>?) -> String? {
      connection.map { "\($0.value) from \($0.origin)".replacing(Fixture.userPath, with: "FILE") }
    }
    #expect(text(context.postgres) == example.postgres)
    #expect(text(context.redis) == example.redis)
    #expect(context.isSandbox == (example.postgres?.contains("sandbox") ?? false))
  }

  @Test("the kafka brokers and their properties come from the same place")
  func kafka() throws {
    let own = try Fixture.load(Fixture.complete).resolve()
    #expect(own.kafka?.value == "broker-1:9092,broker-2:9092")
    #expect(own.kafkaProperties.mapValues(\.value) == ["security.protocol": "SASL_SSL", "sasl.password": "hunter2"])
    let other = try Configuration.load(
      Fixture.input(environment: ["USHER_KAFKA": "localhost:9092"], files: [Fixture.userPath: Fixture.complete])
    ).resolve()
    #expect(other.kafka?.value == "localhost:9092")
    #expect(other.kafkaProperties.isEmpty)
  }

  @Test("a context that does not exist is refused, with the nearest that does")
  func unknownContext() {
    let input = Fixture.input(options: .init(context: "stagin"), files: [Fixture.userPath: Self.contexts])
    #expect(
      throws: Failure(
        .configuration, "context 'stagin' does not exist; it is named by --context",
        causes: ["the contexts are empty, production, staging"],
        hints: ["did you mean 'staging'?", "list the configuration files with `usher config path`"])
    ) { try Configuration.load(input).resolve() }
    #expect(
      throws: Failure(
        .configuration, "context 'prod' does not exist; it is named by USHER_CONTEXT",
        causes: ["no configuration file describes a context"],
        hints: ["list the configuration files with `usher config path`"])
    ) { try Configuration.load(Fixture.input(environment: ["USHER_CONTEXT": "prod"])).resolve() }
  }

  @Test("files with problems are refused, one problem as the message, several as causes")
  func problems() {
    #expect(
      throws: Failure(
        .configuration,
        "\(Fixture.userPath):1:1: unknown key 'x' in the configuration; the keys are caches, contexts, current-context, outbox, queues"
      )
    ) {
      try Fixture.load("x: 1").resolve()
    }
    let failure = #expect(throws: Failure.self) { try Fixture.load("quues: 1\ncashes: 1").resolve() }
    #expect(failure?.kind == .configuration)
    #expect(failure?.message == "the configuration has 2 problems")
    #expect(failure?.causes.count == 2)
  }
}

@Suite("A store that is not configured")
struct MissingStoreTests {
  @Test("is told with everything that was looked at")
  func nothing() throws {
    let context = try Configuration.load(
      Fixture.input(environment: ["DATABASE_URL": "mysql://db"], files: [Fixture.systemPath: ResolveTests.noContext])
    ).resolve()
    #expect(
      throws: Failure(
        .configuration, "no PostgreSQL is configured",
        causes: [
          "--postgres: not set", "USHER_POSTGRES: not set", "DATABASE_URL: not a postgresql:// URI",
          "PGSERVICE, PGHOST, PGHOSTADDR, PGPORT, PGDATABASE: not set", "\(Fixture.userPath): does not exist",
          "\(Fixture.systemPath): does not set 'current-context'", "sandbox: none is running",
        ],
        hints: ["set USHER_POSTGRES, or start a private PostgreSQL with `usher sandbox start`"])
    ) { try context.require(.postgres) }
    #expect(throws: Failure.self) { try context.require(.redis) }
  }

  @Test("in a context that was chosen is that context's lack")
  func context() throws {
    let context = try Configuration.load(
      Fixture.input(
        options: .init(context: "staging"), files: [Fixture.userPath: ResolveTests.contexts], sandbox: Fixture.sandbox)
    ).resolve()
    #expect(
      throws: Failure(
        .configuration, "context 'staging' has no Redis connection",
        causes: [
          "--redis: not set", "context 'staging' at \(Fixture.userPath):4:3: does not set 'redis'",
          "sandbox at /var/lib/sandbox: not used, because context 'staging' is selected",
        ],
        hints: ["add 'redis' to the context, or use --redis"])
    ) { try context.require(.redis) }
    #expect(try context.require(.postgres).value == "host=staging")
  }

  @Test("beside a sandbox that is not used says why not")
  func unusedSandbox() throws {
    let context = try Configuration.load(
      Fixture.input(environment: ["USHER_REDIS": "own:1"], sandbox: Fixture.sandbox)
    ).resolve()
    let failure = #expect(throws: Failure.self) { try context.require(.kafka) }
    #expect(failure?.causes.last == "sandbox at /var/lib/sandbox: not used, because USHER_REDIS is set")
  }

  @Test("in a sandbox without a broker is the sandbox's lack")
  func sandboxWithout() throws {
    let context = try Configuration.load(Fixture.input(sandbox: Fixture.sandbox)).resolve()
    #expect(context.label == "the sandbox")
    let failure = #expect(throws: Failure.self) { try context.require(.kafka) }
    #expect(failure?.causes.last == "sandbox at /var/lib/sandbox: runs no Kafka")
  }
}

@Suite("A protected context")
struct ProtectionTests {
  static let file = """
    current-context: dev
    contexts:
      dev: { postgres: "host=dev", redis: "dev:1" }
      production: { protected: true, postgres: "host=prod", redis: "prod:1" }
      open: { protected: false, postgres: "host=open" }
    """

  @Test(
    "protects when it is chosen, and when a connection is its own by whatever way it came",
    arguments: [
      ([:], [:], nil),
      (["--context": "production"], [:], "production"),
      ([:], ["USHER_CONTEXT": "production"], "production"),
      (["--context": "production", "--redis": "localhost:1", "--postgres": "host=localhost"], [:], "production"),
      (["--redis": "prod:1"], [:], "production"),
      ([:], ["USHER_POSTGRES": "host=prod"], "production"),
      (["--redis": "host=prod"], [:], nil),
      (["--context": "open"], [:], nil),
    ] as [([String: String], [String: String], String?)])
  func protects(_ options: [String: String], _ environment: [String: String], _ expected: String?) throws {
    let input = Fixture.input(
      options: .init(context: options["--context"], postgres: options["--postgres"], redis: options["--redis"]),
      environment: environment, files: [Fixture.userPath: Self.file])
    let context = try Configuration.load(input).resolve()
    #expect(context.protection?.context == expected)
    #expect(context.isProtected == (expected != nil))
  }

  @Test("that is current protects only what is its own")
  func current() throws {
    let file = Self.file.replacing("current-context: dev", with: "current-context: production")
    func resolve(_ environment: [String: String]) throws -> ResolvedContext {
      try Configuration.load(Fixture.input(environment: environment, files: [Fixture.userPath: file])).resolve()
    }
    #expect(
      try resolve([:]).protection
        == .init(
          context: "production",
          origin: .file(Place(file: Fixture.userPath, line: 4, column: 28), context: "production")))
    #expect(try resolve(["USHER_REDIS": "dev:1"]).isProtected)
    #expect(try !resolve(["USHER_REDIS": "dev:1", "USHER_POSTGRES": "host=dev"]).isProtected)
  }
}
