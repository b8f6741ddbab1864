import Changes
import Failures
import Redis
import Testing

@testable import WaitingRoom

/// The same tests over every form of the active, of members, and of the names there.
@Suite("repairs of the active in every form")
struct FormRepairTests {
  private static let active = (0..<650).map { "a\($0)" }
  private static let waiting = (0..<700).map { "t\($0)" }

  @Test(
    "people are taken out wherever they are, and undo gives back exactly what was there", arguments: Combination.all)
  func removal(form: Combination) throws {
    let queue = try form.queue()
    try form.enqueue(Self.waiting, on: queue)
    try form.activate(Self.active + ["t0", "t1"], on: queue)
    let (line, state) = (try queue.line(), try queue.activeState())
    let words =
      Self.active.prefix(620).map { RedisArgument($0) } + Self.waiting.prefix(20).map { RedisArgument($0) }
      + [form.line("a620"), form.line("t20"), "nobody"]
    let plan = try queue.room.planRemoval(words, takesActive: true)
    #expect((plan.count, plan.waiting, plan.unknown) == (642, 21, ["nobody"]))
    let (operation, outcome) = try queue.remove(words, takesActive: true)
    #expect(outcome == ChangeOutcome(changed: 642))
    #expect(try queue.line() == Array(line.dropFirst(21)))
    #expect(try queue.active() == form.names(Self.active.dropFirst(621)))
    // Repeated, it finds nobody; the same plan again takes nobody.
    #expect(try queue.remove(words, takesActive: true).1 == ChangeOutcome())
    let again = try queue.change("queue remove", planned: 642) { change in
      try queue.room.remove(plan, change)
    }.1
    #expect((again.changed, again.skipped) == (0, 642))
    #expect(try queue.undoRemoval(operation) == ChangeOutcome(changed: 642))
    #expect(try queue.line() == line)
    #expect(try queue.activeState() == state)
    #expect(try queue.undoRemoval(operation) == ChangeOutcome())
    #expect(try queue.beforeImageKeys(of: operation).isEmpty)
  }

  @Test("somebody with an entry for each of many admissions goes whole, and comes back so, however many these are")
  func manyEntries() throws {
    let queue = try QueueFixture(.expiringMemberSet)
    let now = try queue.journal.serverMilliseconds()
    // More than Lua's stack holds, at once and of one person.
    for person in 0..<300 {
      try queue.redis.command(
        ["SADD", "active"] + (0..<50).map { RedisArgument("p\(person):\(now - 1_000_000 + $0)") })
    }
    for start in stride(from: 0, to: 9000, by: 1000) {
      try queue.redis.command(
        ["SADD", "active"] + (start..<start + 1000).map { RedisArgument("often:\(now + 9_000_000 + $0)") })
    }
    let before = try Set(queue.redis.command("SMEMBERS", "active").array.map { try $0.string })
    let (expiry, outcome) = try queue.expire()
    #expect(outcome == ChangeOutcome(changed: 300))
    #expect(try queue.redis.command("SCARD", "active") == .integer(9000))
    let (removal, removed) = try queue.remove(["often"], takesActive: true)
    #expect(removed == ChangeOutcome(changed: 1))
    #expect(try queue.redis.command("EXISTS", "active") == .integer(0))
    #expect(try queue.undoRemoval(removal).changed == 1)
    #expect(try queue.undoRemoval(expiry).changed == 300)
    #expect(try Set(queue.redis.command("SMEMBERS", "active").array.map { try $0.string }) == before)
  }

  @Test("batches are cut by people and by their entries")
  func batches() {
    func person(_ entries: Int) -> RemovalPlan.Person {
      RemovalPlan.Person(line: "", token: "", score: nil, entries: Array(repeating: "e", count: entries))
    }
    func cut(_ entries: [Int]) -> [Int] { WaitingRoom.batches(of: entries.map(person), size: 3).map(\.count) }
    #expect(cut([]) == [])
    #expect(cut([1, 1, 1, 1]) == [3, 1])
    #expect(cut([150, 50, 1, 1]) == [2, 2])
    #expect(cut([500, 1, 500]) == [1, 1, 1])
    #expect(cut([0, 0, 0]) == [3])
  }

  @Test("who stays active when only the place is removed gets the place back", arguments: Combination.all)
  func placeOnly(form: Combination) throws {
    let side = SideKeys(perToken: ["info:{token}"])
    let queue = try form.queue(sideKeys: side)
    try form.enqueue(Self.waiting, on: queue)
    try form.activate(["t3", "t600"], on: queue)
    try form.activate(["t5"], user: "lee", on: queue)
    for token in ["t3", "t4", "t5"] { try queue.redis.command("SET", "info:\(token)", "x") }
    let (line, state) = (try queue.line(), try queue.activeState())
    let (operation, outcome) = try queue.remove(Self.waiting.map { RedisArgument($0) }, side: side)
    #expect(outcome == ChangeOutcome(changed: 700))
    #expect(try queue.activeState() == state)
    let info = try queue.redis.command("MGET", "info:t3", "info:t4", "info:t5").array
    #expect(info == [.bytes(Array("x".utf8)), .null, .bytes(Array("x".utf8))])
    #expect(try queue.undoRemoval(operation, side: side) == ChangeOutcome(changed: 700))
    #expect(try queue.line() == line)
    #expect(try queue.activeState() == state)
    #expect(try queue.redis.command("EXISTS", "info:t3", "info:t4", "info:t5") == .integer(3))
  }

  @Test("who has come back by themselves, under whatever member, is not there twice", arguments: Combination.all)
  func cameBack(form: Combination) throws {
    let queue = try form.queue()
    try form.enqueue((0..<250).map { "t\($0)" }, on: queue)
    try form.activate((0..<250).map { "a\($0)" }, on: queue)
    let line = try queue.line()
    let words = (0..<250).flatMap { [RedisArgument("t\($0)"), RedisArgument("a\($0)")] }
    let (operation, _) = try queue.remove(words, takesActive: true)
    // Waiting again, active again; set aside; each once as somebody who waited and once as one who was active.
    try form.enqueue(["t1", "a1"], user: "lee", from: 1_800_000_000_000, on: queue)
    let (drain, _) = try queue.park()
    try form.enqueue(["t2", "a2"], user: "lee", from: 1_800_000_000_000, on: queue)
    try form.activate(["t3", "a3"], user: "lee", on: queue)
    let outcome = try queue.undoRemoval(operation)
    #expect((outcome.changed, outcome.skipped) == (494, 6))
    let back = Set(try queue.line().map(\.token))
    #expect(
      back
        == Set(line.map(\.token)).subtracting(["t1", "t2", "t3"].map { form.line($0) })
        .union(["t2", "a2"].map { form.line($0, user: "lee") }))
    let left = (0..<250).map { "a\($0)" }.filter { !["a1", "a2", "a3"].contains($0) }
    #expect(
      try queue.active() == form.names(left).union(["t3", "a3"].map { form.name($0, user: "lee") }))
    try queue.unpark(drain)
    #expect(try queue.line().count == 251)
  }

  @Test(
    "those whose time is over are taken out, and undo gives back exactly what was there",
    arguments: Combination.all.filter { $0.shape != .wholeKeySet && $0.shape != .keyPerToken })
  func expiry(form: Combination) throws {
    let side = SideKeys(perToken: ["info:{token}"], activeCounter: "count")
    let queue = try form.queue(lifetimeMilliseconds: 60_000, sideKeys: side)
    try form.enqueue(["w0", "a5"], on: queue)
    try form.activate((0..<20).map { "here\($0)" }, lifetime: 60_000, on: queue)
    try form.activate(Self.active, lifetime: form.shape == .admissionTimeSet ? 60_000 : -1000, on: queue)
    if form.shape == .admissionTimeSet {
      for name in form.names(Self.active) { try queue.redis.command("ZINCRBY", "active", "-100000", name) }
    }
    for token in ["a4", "a5", "here1"] { try queue.redis.command("SET", "info:\(token)", "x") }
    try queue.redis.command("SET", "count", "670")
    let state = try queue.activeState()
    let plan = try queue.room.planExpiry()
    #expect((plan.count, plan.beyond, plan.sample.first) == (650, 0, form.name("a649").text))
    let (operation, outcome) = try queue.expire(side: side)
    #expect(outcome == ChangeOutcome(changed: 650))
    #expect(try queue.active() == form.names((0..<20).map { "here\($0)" }))
    #expect(try queue.redis.command("GET", "count").integer == 20)
    // a5 waits, and so stays one of the service's people.
    #expect(try queue.redis.command("EXISTS", "info:a4", "info:a5", "info:here1") == .integer(2))
    #expect(try queue.expire(side: side).1 == ChangeOutcome())
    try form.enqueue(["a6"], user: "lee", from: 1_800_000_000_000, on: queue)
    try form.activate(["a7"], user: "lee", on: queue)
    let undone = try queue.undoRemoval(operation, side: side)
    #expect((undone.changed, undone.skipped) == (647, 3))
    #expect(try queue.redis.command("GET", "count").integer == 667)
    #expect(try queue.redis.command("EXISTS", "info:a4") == .integer(1))
    let now = try queue.activeState()
    let others = ["a5", "a6", "a7"].map { form.name($0).text }
    for (entry, time) in state where !others.contains(where: { entry == $0 || entry.hasPrefix($0 + ":") }) {
      #expect(now[entry] == time, "\(entry)")
    }
    #expect(now.count == 668)
  }

  @Test(
    "a missing privilege in the middle loses nobody, neither of the line nor of the active", arguments: Combination.all)
  func privileges(form: Combination) throws {
    let queue = try form.queue()
    try form.enqueue((0..<120).map { "t\($0)" }, on: queue)
    try form.activate((0..<120).map { "a\($0)" } + ["t1", "stays"], on: queue)
    let (line, state) = (try queue.line(), try queue.activeState())
    let words = (0..<120).flatMap { [RedisArgument("t\($0)"), RedisArgument("a\($0)")] }
    var target = queue.server.target
    target.user = "kim"
    for name in ["zadd", "zrem", "srem", "sadd", "rename", "renamenx", "hset", "expire", "rpush", "rpop", "unlink"] {
      try queue.redis.command("ACL", "SETUSER", "kim", "reset", "on", "nopass", "~*", "+@all", "-\(name)")
      let room = WaitingRoom(queue.layout, on: try RedisConnection(target))
      let (id, lock) = (try queue.begin(), try queue.lock())
      let plan = try room.planRemoval(words, takesActive: true)
      _ = try? room.remove(plan, RunningChange(id, lock: lock, control: .init()))
      _ = try? room.undoRemoval(id, RunningChange(try queue.begin(), lock: lock, control: .init()))
      try lock.release(on: queue.redis)
      _ = try queue.undoRemoval(id)
      #expect(try queue.line() == line, "without \(name)")
      #expect(try queue.activeState() == state, "without \(name)")
    }
  }
}

@Suite("whom a word means among the active")
struct ActiveWordTests {
  @Test("a whole member means that one alone, a token all who have it", arguments: Shape.allCases)
  func wholeMembers(shape: Shape) throws {
    let form = Combination(shape: shape, member: .tokenAndUser, isNamed: false)
    let queue = try form.queue()
    try form.activate(["x"], user: "kim", on: queue)
    try form.activate(["x"], user: "lee", on: queue)
    let one = try queue.room.planRemoval(["x:kim", "x:park", "x:kim"], takesActive: true)
    #expect((one.count, one.unknown) == (1, ["x:park"]))
    try queue.remove(["x:kim"], takesActive: true)
    #expect(try queue.active() == ["x:lee"])
    try form.activate(["x"], user: "kim", on: queue)
    let both = try queue.room.planRemoval(["x", "x:lee"], takesActive: true)
    #expect((both.count, both.unknown) == (1, []))
    let (operation, _) = try queue.remove(["x"], takesActive: true)
    #expect(try queue.active().isEmpty)
    try queue.undoRemoval(operation)
    #expect(try queue.active() == ["x:kim", "x:lee"])
  }

  @Test("somebody with several members of a set that holds expiries loses and regains all of them, and counts once")
  func severalMembers() throws {
    let queue = try QueueFixture(.expiringMemberSet)
    let side = SideKeys(activeCounter: "count")
    let members: [RedisArgument] = ["a:9999999999999", "a:9999999999998", "a:1000", "b:1000", "b:x:9999999999999", "a"]
    try queue.redis.command(["SADD", "active"] + members)
    try queue.redis.command("SET", "count", "2")
    // a is active, whatever else is kept of a.
    #expect(try queue.room.planExpiry().sample == ["b"])
    let (operation, outcome) = try queue.remove(["a", "b"], takesActive: true, side: side)
    #expect(outcome == ChangeOutcome(changed: 2))
    #expect(try queue.activeState().keys.sorted() == ["a", "b:x:9999999999999"])
    #expect(try queue.redis.command("GET", "count").integer == 0)
    #expect(try queue.undoRemoval(operation, side: side) == ChangeOutcome(changed: 2))
    #expect(try queue.activeState().keys.sorted() == members.map(\.text).sorted())
    #expect(try queue.redis.command("GET", "count").integer == 2)
  }

  @Test("of two who wait with one active token the first takes it along, and the undo of both gives it back once")
  func oneTokenForTwo() throws {
    let queue = try QueueFixture(.keyPerToken, member: .tokenAndUser, naming: .tokenAndUser)
    try queue.enqueue([("x:kim", "1"), ("x:lee", "2")])
    try queue.activate("x")
    let (line, state) = (try queue.line(), try queue.activeState())
    let (operation, outcome) = try queue.remove(["x:kim", "x:lee"], takesActive: true)
    #expect(outcome == ChangeOutcome(changed: 2))
    #expect(try queue.active().isEmpty)
    #expect(try queue.undoRemoval(operation) == ChangeOutcome(changed: 2))
    #expect(try queue.line() == line)
    #expect(try queue.activeState() == state)
  }

  @Test(
    "whoever is renewed or goes between the plan and its turn is left alone",
    arguments: [Shape.expirySet, .admissionTimeSet, .expiringMemberSet])
  func renewed(shape: Shape) throws {
    let queue = try QueueFixture(shape, lifetimeMilliseconds: 60_000)
    for name in ["a", "b", "c", "d", "e"] as [RedisArgument] {
      for words in shape.activate(name, at: 1000, lifetime: 0) { try queue.redis.command(words) }
    }
    let plan = try queue.room.planExpiry()
    #expect(plan.count == 5)
    try shape.leave("a", on: queue.redis)
    try queue.activate("b")
    // The other two go and are renewed after the last look, when the first batch is about to be sent.
    let (server, now, once) = (queue.server, try queue.journal.serverMilliseconds(), Recorder())
    let control = ChangeControl(isInterrupted: {
      guard once.all.isEmpty else { return false }
      once.note(1)
      do {
        let redis = try server.connect()
        try shape.leave("c", on: redis)
        if shape == .expiringMemberSet { try shape.leave("d", on: redis) }
        for words in shape.activate("d", at: now) { try redis.command(words) }
      } catch {
        Issue.record(error)
      }
      return false
    })
    let (_, outcome) = try queue.change("queue expire", planned: 5, control: control) { change in
      try queue.room.expire(plan, change)
    }
    #expect((outcome.changed, outcome.skipped) == (1, 2))
    #expect(outcome.notes == ["2 had left before the removal, or have a new expiry"])
    #expect(try queue.active() == ["b", "d"])
  }
}
