import Failures
import Outbox
import Postgres
import Support
import Testing

/// Every filter and how they combine, against rows of which each has something of its own.
@Suite("choosing events")
struct ReplayFilterTests {
  /// id, type, status, age in seconds.
  private static let rows: [(id: String, type: String?, status: String, age: Int)] = [
    ("1", "Paid", "INIT", 9_000), ("2", "Held", "INIT", 8_000), ("3", "Paid", "FAIL", 7_000),
    ("4", "Held", "RETRY", 6_000), ("5", nil, "INIT", 5_000), ("6", "Paid", "PUBLISHED", 4_000),
    ("7", "Paid", "PARKED", 3_000), ("8", "결제 완료, \"q\"", "FAIL", 2_000), ("9", "Paid", "INIT", 100),
    ("10", "Held", "RETRY", 10),
  ]

  private func fixture() throws -> OutboxFixture {
    let fixture = try OutboxFixture()
    for row in Self.rows { try fixture.insert(row.id, key: row.id, type: row.type, status: row.status, age: row.age) }
    return fixture
  }

  @Test(
    "the filters narrow down one by one and together, and what is planned is what is sent",
    arguments: [
      (ReplayFilter(), ["1", "2", "3", "5", "8", "9"]),
      (ReplayFilter(statuses: ["RETRY"]), ["4"]),
      (ReplayFilter(statuses: ["RETRY"], olderThan: .zero), ["4", "10"]),
      (ReplayFilter(statuses: ["FAIL", "FAIL", "INIT"]), ["1", "2", "3", "5", "8", "9"]),
      (ReplayFilter(olderThan: .seconds(7_500)), ["1", "2"]),
      (ReplayFilter(olderThan: .seconds(86_400)), []),
      (ReplayFilter(types: ["Paid"]), ["1", "3", "9"]),
      (ReplayFilter(types: ["Paid", "Held"]), ["1", "2", "3", "9"]),
      (ReplayFilter(types: ["결제 완료, \"q\""]), ["8"]),
      (ReplayFilter(types: ["paid"]), []),
      (ReplayFilter(ids: ["3", "1", "1"]), ["1", "3"]),
      (ReplayFilter(ids: ["6", "7", "404"]), []),
      (ReplayFilter(limit: 2), ["1", "2"]),
      (ReplayFilter(limit: 0), []),
      (ReplayFilter(limit: 1_000), ["1", "2", "3", "5", "8", "9"]),
      (ReplayFilter(types: ["Paid"], limit: 2), ["1", "3"]),
      (ReplayFilter(ids: ["9", "8", "2"], limit: 2), ["2", "8"]),
      (ReplayFilter(statuses: ["INIT"], types: ["Held", "Paid"], ids: ["2", "3", "9"]), ["2", "9"]),
      (
        ReplayFilter(statuses: ["INIT"], olderThan: .seconds(8_500), types: ["Paid"], ids: ["1", "9"], limit: 5), ["1"]
      ),
      (
        ReplayFilter(statuses: ["RETRY", "FAIL"], olderThan: .seconds(6_500), types: ["Held"], ids: ["4"], limit: 5), []
      ),
    ] as [(ReplayFilter, [String])])
  func combined(filter: ReplayFilter, expected: [String]) throws {
    let fixture = try fixture()
    let publisher = ScriptedPublisher()
    let plan = try fixture.table().planReplay(filter, to: publisher)
    #expect(plan.count == expected.count)
    #expect(plan.sample.map(\.id) == Array(expected.prefix(5)))
    #expect(plan.types.map(\.count).reduce(0, +) == expected.count)
    #expect(plan.topics.map(\.count).reduce(0, +) == expected.count)
    #expect((plan.oldestMilliseconds == nil) == expected.isEmpty)
    #expect(try fixture.replay(filter, to: publisher).outcome.changed == expected.count)
    #expect(publisher.arrived.map(\.id) == expected)
    let published = Set(try fixture.ids("PUBLISHED"))
    #expect(published == Set(expected + ["6"]))
  }

  @Test("the sample is the first five with what a person knows them by")
  func sample() throws {
    let fixture = try fixture()
    let sample = try fixture.table().planReplay(.init(), to: ScriptedPublisher()).sample
    #expect(sample.map(\.id) == ["1", "2", "3", "5", "8"])
    #expect(sample.map(\.type) == ["Paid", "Held", "Paid", nil, "결제 완료, \"q\""])
    #expect(sample.map(\.key) == ["1", "2", "3", "5", "8"])
    #expect(sample.map(\.status) == ["INIT", "INIT", "FAIL", "INIT", "FAIL"])
    for (event, age) in zip(sample, [9_000, 8_000, 7_000, 5_000, 2_000]) {
      #expect((age * 1_000..<(age + 3_600) * 1_000).contains(event.ageMilliseconds))
    }
  }

  @Test("statuses that the table calls otherwise are asked for by the table's names")
  func ownNames() throws {
    let fixture = try OutboxFixture()
    fixture.mapping.statuses = .init(initial: "NEW", published: "SENT", fail: "ERROR", retry: "AGAIN")
    for status in ["NEW", "SENT", "ERROR", "AGAIN", "INIT"] { try fixture.insert(status: status) }
    let table = try fixture.table()
    let publisher = ScriptedPublisher()
    #expect(try table.planReplay(.init(), to: publisher).sample.map(\.status) == ["NEW", "ERROR"])
    #expect(try table.planReplay(.init(statuses: ["AGAIN"]), to: publisher).count == 1)
    let refused = #expect(throws: Failure.self) { try table.planReplay(.init(statuses: ["INIT"]), to: publisher) }
    #expect(refused?.causes == ["unpublished events are in status NEW, ERROR, AGAIN"])
  }
}
