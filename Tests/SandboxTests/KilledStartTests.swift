import Glibc
import Postgres
import Redis
import Support
import Testing

@testable import Sandbox

@Suite("a killed start", .serialized)
struct KilledStartTests {
  /// How far a start has come, as far as that shows from outside.
  enum Stage: String, CaseIterable, Sendable {
    case directory, initdb, dataDirectory, redis, postgres, tables, rows, keys

    /// Whether a start in this directory has come so far.
    func isReached(_ directory: String) -> Bool {
      let record = SandboxRecord(
        directory: directory, place: directory, postgresPID: 0, redisPID: 0, startedMilliseconds: 0)
      switch self {
      case .directory: return exists("\(directory)/lock")
      case .initdb: return exists("\(directory)/log/initdb.log")
      case .dataDirectory: return exists("\(directory)/postgres-home/data")
      case .redis: return exists(record.redisSocket)
      case .postgres: return exists("\(directory)/run/.s.PGSQL.5432")
      case .tables, .rows:
        // Before the database is there nobody gets in, and before the tables nothing can be counted.
        let query = self == .tables ? "SELECT count(*) FROM schema_migration" : "SELECT count(*) FROM outbox_event"
        guard let connection = try? PostgresConnection(PostgresTarget(record.postgres)),
          let count = try? SeedTests.number(connection, query)
        else { return false }
        return count > 0
      case .keys:
        guard let redis = try? RedisConnection(RedisTarget(socket: record.redisSocket)) else { return false }
        return (try? redis.command("EXISTS", "waiting_tokens").integer) == 1
      }
    }
  }

  private func start(_ directory: String, _ command: String = "start") throws -> ChildProcess {
    let words = ["sandbox", command, "--directory", directory] + (command == "start" ? [] : ["--yes"])
    return try ChildCommand(try Binary.path(), words, environment: ["PATH": "/usr/bin:/bin", "USHER_BROKER": "/none"])
      .spawn()
  }

  /// All that the small sale promises, in both stores.
  private func expectWholeSale(_ record: SandboxRecord) throws {
    let connection = try PostgresConnection(PostgresTarget(record.postgres))
    for (table, count) in [("seat", 5_000), ("payment", 1_800), ("outbox_event", 1_000)] {
      #expect(try SeedTests.number(connection, "SELECT count(*) FROM \(table)") == count, "\(table)")
    }
    let redis = try RedisConnection(RedisTarget(socket: record.redisSocket))
    #expect(try redis.command("ZCARD", "waiting_tokens").integer == 2_000)
    #expect(try redis.command("DBSIZE").integer == 13)
  }

  @Test("leaves no process and no guard behind, and the next one makes the whole sale", arguments: Stage.allCases)
  func killed(stage: Stage) throws {
    let scratch = Scratch()
    let child = try start(scratch.path)
    #expect(eventually { stage.isReached(scratch.path) })
    kill(child.pid, SIGKILL)
    #expect(child.wait() == .signal(SIGKILL), "it had ended before")
    #expect(eventually { ProcessTable.pids(marked: scratch.path).isEmpty && !isGuarded(scratch.path) })

    let sandbox = scratch.sandbox()
    let record = try sandbox.start(seeding: { TicketSale(.small, seed: 1, now: moment) }).record
    #expect(sandbox.status().map(\.state) == [.running, .running])
    try expectWholeSale(record)
  }

  @Test("a reset that is killed is done again by the next start, or by the next reset", arguments: [true, false])
  func killedReset(byStart: Bool) throws {
    let scratch = Scratch()
    let sandbox = scratch.sandbox()
    let sale = { TicketSale(SeedScale.small, seed: 1, now: moment) }
    let record = try sandbox.start(seeding: sale).record
    let redis = try RedisConnection(RedisTarget(socket: record.redisSocket))
    let child = try start(scratch.path, "reset")
    // The rows of the new sale are there, its keys are not.
    #expect(eventually { (try? redis.command("DBSIZE").integer) == 0 && Stage.rows.isReached(scratch.path) })
    kill(child.pid, SIGKILL)
    #expect(child.wait() == .signal(SIGKILL), "it had ended before")
    try expectWholeSale(byStart ? sandbox.start(seeding: sale).record : sandbox.reset(seeding: sale))
  }

  @Test("by Ctrl-C ends by itself with status 130 and leaves no process")
  func interrupted() throws {
    let scratch = Scratch()
    let child = try start(scratch.path)
    #expect(eventually { !ProcessTable.pids(marked: scratch.path).isEmpty })
    kill(child.pid, SIGINT)
    #expect(child.wait() == .status(130))
    #expect(ProcessTable.pids(marked: scratch.path).isEmpty)
  }

  /// Whether a guard still watches this directory's servers.
  private func isGuarded(_ directory: String) -> Bool {
    entries(of: "/proc").contains { name in
      guard pid_t(name) != nil, let line = try? readFile("/proc/\(name)/cmdline") else { return false }
      let text = String(decoding: line, as: UTF8.self)
      return text.contains("usher-guard") && text.contains("\(directory)\0")
    }
  }
}
