import Postgres
import Support
import Testing

@testable import Health

@Suite("The probes of the outbox")
struct OutboxProbeTests {
  private static func insert(_ service: Service, status: String = "INIT", age: String = "1 hour") throws {
    try service.postgres.execute(
      """
      INSERT INTO outbox_event (key, domain_type, event_type, payload, status, created_at)
      VALUES ('k', 'payment', 'Paid', '{}', '\(status)', now() - interval '\(age)')
      """)
  }

  static let cases = [
    ProbeCase("a table that fits", "mapping", .ok, "public.outbox_event with id: id bigint"),
    ProbeCase("a table that is gone", "mapping", .critical, "has no table") {
      try $0.postgres.execute("DROP TABLE outbox_event")
    },
    ProbeCase("a topic", "topic", .ok, "events for kafka"),
    ProbeCase("no topic", "topic", .critical, "no topic is configured") {
      $0.targets.outbox = Service.outbox(topic: nil)
    },
    ProbeCase("all privileges", "privileges", .ok, "may read and mark events"),
    ProbeCase("a unique id", "id", .ok, "column 'id' is unique"),
    ProbeCase("an id that is not unique", "id", .warning, "column 'key' is not unique") {
      $0.targets.outbox = Service.outbox(id: "key")
    },
    ProbeCase("no event", "backlog", .ok, "0 unpublished, 0 published"),
    ProbeCase("an event on its way", "backlog", .ok, "1 unpublished") { try insert($0, age: "5 seconds") },
    ProbeCase("an event that is stuck", "backlog", .warning, "1 unpublished, the oldest for 1h") { try insert($0) },
    ProbeCase("an old event that is published", "backlog", .ok, "0 unpublished, 1 published") {
      try insert($0, status: "PUBLISHED")
    },
    ProbeCase("statuses that are all named", "statuses", .ok, "every event is in a status of outbox.statuses") {
      try insert($0)
    },
    ProbeCase("a status that is not named", "statuses", .warning, "1 event in statuses that outbox.statuses does not") {
      try $0.postgres.execute("ALTER TABLE outbox_event DROP CONSTRAINT outbox_event_status_known")
      try insert($0, status: "SENT")
    },
  ]

  @Test("judge what they find", arguments: cases)
  func judge(example: ProbeCase) throws {
    try example.check(.outbox, Service())
  }

  @Test("give a finding each where the table does not fit, of which the first is the reason")
  func wrongTable() throws {
    let service = try Service()
    let names = service.findings([.outbox]).map(\.name)
    try service.postgres.execute("ALTER TABLE outbox_event RENAME COLUMN status TO state")
    let findings = service.findings([.outbox])
    #expect(findings.map(\.verdict) == [.critical] + Array(repeating: .unknown, count: 5))
    #expect(findings.map(\.name) == names)
    #expect(findings.allSatisfy { $0.reason.contains("has no column") })
  }

  @Test("of a role without privileges say what it lacks, and what therefore is unknown")
  func poorRole() throws {
    let service = try Service()
    try service.asPoorRole {
      let privileges = try service.finding(.outbox, "privileges")
      #expect(privileges.verdict == .critical)
      #expect(privileges.reason.contains("UPDATE on status"))
      let backlog = try service.finding(.outbox, "backlog")
      #expect(backlog.verdict == .unknown)
      #expect(backlog.failure?.kind == .refused)
    }
  }

  @Test("do not wait for long where the table is locked, and go on with the rest")
  func locked() throws {
    let service = try Service()
    try service.postgres.script("BEGIN; LOCK TABLE outbox_event")
    let findings = service.findings([.outbox, .postgres])
    try service.postgres.script("ROLLBACK")
    #expect(findings.filter { $0.verdict == .unknown }.map(\.name) == ["backlog", "statuses"])
    #expect(findings.contains { $0.area == .postgres && $0.name == "load" && $0.verdict == .ok })
  }
}
