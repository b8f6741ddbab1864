import Failures
import Glibc
import Redis
import Support
import Testing

@testable import Changes
@testable import WaitingRoom

/// The shapes that every test of the suite runs over.
enum Shape: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case wholeKeySet
  case expirySet
  case admissionTimeSet
  case keyPerToken
  case expiringMemberSet

  var testDescription: String { rawValue }

  func form(
    lifetimeMilliseconds: Int, unit: TimeUnit = .milliseconds, naming: MemberForm? = nil
  ) -> any ActiveForm {
    switch self {
    case .wholeKeySet: WholeKeySet(key: "active", lifetimeMilliseconds: lifetimeMilliseconds, naming: naming)
    case .expirySet: ExpirySet(key: "active", lifetimeMilliseconds: lifetimeMilliseconds, unit: unit, naming: naming)
    case .admissionTimeSet:
      AdmissionTimeSet(key: "active", lifetimeMilliseconds: lifetimeMilliseconds, unit: unit, naming: naming)
    case .keyPerToken:
      KeyPerToken(pattern: "active:{token}:x", lifetimeMilliseconds: lifetimeMilliseconds, naming: naming)
    case .expiringMemberSet:
      ExpiringMemberSet(key: "active", lifetimeMilliseconds: lifetimeMilliseconds, unit: unit, naming: naming)
    }
  }

  /// What a service of this shape does to admit a token by itself.
  func activate(_ token: RedisArgument, at now: Int, lifetime: Int = 300_000) -> [[RedisArgument]] {
    switch self {
    case .wholeKeySet: [["SADD", "active", token], ["PEXPIRE", "active", RedisArgument(lifetime)]]
    case .expirySet: [["ZADD", "active", RedisArgument(now + lifetime), token]]
    case .admissionTimeSet: [["ZADD", "active", RedisArgument(now), token]]
    case .keyPerToken: [["SET", "active:\(token.text):x", "1", "PX", RedisArgument(lifetime)]]
    case .expiringMemberSet: [["SADD", "active", RedisArgument(token.bytes + Array(":\(now + lifetime)".utf8))]]
    }
  }

  /// Takes a token out as a service of this shape does when somebody has paid or gone; whether it was there.
  @discardableResult
  func leave(_ token: RedisArgument, on redis: RedisConnection) throws -> Bool {
    switch self {
    case .wholeKeySet: return try redis.command("SREM", "active", token) == .integer(1)
    case .expirySet, .admissionTimeSet: return try redis.command("ZREM", "active", token) == .integer(1)
    case .keyPerToken: return try redis.command("DEL", "active:\(token.text):x") == .integer(1)
    case .expiringMemberSet:
      let members = try redis.command("SMEMBERS", "active").array.map { RedisArgument(try $0.bytes) }
      let own = members.filter { Self.name(inMember: $0) == token }
      return try !own.isEmpty && redis.command(["SREM", "active"] + own) == .integer(Int64(own.count))
    }
  }

  /// Everybody that the active form holds, expired or not.
  func active(_ redis: RedisConnection) throws -> Set<RedisArgument> {
    switch self {
    case .wholeKeySet: return Set(try redis.command("SMEMBERS", "active").array.map { RedisArgument(try $0.bytes) })
    case .expirySet, .admissionTimeSet:
      return Set(try redis.command("ZRANGE", "active", "0", "-1").array.map { RedisArgument(try $0.bytes) })
    case .keyPerToken:
      return Set(
        try redis.command("KEYS", "active:*:x").array.map {
          RedisArgument(Array(try $0.bytes.dropFirst(7).dropLast(2)))
        })
    case .expiringMemberSet:
      return Set(
        try redis.command("SMEMBERS", "active").array.map { Self.name(inMember: RedisArgument(try $0.bytes)) })
    }
  }

  private static func name(inMember member: RedisArgument) -> RedisArgument {
    let colon = member.bytes.lastIndex(of: UInt8(ascii: ":")) ?? member.bytes.endIndex
    return RedisArgument(Array(member.bytes[..<colon]))
  }
}

/// One queue on a server of its own, with the steps that the command layer would do around a change.
final class QueueFixture {
  let server: TestRedis
  let redis: RedisConnection
  let shape: Shape
  var layout: QueueLayout
  let journal: RedisJournal
  let actor = Actor(user: "kim", host: "ops-1")
  /// Of all runs of this fixture: they come one after another.
  let token = Actor(user: "kim", host: "ops-1").makeToken()
  var room: WaitingRoom { WaitingRoom(layout, on: redis) }

  init(
    _ shape: Shape = .wholeKeySet, lifetimeMilliseconds: Int = 300_000, capacity: Int? = nil, settings: [String] = [],
    score: ScoreMeaning = .arrivalMilliseconds, member: MemberForm = .token, unit: TimeUnit = .milliseconds,
    naming: MemberForm? = nil, sideKeys: SideKeys = SideKeys()
  ) throws {
    server = try TestRedis.make(settings: settings)
    redis = try RedisConnection(RedisTarget(server.url))
    self.shape = shape
    layout = try QueueLayout(
      name: "tickets", waitingKey: "waiting", score: score, member: member,
      active: shape.form(lifetimeMilliseconds: lifetimeMilliseconds, unit: unit, naming: naming), capacity: capacity,
      sideKeys: sideKeys)
    journal = RedisJournal(redis, actor: actor)
  }

  /// Puts tokens into the waiting room with the scores given.
  func enqueue(_ people: [(token: RedisArgument, score: String)]) throws {
    for reply in try redis.pipeline(people.map { ["ZADD", "waiting", RedisArgument($0.score), $0.token] }) {
      guard reply == .integer(1) else { throw Failure(.failed, "\(reply)") }
    }
  }

  /// `count` tokens that came a millisecond apart.
  func enqueue(_ count: Int) throws {
    try enqueue((0..<count).map { ("t\($0)", String(1_700_000_000_000 + $0)) })
  }

  func activate(_ tokens: RedisArgument..., lifetime: Int = 300_000) throws {
    let now = try journal.serverMilliseconds()
    for reply in try redis.pipeline(tokens.flatMap { shape.activate($0, at: now, lifetime: lifetime) }) {
      _ = try reply.integerOrText
    }
  }

  /// The waiting room from front to back, with the scores as Redis writes them.
  func line() throws -> [Place] {
    try redis.command("ZRANGE", "waiting", "0", "-1", "WITHSCORES").pairs.map {
      Place(token: RedisArgument(try $0.0.bytes), score: try $0.1.string)
    }
  }

  struct Place: Hashable {
    var token: RedisArgument
    var score: String
  }

  func active() throws -> Set<RedisArgument> { try shape.active(redis) }

  /// The list of an operation's batches and one sorted set a batch, in no order.
  func beforeImageKeys(of operation: OperationID) throws -> [RedisArgument] {
    try redis.command("KEYS", RedisArgument("usher:[{]waiting}:before:\(operation)*")).array.map {
      RedisArgument(try $0.bytes)
    }
  }

  /// Plans, records, locks, applies, records: as `usher queue admit` does.
  @discardableResult
  func admit(
    _ request: AdmissionRequest, paced run: PacedRun? = nil, control: ChangeControl = .init()
  ) throws -> (OperationID, ChangeOutcome) {
    let plan = try room.planAdmission(request, paced: run)
    return try change("queue admit", planned: plan.count, control: control) { try room.admit(plan, $0) }
  }

  @discardableResult
  func undo(_ admission: OperationID, control: ChangeControl = .init()) throws -> ChangeOutcome {
    let plan = try room.planUndo(of: admission)
    return try change("undo", planned: plan.count, control: control) { try room.undo(admission, $0) }.1
  }

  func begin(_ command: String = "queue admit", planned: Int = 0) throws -> OperationID {
    try journal.begin(
      OperationRequest(
        command: command, commandLine: "usher \(command)", target: "queue tickets", planned: planned, undo: .automatic),
      in: room.keys, as: token)
  }

  func lock() throws -> RedisLock { try RedisLock.acquire(room.keys, called: "queue tickets", as: token, on: redis) }

  /// A change that has begun and holds the lock.
  func running(_ command: String = "queue admit", control: ChangeControl = .init()) throws -> RunningChange {
    RunningChange(try begin(command), lock: try lock(), control: control)
  }

  /// One call of a script, outside of a run: the reply's counts.
  func call(
    _ script: BatchScript, _ change: RunningChange, batch: Int, _ arguments: [String: RedisArgument] = [:],
    rest: [RedisArgument] = []
  ) throws -> [Int] {
    let (keys, lock) = (room.keys, try #require(change.lock))
    let call = try script.declaration.call(
      keys: room.scriptKeys(for: change.id).merging([
        "operation": RedisArgument(keys.operation(change.id)), "heartbeat": RedisArgument(keys.heartbeat(change.id)),
        "lock": lock.key, "lock_queue": RedisArgument(keys.lockQueue),
      ]) { own, _ in own },
      arguments: room.scriptArguments.merging(arguments) { own, _ in own }.merging([
        "token": RedisArgument(lock.token), "batch": RedisArgument(batch), "hold_ms": "15000",
      ]) { own, _ in own }, rest: .init(arguments: rest))
    return try redis.evaluate(script.declaration.script, keys: call.keys, arguments: call.arguments).array
      .map { try $0.integer }
  }

  func change(
    _ command: String, planned: Int, control: ChangeControl = .init(),
    _ body: (RunningChange) throws -> ChangeOutcome
  ) throws -> (OperationID, ChangeOutcome) {
    let lock = try lock()
    defer { try? lock.release(on: redis) }
    let operation = try begin(command, planned: planned)
    let outcome = try body(RunningChange(operation, lock: lock, control: control))
    try journal.finish(operation, state: outcome.state, failed: outcome.failed, changed: nil)
    return (operation, outcome)
  }
}

extension RedisValue {
  /// Fails for an error, and says what else it was.
  fileprivate var integerOrText: String {
    get throws {
      if case .integer(let number) = self { return String(number) }
      return try string
    }
  }
}
