import Caching
import Changes
import Redis
import Support
import Synchronization

/// A Redis server of a test's own, with the keys that the test asks for and a journal.
struct CacheServer {
  let server: TestRedis
  let redis: RedisConnection
  let journal: RedisJournal
  /// Of all runs of this server: they come one after another.
  let token = Actor(user: "eve", host: "test").makeToken()

  static let protected = ProtectedKeys(
    keys: [
      .init("waiting_tokens", owner: "queue 'tickets'"), .init("active_tokens", owner: "queue 'tickets'"),
    ],
    families: [
      .init(prefix: "usher:", owner: "usher itself"),
      .init(template: "users:queue:{concert}:wait", owner: "queue 'concert'"),
    ])

  init(settings: [String] = []) throws {
    server = try TestRedis.make(settings: settings)
    redis = try RedisConnection(try RedisTarget(server.url))
    journal = RedisJournal(redis, actor: Actor(user: "eve", host: "test"))
  }

  /// One more connection, for a client beside.
  func connect() throws -> RedisConnection { try RedisConnection(try RedisTarget(server.url)) }

  func set(_ keys: some Sequence<String>) throws { try set(keys.map { Array($0.utf8) }) }

  func set(_ keys: [[UInt8]]) throws {
    let replies = try redis.pipeline(keys.map { ["SET", RedisArgument($0), "value"] })
    for reply in replies { _ = try reply.string }
  }

  func exists(_ key: String) throws -> Bool { try redis.command("EXISTS", RedisArgument(key)).integer == 1 }
  func size() throws -> Int { try redis.command("DBSIZE").integer }

  /// Every key that is not usher's own, sorted.
  func keys() throws -> [String] {
    let all = try redis.command("KEYS", "*").array.map { try $0.string }
    return all.filter { !$0.hasPrefix(OwnKeys.prefix) }.sorted()
  }

  var eviction: Eviction { Eviction(redis, protected: Self.protected) }

  /// Records a change and takes the lock, as the commands do.
  func begin(_ planned: Int, _ undo: UndoPromise, control: ChangeControl = ChangeControl()) throws -> RunningChange {
    let id = try journal.begin(
      OperationRequest(
        command: "cache evict", commandLine: "usher cache evict", target: "cache test", planned: planned, undo: undo),
      in: .caches, as: token)
    try redis.command("PEXPIRE", RedisArgument(OwnKeys.caches.name("lock")), "0")
    let lock = try RedisLock.acquire(.caches, called: "caches", as: token, on: redis, evenWhenFull: true)
    return RunningChange(id, lock: lock, control: control)
  }

  func begin(_ plan: EvictionPlan, control: ChangeControl = ChangeControl()) throws -> RunningChange {
    try begin(plan.count, plan.undo, control: control)
  }

  /// Plans and applies, as the command does.
  func evict(
    _ selection: KeySelection, counting: Eviction.Counting = .exactly, control: ChangeControl = ChangeControl()
  ) throws -> (plan: EvictionPlan, outcome: ChangeOutcome, record: OperationRecord?) {
    let plan = try eviction.plan(selection, counting: counting)
    let change = try begin(plan, control: control)
    let outcome = try eviction.apply(plan, change)
    return (plan, outcome, try journal.find(change.id))
  }
}

extension RunningChange {
  func with(_ control: ChangeControl) -> RunningChange { RunningChange(id, lock: lock, control: control) }
}

extension KeySelection {
  init(_ keys: [String] = [], matching patterns: [String] = []) {
    self.init(keys: keys.map { Array($0.utf8) }, patterns: patterns.map { KeyGlob($0) })
  }
}

/// A counter that closures of a control share.
final class Counter: Sendable {
  private let storage = Mutex(0)
  var value: Int { storage.withLock { $0 } }
  func add(_ amount: Int = 1) { storage.withLock { $0 += amount } }
}
