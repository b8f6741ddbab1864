import Failures
import Glibc
import Postgres
import Redis
import Support
import Testing

@testable import Changes

/// One of the two stores that keep a history, and what happens to it behind the journal's back.
protocol JournalStore: AnyObject {
  var journal: any OperationJournal { get }
  /// Begins an operation of this process, which counts as running.
  func begin(_ request: OperationRequest) throws -> OperationID
  /// A journal over a connection of its own, as another process has it.
  func another(_ actor: Actor) throws -> any OperationJournal
  /// By the server's clock, in milliseconds since 1970.
  func now() throws -> Int
  /// Counts units for an operation, as the changes themselves do.
  func count(_ units: Int, for id: OperationID) throws
  /// Writes a state into a record, as another version of usher might.
  func write(state: String, of id: OperationID) throws
  /// Forgets a record before its time.
  func forget(_ id: OperationID) throws
  /// Whether nothing of usher's is there.
  func isUntouched() throws -> Bool
  /// From now on the store's answers to writes are refusals.
  func refuseWrites() throws
  /// Begins an operation in a process of its own, with the right to change what it is about.
  func run(_ request: OperationRequest) throws -> any RunningOperation
  /// Takes the right to change something, over a connection of its own.
  func hold(_ name: String, wait: Duration, isInterrupted: () -> Bool) throws -> any Holding
}

extension JournalStore {
  func hold(_ name: String, wait: Duration = .zero) throws -> any Holding {
    try hold(name, wait: wait, isInterrupted: { false })
  }
}

/// The right to change something, held by one connection.
protocol Holding {
  func giveBack() throws
}

/// An operation of another process.
protocol RunningOperation {
  var id: OperationID { get }
  func finish() throws
  /// The process is killed: nothing more comes from it, and what it held is gone.
  func die() throws
}

/// Which store a case is run with.
enum StoreKind: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case redis, postgres

  var testDescription: String { rawValue }

  func make() throws -> any JournalStore {
    switch self {
    case .redis: try RedisStore()
    case .postgres: try PostgresStore()
    }
  }
}

extension OwnKeys {
  static let tickets = OwnKeys(beside: "waiting_tokens")
}

extension OperationJournal {
  /// Begins an operation of this process.
  func begin(_ request: OperationRequest) throws -> OperationID {
    switch self {
    case let journal as RedisJournal: try journal.begin(request, in: .tickets, as: Actor.kim.makeToken())
    case let journal as PostgresJournal: try journal.begin(request, holding: nil)
    default: throw Failure(.bug, "a journal of no store")
    }
  }
}

extension RedisLock {
  /// Takes the lock on what is called so, as the given actor.
  static func acquire(
    _ name: String, on connection: RedisConnection, by actor: Actor, evenWhenFull: Bool = false,
    wait: Duration = .zero, isInterrupted: () -> Bool = { false }
  ) throws -> RedisLock {
    try acquire(
      OwnKeys(beside: name), called: name, as: actor.makeToken(), on: connection, evenWhenFull: evenWhenFull,
      wait: wait, isInterrupted: isInterrupted)
  }
}

extension Actor {
  static let kim = Actor(user: "kim", host: "ops-1")
  static let lee = Actor(user: "lee", host: "ops-2")
}

extension OperationRequest {
  static let sample = OperationRequest(
    command: "queue admit", commandLine: "usher queue admit 420 --reason '불이야 \"now\"'", target: "queue tickets",
    context: "production", reason: "불이야 \"now\"\nINC-7", planned: 420, undo: .automatic)

  static func on(_ target: String) -> OperationRequest {
    var request = sample
    request.target = target
    return request
  }
}

// MARK: - Redis

final class RedisStore: JournalStore {
  let server: TestRedis
  let connection: RedisConnection
  let redisJournal: RedisJournal
  var journal: any OperationJournal { redisJournal }

  init() throws {
    server = try TestRedis.make()
    connection = try server.connect()
    redisJournal = RedisJournal(connection, actor: .kim)
  }

  func begin(_ request: OperationRequest) throws -> OperationID { try journal.begin(request) }

  func another(_ actor: Actor) throws -> any OperationJournal { RedisJournal(try server.connect(), actor: actor) }
  func now() throws -> Int { try redisJournal.serverMilliseconds() }

  func count(_ units: Int, for id: OperationID) throws {
    try connection.command("HINCRBY", key(id), "changed", RedisArgument(units))
  }

  func write(state: String, of id: OperationID) throws {
    try connection.command("HSET", key(id), "state", RedisArgument(state), "a_later_field", "1")
  }

  func forget(_ id: OperationID) throws { try connection.command("DEL", key(id)) }
  func isUntouched() throws -> Bool { try connection.command("DBSIZE").integer == 0 }

  /// A replica of nobody: it keeps what it has and takes no writes.
  func refuseWrites() throws { try connection.command("REPLICAOF", "127.0.0.1", "1") }

  func key(_ id: OperationID) -> RedisArgument { RedisArgument(OwnKeys.tickets.operation(id)) }

  func hold(_ name: String, wait: Duration, isInterrupted: () -> Bool) throws -> any Holding {
    let connection = try server.connect()
    return Held(
      lock: try RedisLock.acquire(name, on: connection, by: .kim, wait: wait, isInterrupted: isInterrupted),
      connection: connection)
  }

  func run(_ request: OperationRequest) throws -> any RunningOperation {
    let connection = try server.connect()
    let journal = RedisJournal(connection, actor: .lee)
    let id = try journal.begin(request, in: .tickets, as: Actor.lee.makeToken())
    return Running(id: id, connection: connection, journal: journal)
  }

  private struct Running: RunningOperation {
    let id: OperationID
    let connection: RedisConnection
    let journal: RedisJournal

    func finish() throws { try journal.finish(id, state: .done, failed: 0, changed: 1) }

    /// As when its heartbeat has run out.
    func die() throws { try connection.command("DEL", RedisArgument(OwnKeys.tickets.heartbeat(id))) }
  }

  private struct Held: Holding {
    let lock: RedisLock
    let connection: RedisConnection
    func giveBack() throws { try lock.release(on: connection) }
  }
}

// MARK: - PostgreSQL

final class PostgresStore: JournalStore {
  let database: TestDatabase
  let connection: PostgresConnection
  let postgresJournal: PostgresJournal
  var journal: any OperationJournal { postgresJournal }

  init() throws {
    database = try TestDatabase.make()
    connection = try database.connect()
    postgresJournal = PostgresJournal(connection, actor: .kim)
  }

  private var held: PostgresLock?

  func begin(_ request: OperationRequest) throws -> OperationID {
    let lock = try held ?? lock()
    held = lock
    return try postgresJournal.begin(request, holding: lock)
  }

  /// A lock for operations that count as running.
  func lock() throws -> PostgresLock {
    try PostgresLock.acquire("\(UInt64.random(in: 0...UInt64.max))", on: try database.connect())
  }

  func another(_ actor: Actor) throws -> any OperationJournal { PostgresJournal(try database.connect(), actor: actor) }

  func now() throws -> Int {
    try connection.query("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")[0].decode(0)
  }

  func count(_ units: Int, for id: OperationID) throws {
    try connection.execute(
      "UPDATE usher_history.operation SET changed = changed + $2::int WHERE id = $1",
      [.init(id.description), .init(units)])
  }

  func write(state: String, of id: OperationID) throws {
    try connection.execute("ALTER TABLE usher_history.operation ADD COLUMN a_later_field integer NOT NULL DEFAULT 1")
    try connection.execute(
      "UPDATE usher_history.operation SET state = $2 WHERE id = $1", [.init(id.description), .init(state)])
  }

  func forget(_ id: OperationID) throws {
    try connection.execute("DELETE FROM usher_history.operation WHERE id = $1", [.init(id.description)])
  }

  func isUntouched() throws -> Bool {
    try connection.query("SELECT to_regnamespace('usher_history') IS NULL")[0].decode(0)
  }

  func refuseWrites() throws { try connection.execute("SET default_transaction_read_only = on") }

  func hold(_ name: String, wait: Duration, isInterrupted: () -> Bool) throws -> any Holding {
    let connection = try database.connect()
    return Held(
      lock: try PostgresLock.acquire(name, on: connection, wait: wait, isInterrupted: isInterrupted),
      connection: connection)
  }

  func run(_ request: OperationRequest) throws -> any RunningOperation {
    let holder = try database.connect()
    let lock = try PostgresLock.acquire("\(UInt64.random(in: 0...UInt64.max))", on: holder)
    let journal = PostgresJournal(try database.connect(), actor: .lee)
    return Running(
      id: try journal.begin(request, holding: lock), holder: holder, lock: lock, journal: journal, watcher: connection)
  }

  private struct Running: RunningOperation {
    let id: OperationID
    let holder: PostgresConnection
    let lock: PostgresLock
    let journal: PostgresJournal
    let watcher: PostgresConnection

    func finish() throws {
      try journal.finish(id, state: .done, failed: 0, changed: 1)
      try lock.release()
    }

    func die() throws {
      let pid = PostgresValue(Int(holder.backendPID))
      try watcher.execute("SELECT pg_terminate_backend($1::int)", [pid])
      while try !watcher.query("SELECT FROM pg_stat_activity WHERE pid = $1::int", [pid]).isEmpty { usleep(5_000) }
    }
  }

  private struct Held: Holding {
    let lock: PostgresLock
    let connection: PostgresConnection
    func giveBack() throws { try lock.release() }
  }
}
