import Failures
import Glibc
import Redis
import Support
import Testing

@testable import Changes
@testable import WaitingRoom

/// Whatever runs beside usher: nobody is lost, nobody is in two places, and the line keeps its order.
@Suite("conservation of people")
struct ConservationTests {
  /// Everybody is in exactly one place, and who waits has the score of the arrival.
  func audit(_ queue: QueueFixture, _ book: Service.Book) throws {
    let line = try queue.line()
    let waiting = Set(line.map(\.token))
    let active = try queue.active()
    #expect(waiting.count == line.count)
    #expect(waiting.isDisjoint(with: active), "\(waiting.intersection(active).count) are in two places")
    #expect(book.left.isDisjoint(with: waiting), "\(book.left.intersection(waiting).count) came back after they left")
    let everybody = waiting.union(active).union(book.left)
    let arrived = Set(book.arrived.keys)
    #expect(
      everybody == arrived,
      "\(arrived.subtracting(everybody).count) lost, \(everybody.subtracting(arrived).count) invented")
    for place in line where place.score != book.arrived[place.token] {
      Issue.record("\(place.token.text) waits with \(place.score) and came with \(book.arrived[place.token] ?? "-")")
    }
  }

  @Test("people come and leave while usher admits and takes back", arguments: Shape.allCases)
  func besideAService(shape: Shape) throws {
    let queue = try QueueFixture(shape)
    try queue.enqueue(1500)
    let service = try Service(queue)
    for round in 0..<12 {
      let (operation, outcome) = try queue.admit(.count(round.isMultiple(of: 3) ? 700 : 90))
      #expect(outcome.skipped == 0)
      if round % 3 != 1 { try queue.undo(operation) }
    }
    try service.stop()
    try audit(queue, service.book.withLock { $0 })
  }

  @Test("people who come meanwhile are never admitted before those who were there")
  func order() throws {
    let queue = try QueueFixture()
    try queue.enqueue(3000)
    let service = try Service(queue)
    let before = try queue.line().prefix(3000).map(\.token)
    try queue.admit(.count(2000))
    try service.stop()
    let stillWaiting = Set(try queue.line().map(\.token))
    #expect(before.prefix(2000).allSatisfy { !stillWaiting.contains($0) })
    #expect(before.dropFirst(2000).allSatisfy { stillWaiting.contains($0) })
  }

  @Test("the service's own loop, a token at a time, runs beside usher", arguments: [Shape.wholeKeySet, .expirySet])
  func besideTheServicesLoop(shape: Shape) throws {
    let queue = try QueueFixture(shape)
    try queue.enqueue(1500)
    let service = try Service(queue, admitsToo: true)
    for _ in 0..<8 { try queue.admit(.count(120)) }
    try service.stop()
    // The loop is not atomic: a token that it took before usher did may be let go by the service in between and then be
    // active again by the loop's next command. What must hold is that nobody is lost and that nobody waits twice.
    let book = service.book.withLock { $0 }
    let everybody = Set(try queue.line().map(\.token)).union(try queue.active()).union(book.left)
    #expect(everybody == Set(book.arrived.keys))
  }

  /// What befalls the server or the connection in the middle of an admission.
  enum Accident: String, CaseIterable, CustomTestStringConvertible {
    case scriptsForgotten
    case connectionKilled
    case serverRestarted
    var testDescription: String { rawValue }
  }

  @Test("an accident in the middle neither repeats a batch nor leaves one out", arguments: Accident.allCases)
  func accidents(accident: Accident) throws {
    let durable = accident == .serverRestarted
    let queue = try QueueFixture(settings: durable ? TestRedis.durable("conservation") : [])
    try queue.enqueue(4000)
    let before = try queue.line()
    let server = queue.server
    let once = Recorder()
    let control = ChangeControl(progress: { done in
      guard done >= 1000, once.all.isEmpty else { return }
      once.note(done)
      do {
        switch accident {
        case .scriptsForgotten: try server.connect().command("SCRIPT", "FLUSH")
        case .connectionKilled: try server.connect().command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        case .serverRestarted: try server.restart()
        }
      } catch {
        Issue.record(error)
      }
    })
    let (operation, outcome) = try queue.admit(.count(3100), control: control)
    #expect(once.all.count == 1)
    #expect(outcome == ChangeOutcome(changed: 3100))
    #expect(try queue.journal.find(operation)?.changed == 3100)
    #expect(try queue.line() == Array(before.dropFirst(3100)))
    #expect(try queue.active() == Set(before.prefix(3100).map(\.token)))
    let again = Recorder()
    let second = ChangeControl(progress: { done in
      guard again.all.isEmpty else { return }
      again.note(done)
      do {
        try server.connect().command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
      } catch {
        Issue.record(error)
      }
    })
    #expect(try queue.undo(operation, control: second).changed == 3100)
    #expect(try queue.line() == before)
  }

  @Test("a batch that is asked for twice is done once, and one too far ahead is refused", arguments: Shape.allCases)
  func batchNumbers(shape: Shape) throws {
    let queue = try QueueFixture(shape)
    try queue.enqueue(100)
    let change = try queue.running()
    let script = AdmitScript.script(for: queue.layout)
    func run(_ batch: Int) throws -> [Int] {
      try queue.call(
        script, change, batch: batch,
        ["wanted": "50", "fill_to": "-1", "limit": "10", "interval": "0", "all_turns": "-1"])
    }
    // The last batch done, admitted, active already, more, pause, waited for; still waiting, turns.
    let first = try run(1)
    #expect(first == [1, 10, 0, 1, 0, 0, 90, 0])
    #expect(try run(1) == first)
    #expect(throws: RedisError.self) { try run(3) }
    #expect(try run(2) == [2, 20, 0, 1, 0, 0, 80, 0])
    #expect(try run(1) == [2, 20, 0, 1, 0, 0, 80, 0])
    #expect(try queue.active().count == 20)
    for batch in 3...5 { _ = try run(batch) }
    #expect(try run(6) == [6, 50, 0, 0, 0, 0, 50, 0])
    let lock = try #require(change.lock)
    try queue.redis.command("SET", lock.key, "somebody else")
    #expect(try #require(throws: RedisError.self) { try run(7) }.serverCode == "USHERBUSY")
    try queue.redis.command("DEL", RedisArgument(queue.room.keys.heartbeat(change.id)))
    #expect(try #require(throws: RedisError.self) { try run(7) }.serverCode == "USHERLOST")
    #expect(try queue.active().count == 50)
  }

  @Test("a heartbeat that is lost in the middle ends the run, with what was done recorded and taken back")
  func lostHeartbeat() throws {
    let queue = try QueueFixture()
    try queue.enqueue(4000)
    let before = try queue.line()
    let plan = try queue.room.planAdmission(.count(4000))
    let server = queue.server
    var change = try queue.running()
    let heartbeat = RedisArgument(queue.room.keys.heartbeat(change.id))
    change.control.progress = { _ in
      do { try server.connect().command("DEL", heartbeat) } catch { Issue.record(error) }
    }
    #expect(throws: Heartbeat.lost) { try queue.room.admit(plan, change) }
    try change.lock?.release(on: queue.redis)
    let moved = try queue.active().count
    #expect(moved > 0 && moved < 4000)
    #expect(try queue.journal.find(change.id)?.changed == moved)
    #expect(try queue.journal.find(change.id)?.state == .lost)
    try queue.undo(change.id)
    #expect(try queue.line() == before)
  }

  @Test("a record that is lost in the middle ends the run instead of starting it anew")
  func lostRecord() throws {
    let queue = try QueueFixture()
    try queue.enqueue(4000)
    let plan = try queue.room.planAdmission(.count(4000))
    let operation = try queue.begin()
    let server = queue.server
    let key = RedisArgument(queue.room.keys.operation(operation))
    let control = ChangeControl(progress: { _ in
      do {
        try server.connect().command("DEL", key)
      } catch {
        Issue.record(error)
      }
    })
    let failure = try #require(throws: Failure.self) {
      try queue.room.admit(plan, RunningChange(operation, lock: try queue.lock(), control: control))
    }
    #expect(failure.kind == .failed)
    #expect(failure.message.contains("record"))
    #expect(try queue.line().count + queue.active().count == 4000)
  }

  @Test("a key that changes its type in the middle ends the run with its name, and nobody is lost")
  func wrongType() throws {
    let queue = try QueueFixture()
    try queue.enqueue(2000)
    let plan = try queue.room.planAdmission(.count(2000))
    try queue.redis.command("RPUSH", "active", "x")
    let operation = try queue.begin()
    let failure = try #require(throws: Failure.self) {
      try queue.room.admit(plan, RunningChange(operation, lock: try queue.lock(), control: .init()))
    }
    #expect(failure.kind == .badInput)
    #expect(failure.message.contains("'active'"))
    #expect(try queue.line().count == 2000)
  }

  @Test("a full server, a replica and a missing privilege end the run before anybody has moved")
  func refused() throws {
    let queue = try QueueFixture()
    try queue.enqueue(1000)
    let lock = try queue.lock()
    let plan = try queue.room.planAdmission(.count(1000))
    let operation = try queue.begin()
    func kind(on redis: RedisConnection) throws -> Failure.Kind {
      let error = try #require(throws: RedisError.self) {
        try WaitingRoom(queue.layout, on: redis).admit(plan, RunningChange(operation, lock: lock))
      }
      return error.failure.kind
    }
    try queue.redis.command("ACL", "SETUSER", "kim", "on", "nopass", "~*", "+@all", "-zremrangebyrank")
    var target = queue.server.target
    target.user = "kim"
    #expect(try kind(on: RedisConnection(target)) == .refused)
    #expect(try queue.line().count == 1000)
    try queue.redis.command("CONFIG", "SET", "maxmemory", "1")
    #expect(try kind(on: queue.redis) == .failed)
    try queue.redis.command("CONFIG", "SET", "maxmemory", "0")
    try queue.redis.command("REPLICAOF", "127.0.0.1", "1")
    #expect(try kind(on: queue.redis) == .refused)
    try queue.redis.command("REPLICAOF", "NO", "ONE")
    #expect(try queue.line().count == 1000)
    #expect(try queue.active().isEmpty)
    #expect(try queue.journal.find(operation)?.changed == 0)
  }
}
