import Failures
import Glibc
import Journal
import Redis
import Support
import Testing

@testable import WaitingRoom

/// The shapes that every test of the suite runs over.
enum Shape: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case wholeKeySet
  case expirySet
  case admissionTimeSet
  case keyPerToken

  var testDescription: String { rawValue }

  func form(lifetimeMilliseconds: Int) -> any ActiveForm {
    switch self {
    case .wholeKeySet: WholeKeySet(key: "active", lifetimeMilliseconds: lifetimeMilliseconds)
    case .expirySet: ExpirySet(key: "active", lifetimeMilliseconds: lifetimeMilliseconds)
    case .admissionTimeSet: AdmissionTimeSet(key: "active", lifetimeMilliseconds: lifetimeMilliseconds)
    case .keyPerToken: KeyPerToken(pattern: "active:{token}:x", lifetimeMilliseconds: lifetimeMilliseconds)
    }
  }

  /// What a service of this shape does to admit a token by itself.
  func activate(_ token: RedisArgument, at now: Int, lifetime: Int = 300_000) -> [[RedisArgument]] {
    switch self {
    case .wholeKeySet: [["SADD", "active", token], ["PEXPIRE", "active", RedisArgument(lifetime)]]
    case .expirySet: [["ZADD", "active", RedisArgument(now + lifetime), token]]
    case .admissionTimeSet: [["ZADD", "active", RedisArgument(now), token]]
    case .keyPerToken: [["SET", "active:\(token.text):x", "1", "PX", RedisArgument(lifetime)]]
    }
  }

  /// What a service of this shape does when somebody has paid or gone.
  func leave(_ token: RedisArgument) -> [RedisArgument] {
    switch self {
    case .wholeKeySet: ["SREM", "active", token]
    case .expirySet, .admissionTimeSet: ["ZREM", "active", token]
    case .keyPerToken: ["DEL", "active:\(token.text):x"]
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
    }
  }
}

/// One queue on a server of its own, with the steps that the command layer would do around a change.
final class QueueFixture {
  let server: TestRedis
  let redis: RedisConnection
  let shape: Shape
  let layout: QueueLayout
  let journal: RedisJournal
  let actor = Actor(user: "kim", host: "ops-1")
  var room: WaitingRoom { WaitingRoom(layout, on: redis) }

  init(
    _ shape: Shape = .wholeKeySet, lifetimeMilliseconds: Int = 300_000, capacity: Int? = nil, settings: [String] = [],
    score: ScoreMeaning = .arrivalMilliseconds
  ) throws {
    server = try TestRedis.make(settings: settings)
    redis = try RedisConnection(RedisTarget(server.url))
    self.shape = shape
    layout = try QueueLayout(
      name: "tickets", waitingKey: "waiting", score: score,
      active: shape.form(lifetimeMilliseconds: lifetimeMilliseconds), capacity: capacity)
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
    try redis.command("KEYS", RedisArgument(RedisJournal.beforeImageKey(operation) + "*")).array.map {
      RedisArgument(try $0.bytes)
    }
  }

  /// Plans, records, locks, applies, records: as `usher queue admit` does.
  @discardableResult
  func admit(_ request: AdmissionRequest, control: ChangeControl = .init()) throws -> (OperationID, ChangeOutcome) {
    let plan = try room.planAdmission(request)
    return try change("queue admit", planned: plan.count) { operation, lease in
      try room.admit(plan, operation: operation, lease: lease, control: control)
    }
  }

  @discardableResult
  func undo(_ admission: OperationID, control: ChangeControl = .init()) throws -> ChangeOutcome {
    let plan = try room.planUndo(of: admission)
    return try change("undo", planned: plan.count) { operation, lease in
      try room.undo(admission, operation: operation, lease: lease, control: control)
    }.1
  }

  func begin(_ command: String = "queue admit", planned: Int = 0) throws -> OperationID {
    try journal.begin(
      OperationRequest(
        command: command, commandLine: "usher \(command)", target: "queue tickets", planned: planned, undo: .automatic))
  }

  func lease() throws -> RedisLease { try RedisLease.acquire(room.leaseName, on: redis, by: actor) }

  func change(
    _ command: String, planned: Int, _ body: (OperationID, RedisLease) throws -> ChangeOutcome
  ) throws -> (OperationID, ChangeOutcome) {
    let lease = try lease()
    defer { try? lease.release(on: redis) }
    let operation = try begin(command, planned: planned)
    let outcome = try body(operation, lease)
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
