import Changes
import Failures
import Redis
import Support
import Testing

@testable import WaitingRoom

@Suite("accidents of a repair")
struct RepairAccidentTests {
  /// One change that takes several batches, its undo, and what is left waiting in between.
  enum Change: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case remove, move, issue, drain
    var testDescription: String { rawValue }

    func apply(_ queue: QueueFixture, _ control: ChangeControl = .init()) throws -> (OperationID, ChangeOutcome) {
      let words = (0..<2600).map { RedisArgument("t\($0)") }
      switch self {
      case .remove: return try queue.remove(words, control: control)
      case .move: return try queue.move(words.reversed(), to: .front, control: control)
      case .issue:
        let plan = try queue.room.planIssue((0..<2600).map { RedisArgument("i\($0)") })
        return try queue.change("queue issue", planned: plan.count) { operation, lease in
          try queue.room.issue(plan, operation: operation, lease: lease, control: control)
        }
      case .drain:
        let drained = try queue.drain()
        try queue.enqueue((0..<2600).map { ("n\($0)", String(1_800_000_000_000 + $0)) })
        return drained
      }
    }

    func undo(_ queue: QueueFixture, _ id: OperationID, _ control: ChangeControl = .init()) throws -> ChangeOutcome {
      try queue.change("undo", planned: 0) { operation, lease in
        switch self {
        case .remove: try queue.room.undoRemoval(id, operation: operation, lease: lease, control: control)
        case .move: try queue.room.undoMove(id, operation: operation, lease: lease, control: control)
        case .issue: try queue.room.undoIssue(id, operation: operation, lease: lease, control: control)
        case .drain: try queue.room.restore(id, operation: operation, lease: lease, control: control)
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
    #expect(outcome == ChangeOutcome(changed: change == .drain ? 3000 : 2600))
    #expect(try queue.journal.find(id)?.changed == outcome.changed)
    #expect(change == .drain || looks.all.count > 5)
    let newcomers = change == .drain ? try queue.line() : []
    let (second, again) = once(accident)
    #expect(try change.undo(queue, id, second).changed == outcome.changed)
    // A restore asks nobody whether to end, so nothing befalls it here; chaos does that.
    #expect(change == .drain || again.all.count > 5)
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
    #expect(try queue.room.asides().isEmpty)
    let operation = try queue.begin()
    let held = try queue.lease()
    try queue.redis.command("SET", RedisArgument(held.key), "somebody else")
    #expect(throws: RedisLease.lost) {
      try queue.room.drain(operation: operation, lease: held, control: .init())
    }
    #expect(try queue.line() == before)
  }

  @Test("a drain that is undone on a full server leaves everybody set aside")
  func fullRestore() throws {
    let queue = try QueueFixture()
    try queue.enqueue(100)
    let before = try queue.line()
    let (drain, _) = try queue.drain()
    let operation = try queue.begin()
    let lease = try queue.lease()
    try queue.redis.command("CONFIG", "SET", "maxmemory", "1")
    #expect(throws: (any Error).self) {
      try queue.room.restore(drain, operation: operation, lease: lease, control: .init())
    }
    #expect(try queue.room.asides().map(\.count) == [100])
    try queue.redis.command("CONFIG", "SET", "maxmemory", "0")
    try queue.redis.command("DEL", RedisArgument(lease.key))
    #expect(try queue.restore(drain).changed == 100)
    #expect(try queue.line() == before)
  }

  @Test("a missing privilege for any command loses nobody", arguments: Change.allCases)
  func privileges(change: Change) throws {
    for name in ["zadd", "zrem", "zremrangebyrank", "rename", "renamenx", "hset", "expire", "rpush", "unlink", "hdel"] {
      let queue = try QueueFixture()
      try queue.enqueue(700)
      let before = Set(try queue.line())
      let (id, lease) = (try queue.begin(), try queue.lease())
      try queue.redis.command("ACL", "SETUSER", "kim", "on", "nopass", "~*", "+@all", "-\(RedisArgument(name).text)")
      var target = queue.server.target
      target.user = "kim"
      let room = WaitingRoom(queue.layout, on: try RedisConnection(target))
      let words = (0..<600).map { RedisArgument("t\($0)") }
      switch change {
      case .remove:
        _ = try? room.remove(
          try room.planRemoval(words, takesActive: false), operation: id, lease: lease, control: .init())
      case .move: _ = try? room.move(try room.planMove(words, to: .back), operation: id, lease: lease, control: .init())
      case .issue:
        _ = try? room.issue(try room.planIssue(["i1", "i2"]), operation: id, lease: lease, control: .init())
      case .drain: _ = try? room.drain(operation: id, lease: lease, control: .init())
      }
      try queue.redis.command("DEL", RedisArgument(lease.key))
      // Whatever was done before it broke off, the record leads back to where it began.
      if change == .drain {
        _ = try? room.restore(id, operation: try queue.begin(), lease: try queue.lease(), control: .init())
      }
      try queue.redis.command("DEL", RedisArgument(lease.key))
      _ = try change.undo(queue, id)
      #expect(Set(try queue.line()) == before, "\(change) without \(name)")
      #expect(try queue.room.asides().isEmpty, "\(change) without \(name)")
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
    let (drain, _) = try queue.drain()
    try queue.enqueue([("n", "1")])
    #expect(try queue.restore(drain).changed == 1200)
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
    let (drain, _) = try queue.drain()
    try queue.enqueue([("n", "1900000000000")])
    try queue.restore(drain)
    let (line, active) = (try queue.line(), try queue.active())
    let keys = try queue.leftovers()
    try queue.server.restart()
    try queue.redis.reconnect()
    #expect(try queue.line() == line)
    #expect(try queue.active() == active)
    #expect(try queue.leftovers() == keys)
  }

  @Test("a batch that is asked for twice is done once, and one too far ahead is refused")
  func batchNumbers() throws {
    let queue = try QueueFixture()
    try queue.enqueue(100)
    let (operation, lease) = (try queue.begin(), try queue.lease())
    let script = RemoveScript.script(for: queue.layout)
    func run(_ batch: Int) throws -> RedisValue {
      let words = (0..<10).flatMap { number -> [RedisArgument] in
        let token = RedisArgument("t\(batch * 10 + number)")
        return [token, token, "0"]
      }
      return try queue.redis.evaluate(
        script,
        keys: queue.room.keys(operation, images: operation, lease) + ["usher:asides:tickets", "usher:operation:x"]
          + queue.room.counterKeys,
        arguments: [
          RedisArgument(lease.token), "15000", RedisArgument(batch), "60", "300000", "usher:aside:tickets:", "0",
          "line",
          "3",
        ] + words)
    }
    let first = try run(1)
    #expect(first == .array([1, 10, 0, 90, 1].map { RedisValue.integer($0) }))
    #expect(try run(1) == first)
    #expect(throws: RedisError.self) { try run(3) }
    #expect(try run(2) == .array([2, 20, 0, 80, 1].map { RedisValue.integer($0) }))
    #expect(try run(3) == .array([3, 30, 0, 70, 0].map { RedisValue.integer($0) }))
    #expect(try run(4) == .array([3, 30, 0, 70, 0].map { RedisValue.integer($0) }))
    #expect(try queue.line().count == 70)
  }
}
