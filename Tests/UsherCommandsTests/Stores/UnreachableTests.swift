import Support
import Testing

@Suite("A store that cannot be reached")
struct UnreachableTests {
  static let onRedis: [[String]] = [
    ["queue", "status"], ["queue", "admit", "5", "--yes"], ["queue", "admit", "5", "--dry-run"], ["cache", "list"],
    ["cache", "evict", "concerts", "--yes"], ["cache", "warm", "concertOption", "--yes"],
  ]
  static let onPostgres: [[String]] = [
    ["query", "slow"], ["query", "explain", "42"], ["query", "explain", "--sql", "SELECT 1"], ["index", "list"],
    ["index", "create", "seat", "status", "--yes"], ["index", "drop", "seat_spare", "--yes"], ["outbox", "status"],
    ["outbox", "replay", "--yes"], ["cache", "warm", "concertOption", "--yes"],
  ]

  @Test("is status 69 with its address and the system's reason, for every command on Redis")
  func redis() throws {
    let shop = try Shop()
    for words in Self.onRedis {
      let run = try shop.run(words, also: ["USHER_REDIS": "redis://127.0.0.1:1"])
      #expect(run.status == 69, "\(words)")
      #expect(run.output.isEmpty, "\(words)")
      #expect(
        run.errors == """
          usher: cannot reach Redis at 127.0.0.1:1
            cause: connect: Connection refused
            hint: check USHER_REDIS, or run `usher doctor`

          """, "\(words)")
    }
  }

  @Test("is status 69 with its address and the system's reason, for every command on PostgreSQL")
  func postgres() throws {
    let shop = try Shop()
    for words in Self.onPostgres {
      let run = try shop.run(words, also: ["USHER_POSTGRES": "host=127.0.0.1 port=1 user=u"])
      #expect(run.status == 69, "\(words)")
      #expect(run.output.isEmpty, "\(words)")
      #expect(
        run.errors.hasPrefix("usher: cannot reach PostgreSQL at 127.0.0.1:1 (connection refused)\n"),
        "\(words): \(run.errors)")
      #expect(run.errors.hasSuffix("\n  hint: check USHER_POSTGRES, or run `usher doctor`\n"), "\(words)")
    }
  }

  @Test("is told as a name that nobody knows, or a socket that is not there")
  func names() throws {
    let shop = try Shop()
    let name = try shop.run(["queue", "status"], also: ["USHER_REDIS": "redis://nowhere.invalid:6379"])
    #expect(name.status == 69)
    #expect(name.errors.contains("nowhere.invalid"))
    let socket = try shop.run(["queue", "status"], also: ["USHER_REDIS": "unix:///nowhere.sock"])
    #expect(socket.status == 69)
    #expect(socket.errors.contains("No such file or directory"))
    let directory = try shop.run(["index", "list"], also: ["USHER_POSTGRES": "host=/nowhere user=u"])
    #expect(directory.status == 69)
    #expect(directory.errors.contains("No such file or directory"))
  }

  @Test("that answers with another protocol is said to")
  func otherProtocol() throws {
    let shop = try Shop()
    // A Redis in the place of a PostgreSQL's socket speaks another language.
    let run = try shop.run(["queue", "status"], also: ["USHER_REDIS": "unix://\(shop.socketOfPostgres)"])
    #expect(run.status == 69)
    #expect(
      run.errors.contains("does not speak Redis's protocol") || run.errors.contains("lost the connection"),
      "\(run.errors)")
  }

  static let mistakes: [[String]] = [
    ["queue", "admit", "0", "--yes"], ["queue", "admit", "-3", "--yes"], ["queue", "admit", "1e3", "--yes"],
    ["queue", "admit", "99999999999999999999", "--yes"], ["queue", "admit", "5", "--rate", "fast", "--yes"],
    ["queue", "admit", "5", "--max-affected", "-1", "--yes"], ["queue", "admit", "5", "--wait", "5", "--yes"],
    ["cache", "evict", "nonesuch", "--yes"], ["cache", "warm", "nonesuch", "--yes"],
    ["query", "slow", "--sort", "age"],
    ["index", "create", "seat", "--yes"], ["history", "--limit", "0"], ["status", "now"],
    ["queue", "status", "-o", "xml"],
  ]

  @Test("is not asked for anything by a command line that is wrong")
  func usage() throws {
    let shop = try Shop()
    let away = ["USHER_REDIS": "redis://127.0.0.1:1", "USHER_POSTGRES": "host=127.0.0.1 port=1"]
    for words in Self.mistakes {
      let run = try shop.run(words, also: away)
      #expect(run.status == 64, "\(words): \(run.errors)")
      #expect(run.output.isEmpty, "\(words)")
    }
  }
}

extension Shop {
  /// The socket on which its PostgreSQL listens.
  fileprivate var socketOfPostgres: String {
    let directory = database.conninfo.firstMatch(of: #/host=(\S+)/#).map { String($0.1) } ?? ""
    return "\(directory)/.s.PGSQL.5432"
  }

  @Test(
    "is hinted at by where its address came from",
    arguments: [
      (["--redis", "redis://127.0.0.1:1", "queue", "status"], [:], "check --redis, or run `usher doctor`"),
      (["--postgres", "host=127.0.0.1 port=1", "index", "list"], [:], "check --postgres, or run `usher doctor`"),
      (["cache", "list"], ["REDIS_URL": "redis://127.0.0.1:1"], "check REDIS_URL, or run `usher doctor`"),
      (["index", "list"], ["DATABASE_URL": "postgres://127.0.0.1:1/x"], "check DATABASE_URL, or run `usher doctor`"),
      (["index", "list"], ["PGHOST": "127.0.0.1", "PGPORT": "1"], "check PGHOST, PGPORT, or run `usher doctor`"),
    ] as [([String], [String: String], String)])
  func origins(words: [String], variables: [String: String], hint: String) throws {
    let shop = try Shop()
    try shop.write(
      "queues: { tickets: { preset: set-ttl } }\ncaches: { concerts: { key: \"concerts::SimpleKey []\" } }\n")
    let run = try shop.run(words, also: variables)
    #expect(run.status == 69)
    #expect(run.errors.hasSuffix("\n  hint: \(hint)\n"), "\(run.errors)")
  }

  @Test("is hinted at by the line of the file, and doctor does not send to itself")
  func originInFile() throws {
    let shop = try Shop()
    try shop.write("current-context: a\ncontexts: { a: { redis: \"redis://127.0.0.1:1\" } }\n")
    let place = "\(shop.configPath):2:25 (context a)"
    #expect(try shop.usher("history").errors.hasSuffix("hint: check \(place), or run `usher doctor`\n"))
    let doctor = try shop.usher("doctor")
    #expect(doctor.errors.contains("hint: redis, connection: check \(place)\n"), "\(doctor.errors)")
  }
}
