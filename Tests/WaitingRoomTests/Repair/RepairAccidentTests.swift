import Failures
import Redis
import Support
import Testing

@testable import Changes
@testable import WaitingRoom

@Suite("accidents of a repair")
struct RepairAccidentTests {
  /// One change that takes several batches, its undo, and what is left waiting in between.
  enum Change: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case remove, move, issue, park
    var testDescription: String { rawValue }

    func apply(_ queue: QueueFixture, _ control: ChangeControl = .init()) throws -> (OperationID, ChangeOutcome) {
      let words = (0..<2600).map { RedisArgument("t\($0)") }
      switch self {
      case .remove: return try queue.remove(words, control: control)
      case .move: return try queue.move(words.reversed(), to: .front, control: control)
      case .issue:
        let plan = try queue.room.planIssue((0..<2600).map { RedisArgument("i\($0)") })
        return try queue.change("queue issue", planned: plan.count, control: control) { change in
          try queue.room.issue(plan, change)
        }
      case .park:
        let parked = try queue.park()
        try queue.enqueue((0..<2600).map { ("n\($0)", String(1_800_000_000_000 + $0)) })
        return parked
      }
    }

    func undo(_ queue: QueueFixture, _ id: OperationID, _ control: ChangeControl = .init()) throws -> ChangeOutcome {
      try queue.change("undo", planned: 0, control: control) { change in
        switch self {
        case .remove: try queue.room.undoRemoval(id, change)
        case .move: try queue.room.undoMove(id, change)
        case .issue: try queue.room.undoIssue(id, change)
        case .park: try queue.room.unpark(id, change)
        }
      }.1
    }
  }

  /// A control that lets something happen once, when a few batches are sent.
  private func once(_ accident: @escaping @Sendable () throws -> Void) -> (ChangeControl, Recorder) {
    let looks = Recorder()
    let control = ChangeControl(isInterrupted: {
      looks.note(1)
      guard looks.all.count == 5 else { return false }
      do { try accident() } catch { Issue.record(error) }
      return false
    })
    return (control, looks)
  }

  @Test("in the middle neither repeat a batch nor leave one out", arguments: Change.allCases, [true, false])
  func middle(change: Change, restarts: Bool) throws {
    let queue = try QueueFixture(settings: restarts ? TestRedis.durable("repair-\(change.rawValue)") : [])
    try queue.enqueue(3000)
    let before = try queue.line()
    let server = queue.server
    let accident: @Sendable () throws -> Void = {
      if restarts { return try server.restart() }
      try server.connect().command("SCRIPT", "FLUSH")
      try server.connect().command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    }
    let (control, looks) = once(accident)
    let (id, outcome) = try change.apply(queue, control)
    #expect(outcome == ChangeOutcome(changed: change == .park ? 3000 : 2600))
    #expect(try queue.journal.find(id)?.changed == outcome.changed)
    #expect(change == .park || looks.all.count > 5)
    let newcomers = change == .park ? try queue.line() : []
    let (second, again) = once(accident)
    #expect(try change.undo(queue, id, second).changed == outcome.changed)
    // A restore asks nobody whether to end, so nothing befalls it here; chaos does that.
    #expect(change == .park || again.all.count > 5)
    #expect(try queue.line() == before + newcomers)
    #expect(try queue.leftovers().isEmpty)
  }

  @Test("on a full server, a replica, or without the lock: nothing has changed", arguments: Change.allCases)
  func refused(change: Change) throws {
    let queue = try QueueFixture()
    try queue.enqueue(3000)
    let before = try queue.line()
    try queue.redis.command("CONFIG", "SET", "maxmemory", "1")
    #expect(throws: (any Error).self) { try change.apply(queue) }
    try queue.redis.command("CONFIG", "SET", "maxmemory", "0")
    try queue.redis.command("REPLICAOF", "127.0.0.1", "1")
    #expect(throws: (any Error).self) { try change.apply(queue) }
    try queue.redis.command("REPLICAOF", "NO", "ONE")
    #expect(try queue.line() == before)
    #expect(try queue.room.parked().isEmpty)
    let operation = try queue.begin()
    let held = try queue.lock()
    try queue.redis.command("DEL", RedisArgument(queue.room.keys.heartbeat(operation)))
    #expect(throws: Heartbeat.lost) {
      try queue.room.park(RunningChange(operation, lock: held))
    }
    #expect(try queue.line() == before)
  }

  @Test("a drain that is undone on a full server leaves everybody set aside")
  func fullRestore() throws {
    let queue = try QueueFixture()
    try queue.enqueue(100)
    let before = try queue.line()
    let (drain, _) = try queue.park()
    let operation = try queue.begin()
    let lock = try queue.lock()
    try queue.redis.command("CONFIG", "SET", "maxmemory", "1")
    #expect(throws: (any Error).self) {
      try queue.room.unpark(drain, RunningChange(operation, lock: lock))
    }
    #expect(try queue.room.parked().map(\.count) == [100])
    try queue.redis.command("CONFIG", "SET", "maxmemory", "0")
    try queue.redis.command("DEL", lock.key)
    #expect(try queue.unpark(drain).changed == 100)
    #expect(try queue.line() == before)
  }

  @Test("a missing privilege for any command loses nobody", arguments: Change.allCases)
  func privileges(change: Change) throws {
    for name in ["zadd", "zrem", "zremrangebyrank", "rename", "renamenx", "hset", "expire", "rpush", "unlink", "hdel"] {
      let queue = try QueueFixture()
      try queue.enqueue(700)
      let before = Set(try queue.line())
      let (id, lock) = (try queue.begin(), try queue.lock())
      try queue.redis.command("ACL", "SETUSER", "kim", "on", "nopass", "~*", "+@all", "-\(RedisArgument(name).text)")
      var target = queue.server.target
      target.user = "kim"
      let room = WaitingRoom(queue.layout, on: try RedisConnection(target))
      let words = (0..<600).map { RedisArgument("t\($0)") }
      switch change {
      case .remove:
        _ = try? room.remove(
          try room.planRemoval(words, takesActive: false), RunningChange(id, lock: lock))
      case .move: _ = try? room.move(try room.planMove(words, to: .back), RunningChange(id, lock: lock))
      case .issue:
        _ = try? room.issue(try room.planIssue(["i1", "i2"]), RunningChange(id, lock: lock))
      case .park: _ = try? room.park(RunningChange(id, lock: lock))
      }
      try queue.redis.command("DEL", lock.key)
      // Whatever was done before it broke off, the record leads back to where it began.
      if change == .park {
        _ = try? room.unpark(id, RunningChange(try queue.begin(), lock: try queue.lock()))
      }
      try queue.redis.command("DEL", lock.key)
      _ = try change.undo(queue, id)
      #expect(Set(try queue.line()) == before, "\(change) without \(name)")
      #expect(try queue.room.parked().isEmpty, "\(change) without \(name)")
    }
  }

  @Test("on a server older than Redis 6.2 all of it works", arguments: Shape.allCases)
  func oldServer(shape: Shape) throws {
    let queue = try QueueFixture(shape, settings: OldServerTests.settings)
    try queue.enqueue(1200)
    try queue.activate("a", "b")
    let (before, state) = (try queue.line(), try queue.active())
    let words = (0..<600).map { RedisArgument("t\($0)") }
    let (removal, outcome) = try queue.remove(words + ["a"], takesActive: true)
    #expect(outcome.changed == 601)
    #expect(try queue.undoRemoval(removal).changed == 601)
    let (move, _) = try queue.move(words.reversed(), to: .before("t900"))
    #expect(try queue.undoMove(move).changed == 600)
    let (issue, _) = try queue.issue(["i", "a", "t5"])
    #expect(try queue.undoIssue(issue).changed == 1)
    let (drain, _) = try queue.park()
    try queue.enqueue([("n", "1")])
    #expect(try queue.unpark(drain).changed == 1200)
    #expect(try Array(queue.line().dropFirst()) == before)
    #expect(try queue.active() == state)
  }

  @Test("what the append-only file has leads to the same people in the same places")
  func replication() throws {
    let queue = try QueueFixture(.expirySet, settings: TestRedis.durable("repair-replication"))
    try queue.enqueue(1500)
    try queue.activate("a", "b")
    try queue.remove((0..<700).map { "t\($0)" } + ["a"], takesActive: true)
    try queue.move(["t900", "t800"], to: .front)
    try queue.issue(["x"])
    let (drain, _) = try queue.park()
    try queue.enqueue([("n", "1900000000000")])
    try queue.unpark(drain)
    let (line, active) = (try queue.line(), try queue.active())
    let keys = try queue.leftovers()
    try queue.server.restart()
    try queue.redis.reconnect()
    #expect(try queue.line() == line)
    #expect(try queue.active() == active)
    #expect(try queue.leftovers() == keys)
  }

  @Test("a batch that is asked for twice is done once, and one too far ahead is refused", arguments: [false, true])
  func batchNumbers(isPlain: Bool) throws {
    let queue = try QueueFixture()
    try queue.enqueue(100)
    let change = try queue.running("queue remove")
    let script = RemoveScript.script(for: queue.layout)
    func run(_ batch: Int) throws -> [Int] {
      let words = (0..<10).flatMap { number -> [RedisArgument] in
        let token = RedisArgument("t\(batch * 10 + number)")
        return isPlain ? [token] : [token, token, "0"]
      }
      return try queue.call(script, change, batch: batch, ["place": "line", "plain": isPlain ? "1" : "0"], rest: words)
    }
    let first = try run(1)
    #expect(first == [1, 10, 0, -1, 0, 0])
    #expect(try run(1) == first)
    #expect(throws: RedisError.self) { try run(3) }
    #expect(try run(2) == [2, 20, 0, -1, 0, 0])
    #expect(try run(3) == [3, 30, 0, -1, 0, 0])
    #expect(try queue.line().count == 70)
  }
}
