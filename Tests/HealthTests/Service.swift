import Caching
import Kafka
import Outbox
import Postgres
import Redis
import Support
import Testing
import WaitingRoom

@testable import Health

/// A service on servers of its own: the reference schema with an outbox, a queue and two caches.
final class Service {
  let server: TestRedis
  let redis: RedisConnection
  let database: TestDatabase
  let postgres: PostgresConnection
  var targets = CheckupTargets()

  /// - Parameter settings: words of the Redis server's command line.
  init(settings: [String] = []) throws {
    server = try TestRedis.make(settings: settings)
    redis = try server.connect()
    database = try TestDatabase.make(withSchema: true)
    postgres = try database.connect()
    for cache in 1...3 { try redis.command("SET", "date::\(cache)", "x") }
    let layout = try Self.layout()
    useRedis(server.target)
    usePostgres(database.target)
    targets.outbox = Self.outbox()
    targets.queues = [CheckupTargets.QueueTarget("tickets") { [layout] }]
    targets.caches = CheckupTargets.CacheTargets(["dates", "list"]) {
      [try CacheDefinition(name: "dates", prefixes: ["date::"]), try CacheDefinition(name: "list", keys: ["list"])]
    }
  }

  static func layout(_ name: String = "tickets", waiting: String = "waiting") throws -> QueueLayout {
    try QueueLayout(
      name: name, waitingKey: waiting,
      active: AdmissionTimeSet(
        key: "active:\(waiting)", lifetimeMilliseconds: 300_000, unit: .milliseconds, naming: nil),
      capacity: 20)
  }

  static func outbox(id: String = "id", topic: String? = "events") -> CheckupTargets.OutboxTarget {
    CheckupTargets.OutboxTarget {
      OutboxMapping(
        table: "outbox_event",
        columns: .init(
          id: id, status: "status", created: "created_at", key: "key", type: "event_type", payload: "payload",
          published: "published_at"),
        publishing: .init(topic: try topic.map { try OutboxTemplate($0, role: "topic") }))
    } topic: { table in
      "\(try table.mapping.requiredTopic(for: "Kafka")) for kafka"
    }
  }

  /// Each checkup connects anew, and no wait goes on after its time limit.
  func useRedis(_ target: RedisTarget) {
    targets.redis = { limit in try RedisConnection(target, options: RedisOptions(isAbandoned: { limit.isOver })) }
  }

  func usePostgres(_ target: PostgresTarget) {
    targets.postgres = { limit in
      try PostgresConnection(target, options: PostgresOptions(isInterrupted: { limit.isOver }))
    }
  }

  func useKafka(_ brokers: String) {
    targets.kafka = { KafkaTarget(brokers) }
  }

  /// Signs in to Redis as a user who may do everything but these.
  func useRedis(without commands: String...) throws {
    try redis.command(["ACL", "SETUSER", "poor", "on", ">pw", "~*", "&*", "+@all"] + commands.map { .init("-\($0)") })
    useRedis(try RedisTarget("unix://poor:pw@\(server.socket)"))
  }

  /// Signs in to PostgreSQL as a new role without privileges, and runs `body`.
  func asPoorRole(granting grants: String = "", _ body: () throws -> Void) throws {
    let role = "poor_\(database.name)"
    try postgres.script("CREATE ROLE \(role) LOGIN; \(grants.replacing("ROLE", with: role))")
    defer { _ = try? postgres.script("DROP OWNED BY \(role); DROP ROLE \(role)") }
    usePostgres(PostgresTarget(database.conninfo.replacing("user=usher", with: "user=\(role)")))
    try body()
  }

  func enqueue(_ tokens: String...) throws {
    let clock = try redis.command("TIME").array
    let seconds = Int(try clock[0].string) ?? 0
    for (index, token) in tokens.enumerated() {
      try redis.command("ZADD", "waiting", .init(seconds * 1000 - 10_000 + index), .init(token))
    }
  }

  func findings(
    _ areas: [Area] = Area.allCases, for purposes: Set<Purpose> = Set(Purpose.allCases),
    within limit: Duration = Checkup.usualTimeLimit
  ) -> [Finding] {
    Checkup(targets, for: purposes, timeLimit: limit).findings(in: areas)
  }

  /// The finding of that name.
  func finding(_ area: Area, _ name: String) throws -> Finding {
    let findings = findings([area])
    return try #require(findings.first { $0.name == name }, "\(findings)")
  }
}

/// What a probe finds of a service that something was done to.
struct ProbeCase: Sendable, CustomTestStringConvertible {
  let what: String
  let name: String
  let verdict: Verdict
  /// A part of the reason.
  let reason: String
  let prepare: @Sendable (Service) throws -> Void

  init(
    _ what: String, _ name: String, _ verdict: Verdict, _ reason: String,
    after prepare: @escaping @Sendable (Service) throws -> Void = { _ in }
  ) {
    self.what = what
    self.name = name
    self.verdict = verdict
    self.reason = reason
    self.prepare = prepare
  }

  var testDescription: String { "\(name): \(what)" }

  func check(_ area: Area, _ service: Service) throws {
    try prepare(service)
    let finding = try service.finding(area, name)
    #expect(finding.verdict == verdict, "\(finding)")
    #expect(finding.reason.contains(reason), "\(finding)")
    if finding.verdict == .critical, finding.failure == nil { #expect(finding.advice != nil, "\(finding)") }
  }
}
