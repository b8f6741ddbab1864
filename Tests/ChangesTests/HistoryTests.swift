import Failures
import Support
import Testing

@testable import Changes

/// What both stores promise, run with each of them.
@Suite("The history, in both stores")
struct HistoryTests {
  @Test("reading where nothing was ever changed gives nothing and makes nothing", arguments: StoreKind.allCases)
  func readsOnly(kind: StoreKind) throws {
    let store = try kind.make()
    #expect(try store.journal.list(limit: 10).isEmpty)
    #expect(try store.journal.find(OperationID(milliseconds: 1)) == nil)
    try store.journal.markLost(target: "queue tickets")
    #expect(try store.isUntouched())
  }

  @Test("a record says who, what, where and why, from its start", arguments: StoreKind.allCases)
  func begin(kind: StoreKind) throws {
    let store = try kind.make()
    let before = try store.now()
    let id = try store.begin(.sample)
    let record = try #require(try store.journal.find(id))
    #expect(
      record
        == OperationRecord(
          id: id, store: kind == .redis ? .redis : .postgres, request: .sample, actor: "kim@ops-1",
          startedMilliseconds: id.milliseconds, state: .started, changed: 0, failed: 0,
          keys: kind == .redis ? .tickets : nil))
    // The store's clock, so that operations of several machines sort.
    #expect((before...(try store.now())).contains(id.milliseconds))
  }

  @Test(
    "what a request says comes back to the letter", arguments: StoreKind.allCases,
    [
      OperationRequest(command: "", commandLine: "", target: "", planned: 0, undo: .none(reason: "")),
      OperationRequest(
        command: "index create", commandLine: "usher index create 'a''b' -- \\n {} $1 %s",
        target: "index \"좌석\"\t\u{1b}[31m", context: "", reason: "line\r\nline\n", planned: Int(Int32.max) * 1_000,
        undo: .by(command: "usher index drop '좌석 idx'")),
      OperationRequest(
        command: "undo", commandLine: String(repeating: "긴 줄 ", count: 20_000), target: "queue tickets",
        context: "운영", planned: 1, undo: .none(reason: "by: nobody, since\nit is final"),
        undoes: OperationID(OperationID.example)),
    ])
  func texts(kind: StoreKind, request: OperationRequest) throws {
    let store = try kind.make()
    #expect(try store.journal.find(try store.begin(request))?.request == request)
  }

  @Test(
    "an operation ends in the state that is given, with what its changes have counted", arguments: StoreKind.allCases,
    [OperationState.done, .partial, .failed, .interrupted])
  func finish(kind: StoreKind, state: OperationState) throws {
    let store = try kind.make()
    let id = try store.begin(.sample)
    try store.count(40, for: id)
    try store.count(2, for: id)
    #expect(try store.journal.find(id)?.changed == 42)
    try store.journal.finish(id, state: state, failed: 3, changed: nil)
    let record = try #require(try store.journal.find(id))
    #expect((record.changed, record.failed, record.state) == (42, 3, state))
    #expect(try #require(record.endedMilliseconds) >= record.startedMilliseconds)
  }

  @Test("a count that is given at the end stands in for what was counted", arguments: StoreKind.allCases)
  func givenCount(kind: StoreKind) throws {
    let store = try kind.make()
    let id = try store.begin(.sample)
    try store.count(40, for: id)
    try store.journal.finish(id, state: .done, failed: 0, changed: 7)
    #expect(try store.journal.find(id)?.changed == 7)
  }

  @Test("the list has the newest first, and no more than asked for", arguments: StoreKind.allCases)
  func list(kind: StoreKind) throws {
    let store = try kind.make()
    let ids = try (0..<12).map { _ in try store.begin(.sample) }
    // Within one millisecond, too, the order is that of the ids, in either store.
    let sorted = ids.sorted(by: >)
    #expect(try store.journal.list(limit: 100).map(\.id) == sorted)
    #expect(try store.journal.list(limit: 5).map(\.id) == Array(sorted.prefix(5)))
    #expect(try store.journal.list(limit: 12).count == 12)
    #expect(try store.journal.list(limit: 0).isEmpty)
    #expect(try store.journal.list(limit: -1).isEmpty)
    #expect(try store.journal.list(limit: 1).first == store.journal.find(sorted[0]))
  }

  @Test("an operation that is taken back says by which, and keeps its counts", arguments: StoreKind.allCases)
  func undone(kind: StoreKind) throws {
    let store = try kind.make()
    let first = try store.begin(.sample)
    try store.count(5, for: first)
    try store.journal.finish(first, state: .done, failed: 0, changed: nil)
    let ended = try store.journal.find(first)?.endedMilliseconds
    var request = OperationRequest.sample
    request.undoes = first
    let second = try store.begin(request)
    try store.journal.markUndone(first, by: second)
    let record = try #require(try store.journal.find(first))
    #expect((record.state, record.undoneBy, record.changed, record.endedMilliseconds) == (.undone, second, 5, ended))
    #expect(try store.journal.find(second)?.request.undoes == first)
    #expect(try store.journal.find(second)?.state == .started)
  }

  @Test("only what began on the same target and never ended is marked as lost", arguments: StoreKind.allCases)
  func lost(kind: StoreKind) throws {
    let store = try kind.make()
    let run = try store.run(.on("queue tickets"))
    let killed = run.id
    try store.count(9, for: killed)
    try run.die()
    let elsewhere = try store.begin(.on("queue tickets 2"))
    let ended = try store.begin(.on("queue tickets"))
    try store.journal.finish(ended, state: .partial, failed: 1, changed: 1)
    try store.journal.markLost(target: "queue tickets")
    let next = try store.begin(.on("queue tickets"))
    let states = try [killed, elsewhere, ended, next].map { try store.journal.find($0)?.state }
    #expect(states == [.lost, .started, .partial, .started])
    let record = try #require(try store.journal.find(killed))
    #expect(record.changed == 9 && record.endedMilliseconds == nil)
  }

  /// As both ways of reading it tell.
  private func states(of id: OperationID, in journal: any OperationJournal) throws -> [OperationState?] {
    let listed = try journal.list(limit: 5).first { $0.id == id }
    return [try journal.find(id)?.state, listed?.state]
  }

  @Test(
    "whose process has died in the middle is lost to every reader at once, recorded or not",
    arguments: StoreKind.allCases)
  func dead(kind: StoreKind) throws {
    let store = try kind.make()
    let running = try store.run(.on("queue tickets"))
    #expect(try states(of: running.id, in: store.journal) == [.started, .started])
    #expect(try store.journal.unfinished(target: "queue tickets").isEmpty)
    try store.count(9, for: running.id)
    try running.die()
    #expect(try states(of: running.id, in: store.journal) == [.lost, .lost])
    let found = try store.journal.unfinished(target: "queue tickets")
    #expect(found.map(\.id) == [running.id])
    #expect(found.first?.changed == 9 && found.first?.actor == "lee@ops-2")
    #expect(try store.journal.unfinished(target: "queue tickets 2").isEmpty)
    // Found dead once, it is news no more.
    try store.journal.markLost(target: "queue tickets")
    #expect(try store.journal.unfinished(target: "queue tickets").isEmpty)
    #expect(try states(of: running.id, in: store.journal) == [.lost, .lost])
  }

  @Test("an operation that ends is done, and what it held while it ran is given back", arguments: StoreKind.allCases)
  func ends(kind: StoreKind) throws {
    let store = try kind.make()
    let running = try store.run(.on("queue tickets"))
    try running.finish()
    #expect(try store.journal.find(running.id)?.state == .done)
    #expect(try store.journal.unfinished(target: "queue tickets").isEmpty)
    try store.run(.on("queue tickets")).finish()
    if let store = store as? PostgresStore {
      let held = try store.connection.query(
        """
        SELECT FROM pg_locks JOIN pg_database d ON d.oid = database
        WHERE locktype = 'advisory' AND datname = current_database()
        """)
      #expect(held.isEmpty)
    }
  }

  @Test("readers never take an operation for lost that begins and ends while they look", arguments: StoreKind.allCases)
  func races(kind: StoreKind) throws {
    let store = try kind.make()
    try store.run(.sample).finish()
    let boxed = Unshared(try store.another(.lee))
    let reader = Background { me in
      while !me.isStopping {
        for record in try boxed.value.list(limit: 3) where record.state == .lost {
          throw Failure(.failed, "\(record.id) was taken for lost")
        }
      }
    }
    for _ in 0..<60 { try store.run(.sample).finish() }
    try reader.stop()
  }

  @Test(
    "an operation that was taken for lost and ends after all is what it says at its end", arguments: StoreKind.allCases)
  func notLost(kind: StoreKind) throws {
    let store = try kind.make()
    let run = try store.run(.on("queue tickets"))
    try run.die()
    try store.journal.markLost(target: "queue tickets")
    try store.journal.finish(run.id, state: .done, failed: 0, changed: 1)
    #expect(try store.journal.find(run.id)?.state == .done)
  }

  @Test("a record that is gone stays gone, whatever is said of it afterwards", arguments: StoreKind.allCases)
  func forgotten(kind: StoreKind) throws {
    let store = try kind.make()
    let id = try store.begin(.sample)
    try store.forget(id)
    try store.journal.finish(id, state: .done, failed: 0, changed: 1)
    try store.journal.markUndone(id, by: OperationID(milliseconds: 5))
    try store.journal.markLost(target: OperationRequest.sample.target)
    #expect(try store.journal.find(id) == nil)
    #expect(try store.journal.list(limit: 10).isEmpty)
  }

  @Test("several processes write one history, and each sees what the others did", arguments: StoreKind.allCases)
  func shared(kind: StoreKind) async throws {
    let store = try kind.make()
    let others = try (0..<4).map { try store.another(Actor(user: "op\($0)", host: "h")) }
    let workers = others.map { other in
      let boxed = Unshared(other)
      return Background { _ in for _ in 0..<10 { _ = try boxed.value.begin(.sample) } }
    }
    for worker in workers { try worker.stop() }
    let records = try store.journal.list(limit: 100)
    #expect(Set(records.map(\.id)).count == 40)
    #expect(
      Dictionary(grouping: records, by: \.actor).mapValues(\.count) == [
        "op0@h": 10, "op1@h": 10, "op2@h": 10, "op3@h": 10,
      ])
    #expect(try others[0].find(records[7].id) == records[7])
  }

  @Test(
    "a state that only a later usher knows reads as begun, and its other additions are no hindrance",
    arguments: StoreKind.allCases)
  func later(kind: StoreKind) throws {
    let store = try kind.make()
    let id = try store.begin(.sample)
    try store.write(state: "hibernating", of: id)
    #expect(try store.journal.find(id)?.state == .started)
    let next = try store.begin(.sample)
    try store.journal.finish(next, state: .done, failed: 0, changed: 1)
    #expect(try store.journal.find(next)?.state == .done)
  }

  @Test(
    "a store that takes no writes refuses the start, and its history can still be read", arguments: StoreKind.allCases)
  func readOnlyStore(kind: StoreKind) throws {
    let store = try kind.make()
    let id = try store.begin(.sample)
    try store.refuseWrites()
    let error = #expect(throws: (any Error).self) { try store.begin(.sample) }
    let failure = try #require((error as? any FailureConvertible)?.failure)
    #expect(failure.kind == .refused)
    #expect("\(failure)".contains("read-only"), "\(failure)")
    #expect(try store.journal.list(limit: 10).map(\.id) == [id])
  }
}

/// Hands a journal or a connection to the one thread that uses it from then on.
final class Unshared<Value>: @unchecked Sendable {
  // Sound because it is made for that thread and used by no other until it has ended.
  let value: Value
  init(_ value: Value) { self.value = value }
}
