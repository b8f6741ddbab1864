import Glibc
import Redis
import Support
import Testing

@testable import Arguments
@testable import UsherCommands

@Suite("usher __complete")
struct CompleteTests {
  @Test("gives the names of the configuration, each with a note")
  func configured() throws {
    let stage = try CompletionStage()
    #expect(try stage.ask(.contexts) == ["eu:sale", "us:sale\tprotected"])
    #expect(try stage.ask(.queues) == ["tickets\twaiting_tokens", "vip queue\tvip_waiting"])
    #expect(try stage.ask(.caches) == ["concerts", "콘서트"])
    #expect(try stage.ask(.warmableCaches) == ["concerts"])
    #expect(try stage.ask(.statuses) == ["INIT\tinit", "FAIL\tfail", "RETRY\tretry"])
  }

  @Test("gives tables as SQL takes them, and the columns of the table on the line")
  func tables() throws {
    let stage = try CompletionStage()
    try stage.connection.script(
      #"CREATE TABLE "Seat Map" (id int, "Row" text); CREATE SCHEMA billing; CREATE TABLE billing.invoice (id int)"#)
    let tables = try stage.ask(.tables).map { $0.prefix { $0 != "\t" } }
    #expect(tables.contains("seat") && tables.contains(#""Seat Map""#) && tables.contains("billing.invoice"))
    #expect(!tables.contains { $0.hasPrefix("pg_") || $0.hasPrefix("usher.") })
    #expect(try stage.ask(.columns, after: ["index", "create", #""Seat Map""#]) == ["id\tinteger", "Row\ttext"])
    #expect(try stage.ask(.columns, after: ["-o", "json", "index", "create", "billing.invoice"]) == ["id\tinteger"])
    #expect(try stage.ask(.columns, after: ["index", "create", "no_such_table"]) == [])
  }

  @Test("gives the indexes that may be dropped, and none that a constraint stands on")
  func indexes() throws {
    let stage = try CompletionStage()
    try stage.connection.script("CREATE INDEX seat_by_status ON seat (status)")
    let lines = try stage.ask(.indexes)
    #expect(lines.contains { $0.hasPrefix("seat_by_status\ton seat, ") })
    #expect(!lines.contains { $0.contains("_pkey") })
  }

  @Test("names tables and indexes in the way in which the name was begun")
  func qualified() throws {
    let stage = try CompletionStage()
    try stage.connection.script(
      #"""
      CREATE TABLE "Seat Map" (id int); CREATE INDEX "Seat Index" ON "Seat Map" (id);
      CREATE SCHEMA "Old.Sale"; CREATE TABLE "Old.Sale".seat (id int); CREATE INDEX was ON "Old.Sale".seat (id)
      """#)
    func names(_ source: CompletionSource, _ typed: String) throws -> [String] {
      try stage.ask(source, typed: typed).map { String($0.prefix { $0 != "\t" }) }
    }
    #expect(try names(.tables, "se") == ["seat"])
    #expect(try names(.tables, "public.se") == ["public.seat"])
    #expect(try names(.tables, #"public."se"#) == [#"public."seat""#])
    #expect(try names(.tables, #"public."S"#) == [#"public."Seat Map""#])
    #expect(try names(.tables, #""public".sea"#) == [#""public".seat"#])
    #expect(try names(.tables, #""S"#) == [#""Seat Map""#])
    #expect(try names(.tables, #""Old.Sale".s"#) == [#""Old.Sale".seat"#])
    #expect(try names(.tables, #""Old."#) == [#""Old.Sale"."seat""#])
    #expect(try names(.indexes, "public.").contains(#"public."Seat Index""#))
    #expect(try names(.indexes, #"public."Se"#) == [#"public."Seat Index""#])
    #expect(try names(.indexes, #""Old.Sale"."#) == [#""Old.Sale".was"#])
    #expect(try names(.tables, "nowhere.") == [])
  }

  @Test("offers first what begins as typed, however many others there are")
  func manyTables() throws {
    let stage = try CompletionStage()
    try stage.connection.script(
      "DO $$ BEGIN FOR i IN 1..210 LOOP EXECUTE format('CREATE TABLE a%s ()', i); END LOOP; END $$")
    #expect(try stage.ask(.tables, typed: "sea").first?.hasPrefix("seat") == true)
    #expect(try stage.ask(.tables, typed: "public.sea").first?.hasPrefix("public.seat") == true)
  }

  @Test("gives the event types that occur, and none of NULL")
  func types() throws {
    let stage = try CompletionStage()
    #expect(try stage.ask(.eventTypes) == [])
    try stage.connection.script(
      """
      INSERT INTO outbox_event (key, domain_type, event_type, payload, status)
      SELECT 'k', 'payment', (ARRAY['PAID', 'REFUNDED'])[1 + n % 2], '{}', 'INIT' FROM generate_series(1, 50) n
      """)
    #expect(try stage.ask(.eventTypes) == ["PAID", "REFUNDED"])
  }

  @Test("gives the newest operations of both stores")
  func operations() throws {
    let stage = try CompletionStage()
    let redis = try stage.redis.connect()
    _ = try redis.command("ZADD", "waiting_tokens", "1700000000000", "a", "1700000000001", "b")
    let admit = try Binary.run(
      ["queue", "admit", "2", "--queue", "tickets", "--yes"], environment: stage.environment)
    #expect(admit.status == 0, "\(admit.errors)")
    let index = try Binary.run(["index", "create", "seat", "status", "--yes"], environment: stage.environment)
    #expect(index.status == 0, "\(index.errors)")
    let lines = try stage.ask(.operations)
    #expect(lines.count == 2)
    #expect(lines[0].hasSuffix("\tindex create, 1 changed, done"))
    #expect(lines[1].hasSuffix("\tqueue admit, 2 changed, done"))
    #expect(lines.allSatisfy { $0.prefix { $0 != "\t" }.count == 26 })
    // An index is dropped, not undone; what was taken back and the undo of it are not to be taken back.
    #expect(try stage.ask(.undoableOperations) == [lines[1]])
    let id = String(lines[1].prefix { $0 != "\t" })
    #expect(try Binary.run(["undo", id, "--yes"], environment: stage.environment).status == 0)
    #expect(try stage.ask(.undoableOperations) == [])
    #expect(try stage.ask(.operations).count == 3)
  }

  @Test("gives the ids of the costliest statements with their texts in one line")
  func statements() throws {
    let stage = try CompletionStage()
    try stage.connection.script("SELECT count(*)\nFROM seat, generate_series(1, 1000)")
    let lines = try stage.ask(.statements)
    let line = try #require(lines.first { $0.contains("generate_series") })
    let id = line.prefix { $0 != "\t" }
    #expect(Int(id) != nil)
    #expect(line.contains("SELECT count(*) FROM seat, generate_series($1, $2)"))
  }

  @Test("heeds what stands on the line: another file, another context, a store")
  func line() throws {
    let stage = try CompletionStage()
    let other = try CompletionStage()
    #expect(try stage.ask(.tables, after: ["--context", "us:sale", "index", "list", "--table"]) == [])
    #expect(try stage.ask(.contexts, after: ["--config", "/nonexistent/config.yaml", "--context"]) == [])
    try other.connection.script("CREATE TABLE only_here ()")
    let tables = try stage.ask(.tables, after: ["--postgres", other.database.conninfo, "index", "list", "--table"])
    #expect(tables.contains { $0.hasPrefix("only_here") })
    #expect(try !stage.ask(.tables).contains { $0.hasPrefix("only_here") })
  }

  @Test("asks no store of a protected context unless the file allows it")
  func protection() throws {
    let closed = try CompletionStage(context: "protected: true")
    #expect(try closed.ask(.tables) == [])
    #expect(try closed.ask(.operations) == [])
    #expect(try closed.ask(.queues).count == 2)
    let open = try CompletionStage(context: "protected: true\n    completion: true")
    #expect(try !open.ask(.tables).isEmpty)
    let shy = try CompletionStage(context: "completion: false")
    #expect(try shy.ask(.tables) == [])
  }

  @Test("changes nothing: it is served by servers that refuse every write")
  func readsOnly() throws {
    let stage = try CompletionStage()
    try stage.connection.script("ALTER DATABASE \(stage.database.name) SET default_transaction_read_only = on")
    let redis = try stage.redis.connect()
    _ = try redis.command("CONFIG", "SET", "min-replicas-to-write", "1")
    for source in CompletionSource.allCases { _ = try stage.ask(source) }
    #expect(try redis.command("DBSIZE") == .integer(0))
    #expect(try stage.ask(.tables).isEmpty == false)
  }

  @Test("is silent with status 0 when a store is down, the file is wrong, or the words make no sense")
  func silence() throws {
    let stage = try CompletionStage(redisURL: "unix:///nonexistent/redis.sock")
    #expect(try stage.ask(.operations) == [])
    #expect(try stage.ask(.tables, after: ["--no-such-option", "index", "list", "--table"]).isEmpty == false)
    let file = try #require(fopen("\(stage.directory)/config.yaml", "a"))
    fputs("quues: {}\n", file)
    fclose(file)
    for source in CompletionSource.allCases where source != .contexts { #expect(try stage.ask(source) == []) }
  }

  @Test("ends by itself when a store accepts and never answers")
  func deadline() throws {
    let path = "/tmp/usher-deaf-\(getpid()).sock"
    let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer {
      close(listener)
      unlink(path)
    }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let bound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    try #require(bound == 0 && listen(listener, 8) == 0)
    let stage = try CompletionStage(redisURL: "unix://\(path)")
    let patient = ["--postgres", "host=/nonexistent", "undo"]
    #expect(try stage.ask(.operations, after: patient, ["USHER_COMPLETE_TIMEOUT": "50ms"]) == [])
  }

  @Test("offers a command's own options before the global ones, and neither what is hidden nor what is given")
  func options() throws {
    let stage = try CompletionStage()
    let flags = try stage.ask(["queue", "admit", "--rate", "7/s", "-n", "--"]).map { String($0.prefix { $0 != "\t" }) }
    let own = ["--queue", "--fill-to", "--for", "--yes", "--confirm", "--reason", "--max-affected", "--wait"]
    #expect(flags.prefix(own.count) == own[...])
    #expect(flags.dropFirst(own.count).first == "--context" && flags.suffix(2) == ["--help", "--version"])
    #expect(try stage.ask(["__"]) == [] && !stage.ask([""]).contains { $0.hasPrefix("__") })
    #expect(try stage.ask(["queue", "move", "7f3c", "--to", ""]) == ["front", "back"])
    #expect(try stage.ask(["cache", "evict", "--all", ""]) == [])
  }

  @Test("leaves paths to the shell")
  func paths() throws {
    let run = try Binary.run(["__complete", "--", "--config=/et"], environment: [:])
    #expect(run.output == "\tfile\t--config=\n")
  }

  @Test("knows every source that a declaration names")
  func sources() {
    var named: Set<String> = []
    func collect(_ form: ValueForm?) {
      if case .dynamic(let source) = form?.completion { named.insert(source) }
    }
    func walk(_ command: CommandSpecification) {
      for option in command.options { collect(option.form.valueForm) }
      for operand in command.operands { collect(operand.form) }
      for subcommand in command.subcommands { walk(subcommand) }
    }
    walk(Catalog.root)
    #expect(named == Set(CompletionSource.allCases.map(\.rawValue)))
  }
}
