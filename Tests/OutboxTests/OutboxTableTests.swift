import Failures
import Support
import Testing

@testable import Outbox

@Suite("finding the outbox in the catalogue")
struct OutboxTableTests {
  private func failure(_ fixture: OutboxFixture) -> Failure? {
    #expect(throws: Failure.self) { try fixture.table() }
  }

  @Test("a table that is not there is named, with those whose names are near")
  func missingTable() throws {
    let fixture = try OutboxFixture()
    fixture.mapping.table = "outbox"
    let failure = failure(fixture)
    #expect(failure?.kind == .configuration)
    #expect(failure?.message.contains("'outbox'") == true)
    #expect(failure?.causes == ["tables with a similar name: public.outbox_event"])
  }

  @Test(
    "a column that is not there is named, with its role and the columns that are there",
    arguments: ["id", "status", "created", "key", "type", "payload", "published"])
  func missingColumn(role: String) throws {
    let fixture = try OutboxFixture()
    switch role {
    case "id": fixture.mapping.columns.id = "nope"
    case "status": fixture.mapping.columns.status = "nope"
    case "created": fixture.mapping.columns.created = "nope"
    case "key": fixture.mapping.columns.key = "nope"
    case "type": fixture.mapping.columns.type = "nope"
    case "payload": fixture.mapping.columns.payload = "nope"
    default: fixture.mapping.columns.published = "nope"
    }
    let failure = failure(fixture)
    #expect(failure?.kind == .configuration)
    #expect(failure?.message == "table public.outbox_event has no column 'nope' for the outbox's \(role)")
    #expect(failure?.causes.first?.contains("id, key, domain_type, event_type, payload") == true)
    #expect(failure?.hints == ["correct outbox.columns.\(role)"])
  }

  @Test(
    "a template's column that is not there is named, with the template",
    arguments: ["topic", "key", "value", "headers.h"])
  func missingTemplateColumn(role: String) throws {
    let fixture = try OutboxFixture()
    let template = try OutboxTemplate("x-{domain}", role: "outbox.publish.\(role)")
    switch role {
    case "topic": fixture.mapping.publishing.topic = template
    case "key": fixture.mapping.publishing.key = template
    case "value": fixture.mapping.publishing.value = template
    default: fixture.mapping.publishing.headers = [.init(name: "h", value: template)]
    }
    let failure = failure(fixture)
    #expect(failure?.kind == .configuration)
    #expect(failure?.message.contains("outbox.publish.\(role) 'x-{domain}'") == true)
    #expect(failure?.message.contains("'domain'") == true)
  }

  @Test("a created column that is no timestamp is refused")
  func createdType() throws {
    let fixture = try OutboxFixture()
    fixture.mapping.columns.created = "payload"
    let failure = failure(fixture)
    #expect(failure?.kind == .configuration)
    #expect(failure?.message.contains("'payload'") == true)
    #expect(failure?.message.contains("text, not a timestamp") == true)
  }

  @Test("a status that an enum lacks is refused for init and published, and left out for the others")
  func enumLabels() throws {
    let fixture = try OutboxFixture(
      statusType: "event_status", prelude: "CREATE TYPE event_status AS ENUM ('INIT', 'PUBLISHED')")
    try fixture.connection.execute(
      "INSERT INTO outbox_event (status, created_at) VALUES ('INIT', now() - interval '1 hour')")
    #expect(try fixture.table().overview().counts.initial == 1)
    #expect(try fixture.table().planReplay(.init(), to: ScriptedPublisher()).count == 1)
    fixture.mapping.statuses.published = "SENT"
    let failure = failure(fixture)
    #expect(failure?.message.contains("'SENT'") == true)
    #expect(failure?.causes == ["it has INIT, PUBLISHED"])
  }

  @Test("schemas, capitals and spaces in names are taken as they are")
  func names() throws {
    let fixture = try OutboxFixture()
    try fixture.connection.script(
      """
      CREATE SCHEMA "Billing";
      CREATE TABLE "Billing"."Out Box" ("Id" uuid PRIMARY KEY DEFAULT gen_random_uuid(), "order" text, "When" timestamptz);
      INSERT INTO "Billing"."Out Box" ("order", "When") VALUES ('INIT', now() - interval '1 hour');
      """)
    fixture.mapping = OutboxMapping(
      table: "\"Billing\".\"Out Box\"", columns: .init(id: "Id", status: "order", created: "When"),
      publishing: .init(
        topic: try OutboxTemplate("t", role: "topic"), value: try OutboxTemplate("{Id}", role: "value")))
    let table = try fixture.table()
    #expect(table.name == "Billing.Out Box")
    let publisher = ScriptedPublisher()
    #expect(try fixture.replay(to: publisher).outcome.changed == 1)
    #expect(publisher.arrived.count == 1)
    #expect(try table.overview().counts.published == 1)
  }

  @Test("a table's plain name with capitals needs no quotes")
  func capitals() throws {
    let fixture = try OutboxFixture()
    try fixture.connection.script(
      "CREATE TABLE \"OutboxEvent\" (id int PRIMARY KEY, status text, created_at timestamp, payload text)")
    fixture.mapping = OutboxMapping(
      table: "OutboxEvent", columns: .init(id: "id", status: "status", created: "created_at", payload: "payload"))
    #expect(try fixture.table().name == "public.OutboxEvent")
  }
}

@Suite("counting events")
struct OutboxOverviewTests {
  @Test("an empty table counts nothing and waits for nothing")
  func empty() throws {
    let fixture = try OutboxFixture()
    let table = try fixture.table()
    #expect(try table.overview() == OutboxOverview(counts: .init(), types: []))
    #expect(try table.overviewByType() == OutboxOverview(counts: .init(), types: []))
  }

  @Test("each status is counted, what the mapping does not name as other")
  func counts() throws {
    let fixture = try OutboxFixture()
    for status in ["INIT", "INIT", "FAIL", "RETRY", "PUBLISHED", "PARKED"] { try fixture.insert(status: status) }
    for overview in [try fixture.table().overview(), try fixture.table().overviewByType()] {
      let counts = overview.counts
      #expect(counts.initial == 2)
      #expect(counts.fail == 1)
      #expect(counts.retry == 1)
      #expect(counts.published == 1)
      #expect(counts.other == 1)
      #expect(counts.unpublished == 4)
    }
  }

  @Test("the oldest unpublished event tells the age, whichever status it is in")
  func oldest() throws {
    let fixture = try OutboxFixture()
    try fixture.insert(status: "PUBLISHED", age: 90_000)
    #expect(try fixture.table().overview().counts.oldestUnpublishedMilliseconds == nil)
    try fixture.insert(status: "INIT", age: 100)
    try fixture.insert(status: "RETRY", age: 5_000)
    for overview in [try fixture.table().overview(), try fixture.table().overviewByType()] {
      let age = try #require(overview.counts.oldestUnpublishedMilliseconds)
      #expect(age >= 5_000_000 && age < 90_000_000)
    }
  }

  @Test("a created time in the future is an age of zero, not a negative one")
  func future() throws {
    let fixture = try OutboxFixture()
    try fixture.insert(age: -500)
    #expect(try fixture.table().overview().counts.oldestUnpublishedMilliseconds == 0)
  }

  @Test("types are listed with the one that is most stuck first, also the type NULL")
  func types() throws {
    let fixture = try OutboxFixture()
    for _ in 0..<3 { try fixture.insert(type: nil) }
    for _ in 0..<2 { try fixture.insert(type: "Paid") }
    for _ in 0..<9 { try fixture.insert(type: "Held", status: "PUBLISHED") }
    let types = try fixture.table().overviewByType().types
    #expect(types.map(\.type) == [nil, "Paid", "Held"])
    #expect(types.map(\.counts.initial) == [3, 2, 0])
    #expect(types[2].counts.oldestUnpublishedMilliseconds == nil)
  }

  @Test("statuses of other names are counted under what the mapping calls them")
  func otherNames() throws {
    let fixture = try OutboxFixture()
    fixture.mapping.statuses = .init(initial: "NEW", published: "SENT", fail: "ERROR", retry: "AGAIN")
    for status in ["NEW", "SENT", "ERROR", "AGAIN", "INIT"] { try fixture.insert(status: status) }
    let counts = try fixture.table().overview().counts
    #expect([counts.initial, counts.published, counts.fail, counts.retry, counts.other] == [1, 1, 1, 1, 1])
  }
}
