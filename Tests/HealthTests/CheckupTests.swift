import Failures
import Postgres
import Redis
import Support
import Testing

@testable import Health

@Suite("A checkup")
struct CheckupTests {
  private static let onRedis: [Area] = [.redis, .queue, .cache]
  private static let onPostgres: [Area] = [.postgres, .outbox]

  /// The findings in the same order as of a service in order, and which areas lost theirs.
  private func expectLoss(_ lost: [Area], _ findings: [Finding], _ healthy: [Finding], reason: String) {
    #expect(findings.map(\.name) == healthy.map(\.name))
    for finding in findings {
      guard lost.contains(finding.area) else {
        #expect(finding.verdict == healthy.first { $0.area == finding.area && $0.name == finding.name }?.verdict)
        continue
      }
      #expect(finding.verdict == (finding.check == "connection" ? .critical : .unknown), "\(finding)")
      #expect(finding.reason.contains(reason), "\(finding)")
      #expect(finding.failure != nil)
    }
  }

  @Test("of a Redis that is down loses its own findings only, and each is there")
  func redisDown() throws {
    let service = try Service()
    let healthy = service.findings()
    service.server.crash()
    expectLoss(Self.onRedis, service.findings(), healthy, reason: "cannot reach Redis at ")
  }

  @Test("of a PostgreSQL that is down loses its own findings only, and each is there")
  func postgresDown() throws {
    let service = try Service()
    let healthy = service.findings()
    service.usePostgres(PostgresTarget("host=127.0.0.1 port=\(try Listener.freePort()) user=u"))
    expectLoss(Self.onPostgres, service.findings(), healthy, reason: "cannot reach PostgreSQL at ")
  }

  @Test("does not wait longer than its time limit for a Redis that takes connections and is silent")
  func redisSilent() throws {
    let service = try Service()
    let healthy = service.findings()
    service.server.freeze()
    defer { service.server.thaw() }
    expectLoss(
      Self.onRedis, service.findings(within: .milliseconds(500)), healthy, reason: "did not end within 500ms")
  }

  @Test("does not wait longer than its time limit for a PostgreSQL that takes connections and is silent")
  func postgresSilent() throws {
    let service = try Service()
    let healthy = service.findings()
    let (relay, target) = try service.database.relayed()
    relay.hold()
    service.usePostgres(target)
    expectLoss(
      Self.onPostgres, service.findings(within: .milliseconds(500)), healthy, reason: "did not end within 500ms")
    relay.release()
  }

  @Test("ends a statement at its time limit, and keeps what it found before")
  func slowStatement() throws {
    let service = try Service()
    try service.postgres.script("BEGIN; LOCK TABLE outbox_event")
    let findings = service.findings([.postgres, .outbox], within: .seconds(1))
    try service.postgres.script("ROLLBACK")
    let unknown = findings.filter { $0.failure != nil }
    #expect(unknown.map(\.name) == ["backlog", "statuses"])
    #expect(unknown.allSatisfy { $0.reason == "the checks of PostgreSQL did not end within 1.0s" })
  }

  @Test("asks a server that went away no more, and gives each finding that is left the reason")
  func lost() throws {
    let service = try Service()
    let server = service.server
    service.targets.queues.insert(
      CheckupTargets.QueueTarget("first") {
        server.crash()
        return [try Service.layout("first")]
      }, at: 0)
    let findings = service.findings([.redis, .queue, .cache], for: [.operation])
    #expect(findings.filter { $0.area == .redis }.allSatisfy { $0.verdict == .ok })
    let others = findings.filter { $0.area != .redis }
    #expect(others.map(\.name) == ["first: people", "tickets: people", "dates: keys", "list: keys"])
    #expect(others.allSatisfy { $0.verdict == .unknown && $0.failure == others[0].failure }, "\(others)")
  }

  @Test("says what is not configured, and needs no store for that")
  func nothing() {
    let findings = Checkup(CheckupTargets(), for: Set(Purpose.allCases)).findings(in: Area.allCases)
    #expect(findings.map(\.area) == [.postgres, .redis, .kafka])
    #expect(findings.allSatisfy { $0.verdict == .skipped && $0.name == "connection" })
  }

  @Test("of the operation alone leaves out what usher needs")
  func purposes() throws {
    let names = try Service().findings([.postgres, .outbox, .redis, .queue], for: [.operation]).map(\.name)
    #expect(
      names == [
        "connection", "load", "role", "transactions", "locks", "mapping", "backlog", "statuses", "connection", "load",
        "role", "eviction", "persistence", "tickets: people",
      ])
  }

  @Test("takes the most urgent verdict for the greatest")
  func verdicts() {
    #expect(Verdict.allCases.shuffled().sorted() == [.skipped, .ok, .unknown, .warning, .critical])
  }
}
