import Failures
import Outbox
import Support
import Testing

@Suite("planning a replay")
struct ReplayPlanTests {
  private func plan(_ fixture: OutboxFixture, _ filter: ReplayFilter = .init()) throws -> ReplayPlan {
    try fixture.table().planReplay(filter, to: ScriptedPublisher())
  }

  @Test("by default it takes INIT and FAIL that are older than a minute, and writes nothing")
  func defaults() throws {
    let fixture = try OutboxFixture()
    for status in ["INIT", "FAIL", "RETRY", "PUBLISHED"] {
      try fixture.insert(status: status)
      try fixture.insert(status: status, age: 30)
    }
    let before = try fixture.rows()
    let plan = try plan(fixture)
    #expect(plan.count == 2)
    #expect(plan.sample.map(\.status) == ["INIT", "FAIL"])
    #expect(try fixture.rows() == before)
    #expect(try fixture.journal.list(limit: 5).isEmpty)
  }

  @Test("a limit takes the oldest, and the counts are those of the limit")
  func limit() throws {
    let fixture = try OutboxFixture()
    for id in 1...9 { try fixture.insert("\(id)", type: id < 3 ? "Old" : "New", age: 9_000 - id) }
    let plan = try plan(fixture, .init(limit: 4))
    #expect(plan.count == 4)
    #expect(plan.sample.map(\.id) == ["1", "2", "3", "4"])
    #expect(plan.types.map(\.count) == [2, 2])
    #expect(Set(plan.types.compactMap(\.type)) == ["Old", "New"])
  }

  @Test("a status that is published, or unknown, cannot be replayed", arguments: ["PUBLISHED", "PARKED", ""])
  func status(name: String) throws {
    let fixture = try OutboxFixture()
    let failure = #expect(throws: Failure.self) { try plan(fixture, .init(statuses: ["INIT", name])) }
    #expect(failure?.kind == .usage)
    #expect(failure?.message.contains("'\(name)'") == true)
    #expect(failure?.causes.first?.contains("INIT, FAIL, RETRY") == true)
  }

  @Test("ids that are left out are counted by the reason")
  func leftOut() throws {
    let fixture = try OutboxFixture()
    try fixture.insert("1")
    try fixture.insert("2", status: "PUBLISHED")
    try fixture.insert("3", age: 5)
    let warnings = try plan(fixture, .init(ids: ["1", "2", "3", "77", "78"])).warnings
    #expect(
      warnings.contains(
        "4 of the 5 ids are excluded: 2 are not in the table, 2 are younger, of another type, or in another status"))
  }

  @Test("an id of another type is a usage error that names the type")
  func badID() throws {
    let fixture = try OutboxFixture()
    for id in ["abc", "99999999999999999999999", "1.5"] {
      let failure = #expect(throws: Failure.self) { try plan(fixture, .init(ids: [id])) }
      #expect(failure?.kind == .usage)
      #expect(failure?.message.contains("bigint") == true)
    }
  }

  @Test("the topics are those of the rows, with their counts")
  func topics() throws {
    let fixture = try OutboxFixture()
    fixture.mapping.publishing.topic = try OutboxTemplate("{domain_type}.{event_type}", role: "topic")
    for _ in 0..<3 { try fixture.insert(type: "Paid") }
    try fixture.insert(type: "Held")
    let topics = try plan(fixture).topics
    #expect(topics.map(\.topic) == ["payment.Paid", "payment.Held"])
    #expect(topics.map(\.count) == [3, 1])
  }

  @Test("events without a topic are told beforehand, and fail the plan where no event has one")
  func noTopic() throws {
    let fixture = try OutboxFixture()
    fixture.mapping.publishing.topic = try OutboxTemplate("{domain_type}", role: "topic")
    try fixture.insert()
    for _ in 0..<2 { try fixture.insert(domain: nil) }
    let some = try plan(fixture)
    #expect((some.count, some.topics.map(\.count)) == (3, [1]))
    #expect(
      some.warnings.contains { $0.hasPrefix("2 of them have no topic, because '{domain_type}' is NULL or empty") })
    let failure = #expect(throws: Failure.self) { try plan(fixture, .init(ids: ["2", "3"])) }
    #expect(failure?.kind == .badInput)
    #expect(failure?.message.contains("2 events") == true)
    #expect(try plan(fixture, .init(ids: ["1"])).count == 1)
  }

  @Test("a mapping without topic or value fails before anything is asked")
  func unconfigured() throws {
    let fixture = try OutboxFixture()
    fixture.mapping.publishing.topic = nil
    let missing = #expect(throws: Failure.self) {
      try fixture.table().planReplay(.init(), to: LinePublisher { _ in })
    }
    #expect(missing?.kind == .configuration)
    #expect(missing?.causes == ["outbox.publish.topic is not set"])
    fixture.mapping.columns.payload = nil
    let valueless = #expect(throws: Failure.self) { try plan(fixture) }
    #expect(valueless?.kind == .configuration)
    #expect(valueless?.message.contains("value") == true)
  }

  @Test("a filter by type needs a type column")
  func noTypeColumn() throws {
    let fixture = try OutboxFixture()
    fixture.mapping.columns.type = nil
    try fixture.insert()
    let failure = #expect(throws: Failure.self) { try plan(fixture, .init(types: ["Paid"])) }
    #expect(failure?.kind == .configuration)
    #expect(try plan(fixture).types.isEmpty)
  }

  @Test("events without a key, and those without a created time, are pointed out")
  func oddRows() throws {
    let fixture = try OutboxFixture()
    try fixture.insert(key: nil)
    try fixture.insert(key: "")
    try fixture.connection.execute("INSERT INTO outbox_event (status, payload) VALUES ('INIT', '{}')")
    let plan = try plan(fixture)
    #expect(plan.count == 2)
    #expect(plan.warnings.contains("1 of them has no key, so their order is not kept"))
    #expect(plan.warnings.contains { $0.hasPrefix("1 unpublished event has no 'created_at'") })
  }

  @Test("events that overtake an older one of their key, which the filter leaves out, are pointed out")
  func overtaking() throws {
    let fixture = try OutboxFixture()
    try fixture.insert(key: "a", status: "RETRY", age: 9_000)
    try fixture.insert(key: "a", age: 8_000)
    try fixture.insert(key: "a", age: 7_000)
    try fixture.insert(key: "b", age: 9_999)
    try fixture.insert(key: "b", status: "RETRY", age: 100)
    try fixture.insert(key: "c", status: "PUBLISHED", age: 9_000)
    try fixture.insert(key: "c")
    #expect(try plan(fixture).warnings.contains { $0.hasPrefix("2 of them overtake an older unpublished event") })
    #expect(try plan(fixture, .init(statuses: ["INIT", "FAIL", "RETRY"])).warnings.isEmpty)
  }

  @Test("a created column without a time zone is pointed out")
  func noTimeZone() throws {
    let fixture = try OutboxFixture(createdType: "timestamp")
    try fixture.insert()
    let plan = try plan(fixture)
    #expect(plan.count == 1)
    #expect(plan.warnings.contains { $0.contains("'created_at' has no time zone") })
  }

  @Test("an outbox of nothing stuck is a plan of nothing, without warnings")
  func nothing() throws {
    let fixture = try OutboxFixture()
    try fixture.insert(status: "PUBLISHED")
    let plan = try plan(fixture)
    #expect(plan.count == 0)
    #expect(plan.sample.isEmpty && plan.topics.isEmpty && plan.warnings.isEmpty)
    #expect(plan.oldestMilliseconds == nil)
  }
}
