import Changes
import Glibc
import Postgres
import Redis
import Sandbox
import Support
import Testing

@testable import UsherCommands

/// The runbooks, as a reader of the page would follow them: each on a small sale that is in its trouble.
@Suite("usher-runbook(7)", .serialized)
struct RunbookTests {
  /// The command lines of each section of the page, as its reader would copy them.
  static let commands: [String: [String]] = {
    let page = DocumentsCommand.files.first { $0.path == "man/usher-runbook.7" }?.text ?? ""
    var section = ""
    var commands: [String: [String]] = [:]
    for line in page.split(separator: "\n") {
      if line.hasPrefix(".Sh ") { section = String(line.dropFirst(4)) }
      if line.hasPrefix("$ ") { commands[section, default: []].append(plain(String(line.dropFirst(2)))) }
    }
    return commands
  }()

  /// What a reader sees of a line of mdoc.
  private static func plain(_ line: String) -> String {
    let signs = [
      ("\\-", "-"), ("\\(aq", "'"), ("\\(dq", "\""), ("\\(ga", "`"), ("\\(ha", "^"), ("\\(ti", "~"), ("\\e", "\\"),
    ]
    return signs.reduce(line) { $0.replacing($1.0, with: $1.1) }
  }

  private func follow(_ title: String, on sale: SeededSale) throws -> [Binary.Run] {
    let lines = try #require(Self.commands[title.uppercased()])
    return try lines.map { line in
      let run = try Binary.run(program: "/bin/sh", ["-c", line], environment: sale.environment)
      #expect(run.status == 0, "\(line): \(run.errors)")
      return run
    }
  }

  @Test("every runbook of the source stands in the page with all its commands")
  func page() {
    for runbook in RunbookArticle.runbooks {
      #expect(Self.commands[runbook.title.uppercased()] == runbook.steps.flatMap(\.commands), "\(runbook.title)")
    }
    #expect(Self.commands.count == RunbookArticle.runbooks.count)
  }

  @Test("a waiting room that does not move is filled")
  func waitingRoom() throws {
    let sale = try SeededSale()
    let redis = try sale.redis()
    _ = try redis.command("DEL", "active_tokens")
    let waiting = try redis.command("ZCARD", "waiting_tokens").integer
    // Enough people for the capacity that the page speaks of.
    var words: [RedisArgument] = ["ZADD", "waiting_tokens"]
    for number in 0..<3000 {
      words += [RedisArgument(String(1_800_000_000_000 + number)), RedisArgument("late-\(number)")]
    }
    _ = try redis.command(words)
    let runs = try follow("The waiting room does not move", on: sale)
    #expect(try redis.command("SCARD", "active_tokens") == .integer(2100))
    #expect(try redis.command("ZCARD", "waiting_tokens") == .integer(Int64(waiting + 3000 - 2100)))
    #expect(
      runs.last?.output.contains("\"active\":2100") == true || runs.last?.output.contains("\"active\": 2100") == true)
  }

  @Test("people who would be cut off at once keep their time")
  func cutOff() throws {
    let sale = try SeededSale()
    let redis = try sale.redis()
    let before = try redis.command("SMEMBERS", "active_tokens").array.map { try $0.string }
    _ = try redis.command("EXPIRE", "active_tokens", "40")
    _ = try follow("Active people are about to expire together", on: sale)
    #expect(try redis.command("TTL", "active_tokens").integer > 200)
    let after = Set(try redis.command("SMEMBERS", "active_tokens").array.map { try $0.string })
    #expect(Set(before).isSubset(of: after))
    #expect(after.count > before.count)
  }

  @Test("a pause holds everybody where they are, and ends")
  func held() throws {
    let sale = try SeededSale()
    let redis = try sale.redis()
    let before = try redis.command("SCARD", "active_tokens")
    _ = try redis.command("EXPIRE", "active_tokens", "40")
    let runs = try follow("Nobody may be admitted for some time", on: sale)
    #expect(runs[2].errors.contains("is paused until"), "\(runs[2].errors)")
    #expect(runs[3].output.contains("at 420/min"), "\(runs[3].output)")
    #expect(try redis.command("TTL", "active_tokens").integer > 200)
    #expect(try redis.command("SCARD", "active_tokens") == before)
    #expect(try redis.command("KEYS", "usher:*:paused").array.isEmpty)
  }

  @Test("a waiting room is emptied, and everybody gets the place back")
  func closed() throws {
    let sale = try SeededSale()
    let redis = try sale.redis()
    let line = try redis.command("ZRANGE", "waiting_tokens", "0", "-1", "WITHSCORES")
    let runs = try follow("The waiting room has to be emptied", on: sale)
    #expect(runs[2].errors.contains("are set aside"), "\(runs[2].errors)")
    #expect(try redis.command("ZRANGE", "waiting_tokens", "0", "-1", "WITHSCORES") == line)
  }

  @Test("somebody who lost her place is found and moved to the front")
  func herPlace() throws {
    let sale = try SeededSale()
    let redis = try sale.redis()
    let token = try redis.command("ZRANGE", "waiting_tokens", "-1", "-1").array[0].string
    sale.environment["TOKEN"] = token
    let runs = try follow("A customer says that she lost her position", on: sale)
    #expect(runs[0].output.contains(token))
    #expect(runs[2].output.replacing(" ", with: "").contains("\"position\":1"), "\(runs[2].output)")
    #expect(try redis.command("ZRANGE", "waiting_tokens", "0", "0").array[0].string == token)
  }

  @Test("payments that were not announced are, and nothing else is")
  func unannounced() throws {
    let sale = try SeededSale()
    let postgres = try sale.postgres()
    let others = try stuck(postgres, where: "event_type <> 'PAYMENT_COMPLETED'")
    #expect(try stuck(postgres, where: "event_type = 'PAYMENT_COMPLETED'") > 0)
    _ = try follow("A customer paid and has no ticket", on: sale)
    #expect(try stuck(postgres, where: "event_type = 'PAYMENT_COMPLETED'") == 0)
    #expect(try stuck(postgres, where: "event_type <> 'PAYMENT_COMPLETED'") == others)
  }

  @Test("a slow seat page gets its two indexes, and the server uses them")
  func slowSeats() throws {
    let sale = try SeededSale()
    let runs = try follow("The seat page is slow", on: sale)
    #expect(runs[0].output.contains("concert_option"))
    let postgres = try sale.postgres()
    let valid: Int = try postgres.query(
      """
      SELECT count(*) AS count FROM pg_index WHERE indisvalid AND indexrelid::regclass::text IN
      ('seat_status_concert_option_id_idx', 'concert_option_concert_id_concert_date_id_idx')
      """
    )[0].decode("count")
    #expect(valid == 2)
  }

  @Test("a stale list is evicted and filled again")
  func staleList() throws {
    let sale = try SeededSale()
    let redis = try sale.redis()
    _ = try redis.command("SET", "concerts::SimpleKey []", "stale")
    _ = try follow("The concert list is stale", on: sale)
    let list = try redis.command("GET", "concerts::SimpleKey []").string
    #expect(list != "stale")
    #expect(list.contains("name"))
  }

  @Test("a backlog is published, the oldest first, and nothing older than a minute is left")
  func backlog() throws {
    let sale = try SeededSale()
    let runs = try follow("The outbox is backed up", on: sale)
    #expect(
      runs.contains {
        $0.output.contains("published 10 of 10 events") || $0.errors.contains("published 10 of 10 events")
      })
    #expect(try stuck(try sale.postgres(), where: "created_at < now() - interval '2 minutes'") == 0)
  }

  /// How many events are stuck, of those older than a minute.
  private func stuck(_ postgres: PostgresConnection, where condition: String) throws -> Int {
    try postgres.query(
      """
      SELECT count(*) AS count FROM outbox_event
      WHERE status IN ('INIT', 'FAIL') AND created_at < now() - interval '2 minutes' AND \(condition)
      """
    )[0].decode("count")
  }
}

/// A sandbox with the small sale in it, which the built program made; it ends with the last reference.
private final class SeededSale {
  let directory: String
  var environment: [String: String]

  init() throws {
    var template = Array("/tmp/usher-runbook-XXXXXX".utf8CString)
    directory = try #require(mkdtemp(&template).map { String(cString: $0) })
    var environment = ["HOME": directory, "USER": "kim", "XDG_STATE_HOME": "\(directory)/state"]
    let own = try Binary.path()
    environment["PATH"] = "\(own[..<(own.lastIndex(of: "/") ?? own.endIndex)]):/usr/sbin:/usr/bin:/sbin:/bin"
    for name in ["LD_LIBRARY_PATH", "USHER_BROKER"] { environment[name] = Support.environment(name) }
    self.environment = environment
    let start = try Binary.run(["sandbox", "start"], environment: environment)
    try #require(start.status == 0, "\(start.errors)")
  }

  deinit {
    _ = try? Binary.run(["sandbox", "stop", "--delete", "--yes"], environment: environment)
    _ = try? Binary.run(program: "/bin/rm", ["-rf", directory], environment: [:])
  }

  func redis() throws -> RedisConnection { try RedisConnection(try RedisTarget(try endpoint("USHER_REDIS"))) }
  func postgres() throws -> PostgresConnection {
    try PostgresConnection(PostgresTarget(try endpoint("USHER_POSTGRES")))
  }

  /// What `usher sandbox env` says for a variable.
  private func endpoint(_ name: String) throws -> String {
    let run = try Binary.run(
      program: "/bin/sh", ["-c", "eval \"$(usher sandbox env)\"; printf %s \"$\(name)\""], environment: environment)
    return run.output
  }
}
