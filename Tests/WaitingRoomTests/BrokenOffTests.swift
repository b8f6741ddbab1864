import Changes
import Failures
import Redis
import Support
import Testing

@testable import WaitingRoom

/// A server that goes away, or turns away, in the middle of a change: what is told, and where everybody is when it is back.
@Suite("a change that is broken off")
struct BrokenOffTests {
  /// A control that lets something happen once when so many are done, and then does not wait for the server to come back.
  private func control(
    at count: Int, impatient: Bool = true, _ accident: @escaping @Sendable () throws -> Void
  ) -> ChangeControl {
    let happened = Recorder()
    let looks = Recorder()
    return ChangeControl(
      isInterrupted: {
        guard impatient, !happened.all.isEmpty else { return false }
        looks.note(1)
        // One more batch is sent: those of before may all have been answered already.
        return looks.all.count > 2
      },
      progress: { done in
        guard done >= count, happened.all.isEmpty else { return }
        happened.note(done)
        do { try accident() } catch { Issue.record(error) }
      })
  }

  private func newest(_ queue: QueueFixture) throws -> OperationID {
    try #require(try queue.journal.list(limit: 1).first).id
  }

  @Test(
    "says at least how many were admitted; once the server is back, history has no fewer, and undo puts all of them back"
  )
  func admission() throws {
    let queue = try QueueFixture(settings: TestRedis.durable("broken-admission"))
    try queue.enqueue(4000)
    let before = try queue.line()
    let server = queue.server
    let broken = #expect(throws: BrokenOffChange.self) {
      try queue.admit(.count(3500), control: control(at: 1000) { server.crash() })
    }
    let outcome = try #require(broken?.outcome)
    #expect(outcome.changed >= 1000 && outcome.isAtLeast)
    #expect((1...1000).contains(outcome.failed))
    #expect(
      outcome.failure?.hasPrefix("lost the connection to Redis at \(server.socket)") == true, "\(outcome.failures)")
    #expect(broken?.failure.kind == .failed)
    try server.restart()
    try queue.redis.reconnect()
    let operation = try newest(queue)
    let record = try #require(try queue.journal.find(operation))
    #expect(record.state == .started)
    #expect(record.changed >= outcome.changed)
    #expect(try queue.line().count + queue.active().count == 4000)
    #expect(try queue.active().count == record.changed)
    try queue.redis.command("DEL", "usher:{waiting}:lock")
    #expect(try queue.undo(operation).changed == record.changed)
    #expect(try queue.line() == before)
  }

  @Test("says at least how many were removed")
  func removal() throws {
    let queue = try QueueFixture(settings: TestRedis.durable("broken-removal"))
    try queue.enqueue(3000)
    let before = try queue.line()
    let server = queue.server
    let words = (0..<2600).map { RedisArgument("t\($0)") }
    let broken = #expect(throws: BrokenOffChange.self) {
      try queue.remove(words, control: control(at: 600) { server.crash() })
    }
    #expect((broken?.outcome.changed ?? 0) >= 600)
    try server.restart()
    try queue.redis.reconnect()
    let operation = try newest(queue)
    let changed = try #require(try queue.journal.find(operation)).changed
    #expect(try queue.line().count == 3000 - changed)
    try queue.redis.command("DEL", "usher:{waiting}:lock")
    #expect(try queue.undoRemoval(operation).changed == changed)
    #expect(try queue.line() == before)
  }

  @Test("before anything was changed it is an error like any other")
  func atOnce() throws {
    let queue = try QueueFixture()
    try queue.enqueue(100)
    let plan = try queue.room.planAdmission(.count(50))
    let (operation, lock) = (try queue.begin(), try queue.lock())
    queue.server.crash()
    let looks = Recorder()
    let control = ChangeControl(isInterrupted: {
      looks.note(1)
      return looks.all.count > 2
    })
    let error = #expect(throws: RedisError.self) {
      try queue.room.admit(plan, RunningChange(operation, lock: lock, control: control))
    }
    #expect(error?.failure.kind == .unavailable)
  }

  @Test(
    "a server that is full, or becomes a replica, in the middle is told with the counts too", arguments: [true, false])
  func refused(isFull: Bool) throws {
    let queue = try QueueFixture()
    try queue.enqueue(4000)
    let server = queue.server
    let broken = #expect(throws: BrokenOffChange.self) {
      try queue.admit(
        .count(3500),
        control: control(at: 1000, impatient: false) {
          let redis = try server.connect()
          if isFull {
            try redis.command("CONFIG", "SET", "maxmemory", "1")
          } else {
            try redis.command("REPLICAOF", "127.0.0.1", "1")
          }
        })
    }
    let outcome = try #require(broken?.outcome)
    #expect(outcome.changed >= 1000)
    #expect(outcome.failure?.contains(isFull ? "out of memory" : "read-only replica") == true, "\(outcome.failures)")
    #expect(try queue.active().count >= outcome.changed)
    #expect(try queue.line().count + queue.active().count == 4000)
  }

  @Test(
    "a restore that its server breaks off says how it is ended, and ended so it has everybody back in one place",
    arguments: [2500, 500], [true, false])
  func restore(newcomers: Int, isBegun: Bool) throws {
    let queue = try QueueFixture()
    try queue.enqueue(2000)
    let (drain, _) = try queue.park()
    let later = (0..<newcomers).flatMap { [RedisArgument($0), RedisArgument("new\($0)")] }
    try queue.redis.command(["ZADD", RedisArgument(queue.room.layout.waitingKey)] + later)
    let server = queue.server
    let turn = { @Sendable in _ = try server.connect().command("REPLICAOF", "127.0.0.1", "1") }
    func attempt() throws {
      if newcomers > 2000 {
        // Those set aside move, and are counted as they do.
        _ = try queue.unpark(drain, control: control(at: 1, impatient: false, turn))
        return
      }
      // The newcomers move first, and nobody is counted before the end.
      _ = try queue.change("queue unpark", planned: 2000) { change in
        // As when a first batch has been done; before that, nobody has moved, and it is an error like any other.
        if isBegun {
          try queue.redis.command("HSET", RedisArgument(queue.room.keys.operation(change.id)), "batch", "1")
        }
        try turn()
        return try queue.room.unpark(drain, change)
      }
    }
    if newcomers < 2000, !isBegun {
      #expect(throws: RedisError.self) { try attempt() }
      return
    }
    let broken = #expect(throws: BrokenOffChange.self) { try attempt() }
    #expect(broken?.outcome.isAtLeast == true)
    #expect(
      broken?.outcome.hints.contains {
        $0.hasSuffix(
          "set aside too until you run this again: `usher queue unpark \(drain) --queue tickets`")
      } == true, "\(broken?.outcome.hints ?? [])")
    try queue.redis.command("REPLICAOF", "NO", "ONE")
    try queue.redis.command("DEL", "usher:{waiting}:lock")
    try queue.unpark(drain)
    #expect(try queue.line().count == 2000 + newcomers)
    #expect(try queue.redis.command("HLEN", "usher:{waiting}:parked") == .integer(0))
  }

  @Test(
    "a server that comes back from its file without the last batches has them done again, and nobody is in two places")
  func olderFile() throws {
    let queue = try QueueFixture()
    try queue.enqueue(4000)
    let before = try queue.line()
    let server = queue.server
    let seen = Recorder()
    let control = ChangeControl(progress: { done in
      do {
        if done >= 1000, seen.all.isEmpty {
          try server.connect().command("SAVE")
          seen.note(done)
        } else if done >= 2500, seen.all.count == 1 {
          seen.note(done)
          try server.restart()
        }
      } catch {
        Issue.record(error)
      }
    })
    let (operation, outcome) = try queue.admit(.count(3500), control: control)
    #expect(seen.all.count == 2)
    #expect(outcome == ChangeOutcome(changed: 3500))
    #expect(try queue.journal.find(operation)?.changed == 3500)
    #expect(try queue.line() == Array(before.dropFirst(3500)))
    #expect(try queue.active() == Set(before.prefix(3500).map(\.token)))
    #expect(try queue.undo(operation).changed == 3500)
    #expect(try queue.line() == before)
  }

  @Test(
    "a server that comes back without the operation at all is said to have forgotten it, and everybody waits as then")
  func forgotten() throws {
    let queue = try QueueFixture()
    try queue.enqueue(4000)
    try queue.redis.command("SAVE")
    let before = try queue.line()
    let server = queue.server
    let failure = #expect(throws: Failure.self) {
      try queue.admit(.count(3500), control: control(at: 1500, impatient: false) { try server.restart() })
    }
    #expect(failure?.kind == .failed)
    #expect(failure?.message.contains("came back without") == true, "\(String(describing: failure))")
    #expect(try queue.line() == before)
    #expect(try queue.active().isEmpty)
  }
}
