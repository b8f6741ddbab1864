import Changes
import Failures
import Postgres
import Support
import Testing

@testable import Outbox

/// Events that cannot be sent, beside others that can: what is held back, what goes on, and when it is enough.
@Suite("replays with events that cannot be sent")
struct ReplayRefusedTests {
  private let refused = PublishFailure(Failure(.badInput, "the broker refuses it", causes: ["too large"]), .record)

  private func ids(_ range: some Sequence<Int>) -> [String] { range.map(String.init) }

  @Test(
    "a record refused late holds back its own key, over all batches, and every other key goes on", arguments: [3, 100])
  func late(batchSize: Int) throws {
    let fixture = try OutboxFixture()
    for id in 1...12 { try fixture.insert("\(id)", key: "k\(id % 3)", age: 9_000 - id) }
    let before = try fixture.rows()
    let publisher = ScriptedPublisher()
    publisher.lateFailures["4"] = refused
    let (outcome, operation) = try fixture.replay(to: publisher, batchSize: batchSize)
    let stayed = [4, 7, 10]
    #expect(try fixture.ids("PUBLISHED") == ids((1...12).filter { !stayed.contains($0) }))
    for id in stayed { #expect(try fixture.rows()[id - 1] == before[id - 1]) }
    #expect(outcome.changed == 9)
    #expect(outcome.failed == 1)
    #expect(outcome.skipped == 2)
    #expect(outcome.state == .partial)
    #expect(outcome.failures == ["event 4: the broker refuses it: too large"])
    #expect(
      outcome.notes == [
        "2 events were held back to keep the order, because an earlier event with the same key could not be sent (key k1)"
      ])
    #expect(try fixture.journal.find(operation)?.changed == 9)
    // Once it is mended, the next run sends what was held back, in order.
    publisher.lateFailures = [:]
    #expect(try fixture.replay(to: publisher, batchSize: batchSize).outcome == ChangeOutcome(changed: 3))
    #expect(Array(publisher.arrived.map(\.id).suffix(3)) == ids(stayed))
  }

  @Test("a record refused at once is not followed by any of its key, nor does it stop another")
  func early() throws {
    let fixture = try OutboxFixture()
    for id in 1...9 { try fixture.insert("\(id)", key: "k\(id % 2)", age: 9_000 - id) }
    let publisher = ScriptedPublisher()
    publisher.earlyFailures["3"] = refused
    let outcome = try fixture.replay(to: publisher).outcome
    #expect(publisher.arrived.map(\.id) == ["1", "2", "4", "6", "8"])
    #expect(outcome.changed == 5 && outcome.failed == 1 && outcome.skipped == 3)
    #expect(publisher.batches == 1)
  }

  @Test("a failure that is heard of in the middle of a batch holds back the rest of its key")
  func heardOf() throws {
    let fixture = try OutboxFixture()
    try fixture.fill(40, keys: 1)
    let publisher = ScriptedPublisher()
    publisher.readsEvery = 5
    publisher.lateFailures["12"] = refused
    let outcome = try fixture.replay(to: publisher).outcome
    #expect(publisher.arrived.map(\.id) == ids(1...11) + ids(13...15))
    #expect(try fixture.ids("PUBLISHED") == ids(1...11))
    #expect(outcome.changed == 11 && outcome.failed == 1 && outcome.skipped == 28)
  }

  @Test("events without a key stand for themselves")
  func withoutKeys() throws {
    let fixture = try OutboxFixture()
    for id in 1...5 { try fixture.insert("\(id)", key: nil, age: 9_000 - id) }
    let publisher = ScriptedPublisher()
    publisher.lateFailures["2"] = refused
    let outcome = try fixture.replay(to: publisher).outcome
    #expect(outcome.changed == 4 && outcome.failed == 1 && outcome.skipped == 0)
    #expect(outcome.notes.isEmpty)
  }

  @Test("one that is refused with its company is found, the company arrives, each key in order")
  func company() throws {
    let fixture = try OutboxFixture()
    try fixture.fill(200, keys: 11)
    let publisher = ScriptedPublisher()
    publisher.poison = ["50", "120"]
    let outcome = try fixture.replay(to: publisher, batchSize: 150).outcome
    #expect(outcome.failed == 2)
    #expect(outcome.failures == ["events 50, 120: too large"])
    #expect(outcome.hints.first == "raise the limit")
    let behind = (1...200).filter { ($0 > 50 && $0 % 11 == 50 % 11) || ($0 > 120 && $0 % 11 == 120 % 11) }
    #expect(outcome.skipped == behind.count)
    #expect(outcome.changed == 200 - 2 - behind.count)
    #expect(Set(try fixture.ids("PUBLISHED")) == Set(ids(1...200)).subtracting(ids(behind + [50, 120])))
    for key in 0..<11 {
      let own = publisher.arrived.compactMap { Int($0.id) }.filter { $0 % 11 == key }
      #expect(own == own.sorted(), "key k\(key)")
    }
    // Halves of halves: a few dozen sendings, not one a record.
    #expect(publisher.batches < 40, "\(publisher.sizes)")
  }

  @Test(
    "one that is refused with its company is found also beside many that fail by themselves, and nothing overtakes it")
  func companyOfMany() throws {
    let fixture = try OutboxFixture()
    let publisher = ScriptedPublisher()
    // More than half of what ends a run, each with a key of its own; what follows shares five keys over two batches.
    for id in 1...60 {
      try fixture.insert("\(id)", key: "own\(id)", age: 9_000 - id)
      publisher.earlyFailures["\(id)"] = refused
    }
    for id in 61...100 { try fixture.insert("\(id)", key: "k\(id % 5)", age: 9_000 - id) }
    publisher.poison = ["79"]
    let outcome = try fixture.replay(to: publisher, batchSize: 80).outcome
    let behind = (80...100).filter { $0 % 5 == 79 % 5 }
    #expect((outcome.failed, outcome.skipped) == (61, behind.count))
    #expect(Set(try fixture.ids("PUBLISHED")) == Set(ids(61...100)).subtracting(ids(behind + [79])))
    for key in 0..<5 {
      let own = publisher.arrived.compactMap { Int($0.id) }.filter { $0 % 5 == key }
      #expect(own == own.sorted(), "key k\(key)")
    }
  }

  @Test("an event that cannot become a record fails by its id, and the others are marked")
  func noRecord() throws {
    let fixture = try OutboxFixture()
    for id in 1...3 { try fixture.insert("\(id)", key: "\(id)", age: 9_000 - id) }
    fixture.mapping.publishing.topic = try OutboxTemplate("{domain_type}", role: "topic")
    let publisher = ScriptedPublisher()
    let table = try fixture.table()
    let plan = try table.planReplay(.init(), to: publisher)
    try fixture.connection.execute("UPDATE outbox_event SET domain_type = NULL WHERE id = 2")
    let outcome = try table.replay(plan, to: publisher, operation: try fixture.begin(), journal: fixture.journal)
    #expect(outcome.changed == 2)
    #expect(
      outcome.failure
        == "event 2: it has no topic: '{domain_type}' is NULL or empty in table public.outbox_event")
    #expect(outcome.hints.first?.hasPrefix("correct event 2; until then") == true)
  }

  @Test("a topic that refuses fails its events untried, however many they are, and the others go on")
  func topic() throws {
    let fixture = try OutboxFixture()
    fixture.mapping.publishing.topic = try OutboxTemplate("{event_type}", role: "topic")
    fixture.mapping.publishing.key = try OutboxTemplate("{id}", role: "key")
    try fixture.fill(900)
    let publisher = ScriptedPublisher()
    for id in 1...900 where id % 3 == 0 {
      publisher.lateFailures["\(id)"] = PublishFailure(Failure(.refused, "not allowed"), .topic)
    }
    var offered: [String] = []
    publisher.onPublish = { offered.append($0.topic) }
    let outcome = try fixture.replay(to: publisher, batchSize: 100).outcome
    #expect(outcome.changed == 600)
    #expect(outcome.failed == 300)
    #expect(outcome.failures == ["events 3, 6, 9 and 297 more: not allowed"])
    // Those of the first batch were on their way when the first answer came.
    #expect(offered.count { $0 == "Paid" } == 33)
  }

  @Test("a topic that everything goes to is the destination: its refusal ends the run")
  func onlyTopic() throws {
    let fixture = try OutboxFixture()
    try fixture.fill(20)
    let publisher = ScriptedPublisher()
    publisher.lateFailures["7"] = PublishFailure(Failure(.configuration, "there is no such topic"), .topic)
    let outcome = try fixture.replay(to: publisher, batchSize: 5).outcome
    #expect(publisher.batches == 2)
    #expect(outcome.failed == 1)
    #expect(outcome.failure == "there is no such topic")
    #expect(outcome.changed == 9)
  }

  @Test("after a hundred that could not be sent the run ends, and says so", arguments: [true, false])
  func enough(isHeardOfAtOnce: Bool) throws {
    let fixture = try OutboxFixture()
    fixture.mapping.publishing.key = try OutboxTemplate("{id}", role: "key")
    try fixture.fill(1_000)
    let publisher = ScriptedPublisher()
    for id in 1...1_000 where id.isMultiple(of: 2) {
      if isHeardOfAtOnce {
        publisher.earlyFailures["\(id)"] = refused
      } else {
        publisher.lateFailures["\(id)"] = refused
      }
    }
    let outcome = try fixture.replay(to: publisher, batchSize: 50).outcome
    #expect(outcome.failed == RefusedEvents.limit)
    #expect(outcome.changed == 100)
    #expect(
      outcome.notes.last?.hasPrefix("stopped after 100 events that could not be sent") == true
        && outcome.notes.last?.hasSuffix("800 events were not tried") == true, "\(outcome.notes)")
    #expect(outcome.failures == ["events 2, 4, 6 and 97 more: the broker refuses it: too large"])
  }

  @Test("a broker that goes away while parts are being sent again ends the run")
  func lostApart() throws {
    let fixture = try OutboxFixture()
    try fixture.fill(40)
    let publisher = ScriptedPublisher()
    publisher.poison = ["5"]
    publisher.onPublish = { _ in
      if publisher.batches == 2 { throw PublishFailure(Failure(.unavailable, "cannot reach the broker"), .destination) }
    }
    let outcome = #expect(throws: Failure.self) { try fixture.replay(to: publisher, batchSize: 20) }
    #expect(outcome?.message == "cannot reach the broker")
    #expect(try fixture.ids("PUBLISHED").isEmpty)
    #expect(publisher.batches <= 3)
  }

  @Test("several reasons are told with a few events each")
  func reasons() {
    var events = RefusedEvents()
    for id in 1...5_000 { events.add("\(id)", refused) }
    for id in 1...6 { events.add("x\(id)", PublishFailure(Failure(.failed, "reason \(id)"), .record)) }
    #expect(
      events.causes == [
        "events 1, 2, 3 and 4,997 more: the broker refuses it: too large", "event x1: reason 1", "event x2: reason 2",
        "4 events more, for other reasons",
      ])
    #expect(events.count == 5_006)
    #expect(
      events.hints == [
        "correct the events that cannot be sent, starting with event 1; until then a replay sends all other events, "
          + "except later ones with the same key"
      ])
  }
}
