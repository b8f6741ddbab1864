import Failures
import Glibc
import Postgres
import Redis

/// A private PostgreSQL and Redis, and a Kafka broker where one is found, in a directory of their own.
///
/// The servers carry the directory as a mark in their environment, and while they start a guard process watches: however
/// this process dies, none of them is left behind unseen.
public struct Sandbox: Sendable {
  /// As it was named; it need not exist.
  public let directory: String
  /// Where programs are searched.
  let path: String
  /// The Kafka broker's program, if there is one.
  let broker: String?
  let isInterrupted: @Sendable () -> Bool

  /// The topics that the sale's events are published to.
  static let topics = ["PAYMENT", "RESERVATION"]

  public init(
    directory: String, path: String, broker: String?, isInterrupted: @escaping @Sendable () -> Bool = { false }
  ) {
    self.directory = directory
    self.path = path
    self.broker = broker
    self.isInterrupted = isInterrupted
  }

  /// `usher/sandbox` under the state directory.
  ///
  /// Source: XDG Base Directory Specification, XDG_STATE_HOME; relative values are to be ignored.
  public static func defaultDirectory(stateHome: String?, home: String?) -> String {
    if let stateHome, stateHome.hasPrefix("/") { return "\(stateHome)/usher/sandbox" }
    if let home, home.hasPrefix("/") { return "\(home)/.local/state/usher/sandbox" }
    return "/var/tmp/usher-\(geteuid())-state/sandbox"
  }

  /// Starts the servers, creates the tables, and fills them where they are empty.
  ///
  /// - Parameters:
  ///   - sale: what to fill empty stores with; nil leaves them empty.
  ///   - progress: gets what is being done, in a few words.
  /// - Returns: where it is, and whether it was running already, in which case nothing was done but what a killed reset left
  ///   undone.
  @discardableResult
  public func start(seeding sale: (() -> TicketSale)?, progress: (String) -> Void = { _ in }) throws
    -> (record: SandboxRecord, wasRunning: Bool)
  {
    try SandboxFiles.check(directory)
    let home = try ServerHome(directory)
    let lock = try SandboxLock(home.directory, isInterrupted: isInterrupted)
    if let record = SandboxRecord.running(in: home.directory), isWhole(record) {
      if exists(SandboxFiles.unfinished(in: home.directory)) { try fill(record, sale, progress) }
      return (record, true)
    }
    guard ProcessTable.end(marked: home.directory) else {
      throw Failure(.failed, "cannot stop the servers that an earlier start left in \(home.directory)")
    }
    let guardian = try ServerGuard(mark: home.directory, lock: lock.descriptor)
    do {
      let record = try launch(home, progress)
      try fill(record, sale, progress)
      try SandboxFiles.write(record, path: path)
      try record.write()
      guardian.dismiss()
      return (record, false)
    } catch {
      guardian.endServers()
      throw error
    }
  }

  /// Ends the servers; their data stay, unless they are to be deleted.
  ///
  /// - Returns: whether anything was running.
  @discardableResult
  public func stop(deleting: Bool = false) throws -> Bool {
    let mark = SandboxFiles.resolve(directory)
    let standIn = ServerHome.standIn(for: mark)
    guard exists("\(mark)/lock") else {
      // Of a directory that somebody deleted by hand, what the servers had elsewhere is left.
      guard ServerHome.isOurs(standIn) else { return false }
      return try endStranded(mark, standIn, deleting: deleting)
    }
    let lock = try SandboxLock(mark, isInterrupted: isInterrupted)
    defer { withExtendedLifetime(lock) {} }
    let wasRunning = !ProcessTable.pids(marked: mark).isEmpty
    guard ProcessTable.end(marked: mark) else {
      throw Failure(.failed, "cannot stop the servers of the sandbox in \(mark)")
    }
    unlink(SandboxRecord.path(in: mark))
    // The stand-in goes too when this directory once needed one and suits servers now.
    if deleting { SandboxFiles.remove(mark, ServerHome.isOurs(standIn) ? [mark, standIn] : [mark]) }
    return wasRunning
  }

  private func endStranded(_ mark: String, _ standIn: String, deleting: Bool) throws -> Bool {
    let wasRunning = !ProcessTable.pids(marked: mark).isEmpty
    guard ProcessTable.end(marked: mark) else {
      throw Failure(.failed, "cannot stop the servers of the sandbox that was in \(mark)")
    }
    if deleting { SandboxFiles.remove(standIn, [standIn]) }
    return wasRunning
  }

  /// The directories that hold files of this sandbox, whether it runs or not.
  public var places: [String] {
    let mark = SandboxFiles.resolve(directory)
    let standIn = ServerHome.standIn(for: mark)
    return (exists("\(mark)/lock") ? [mark] : []) + (ServerHome.isOurs(standIn) ? [standIn] : [])
  }

  /// Deletes everything in the sandbox's stores, and fills them again.
  public func reset(seeding sale: (() -> TicketSale)?, progress: (String) -> Void = { _ in }) throws -> SandboxRecord {
    let record = try running()
    let lock = try SandboxLock(record.directory, isInterrupted: isInterrupted)
    defer { withExtendedLifetime(lock) {} }
    try writeFile(SandboxFiles.unfinished(in: record.directory), "")
    try fill(record, sale, progress)
    return record
  }

  /// The record of the running sandbox; throws where none runs.
  public func running() throws(Failure) -> SandboxRecord {
    guard let record = SandboxRecord.running(in: directory) else {
      if let rest = SandboxRecord.present(in: directory) {
        let down = status(of: rest).filter { $0.state == .stopped }.map(\.name)
        throw Failure(
          .unavailable, "the sandbox in \(directory) is not complete",
          causes: ["down: \(down.joined(separator: ", "))"],
          hints: ["usher sandbox start"])
      }
      throw Failure(
        .unavailable, "no sandbox is running in \(directory)", hints: ["usher sandbox start"])
    }
    return record
  }

  /// Whether a connection leads to a sandbox's PostgreSQL.
  public static func isSandbox(_ connection: PostgresConnection) throws -> Bool {
    let row = try connection.query("SELECT current_setting('cluster_name') AS name").first
    return try row?.decode("name", as: String.self) == PostgresServer.clusterName
  }

  private func isWhole(_ record: SandboxRecord) -> Bool {
    status(of: record).allSatisfy { $0.state == .running }
  }

  private func launch(_ home: ServerHome, _ progress: (String) -> Void) throws -> SandboxRecord {
    progress("starting the servers")
    var record = SandboxRecord(
      directory: home.directory, place: home.place, postgresPID: 0, redisPID: 0,
      startedMilliseconds: Instant.nowMilliseconds())
    record.postgresPID = try PostgresServer(home, path: path).start(isInterrupted: isInterrupted) {
      record.redisPID = try RedisServer(home, path: path).start().pid
      guard let broker else { return }
      let server = KafkaBroker(home, program: broker)
      let (address, child) = try server.start()
      (record.kafka, record.kafkaPID) = (address, child.pid)
      try createTopics(server, address)
    }
    return record
  }

  private func createTopics(_ server: KafkaBroker, _ address: String) throws {
    for topic in Self.topics { try server.createTopic(topic, partitions: 3, broker: address) }
  }

  /// Database, extensions, tables, and the sale where the tables are empty. What a killed fill left is thrown away first.
  private func fill(_ record: SandboxRecord, _ sale: (() -> TicketSale)?, _ progress: (String) -> Void) throws {
    let unfinished = SandboxFiles.unfinished(in: record.directory)
    if exists(unfinished) { try empty(record, progress) }
    try createDatabase(record)
    let postgres = try connect(record, database: SandboxRecord.database)
    try createExtensions(postgres)
    try Schema.apply(Schema.plan(postgres), postgres)
    if let sale, try postgres.query("SELECT FROM customer LIMIT 1").isEmpty {
      let redis = try RedisConnection(RedisTarget(socket: record.redisSocket))
      try Seed.check(postgres, redis)
      try writeFile(unfinished, "")
      try Seed.apply(sale(), postgres, redis, isInterrupted: isInterrupted, progress: progress)
    }
    unlink(unfinished)
  }

  private func empty(_ record: SandboxRecord, _ progress: (String) -> Void) throws {
    progress("emptying the stores")
    let administration = try connect(record, database: "postgres")
    try administration.executeAlone("DROP DATABASE IF EXISTS \(SandboxRecord.database) WITH (FORCE)")
    // The sandbox's own server, found by its own record: nothing else is ever flushed.
    try RedisConnection(RedisTarget(socket: record.redisSocket)).command("FLUSHALL")
    if let kafka = record.kafka, let broker {
      let server = KafkaBroker(try ServerHome(record.directory), program: broker)
      for topic in Self.topics { try server.deleteTopic(topic, broker: kafka) }
      try createTopics(server, kafka)
    }
  }

  private func createDatabase(_ record: SandboxRecord) throws {
    let administration = try connect(record, database: "postgres")
    let found = try administration.query(
      "SELECT FROM pg_database WHERE datname = $1", [.init(SandboxRecord.database)])
    if found.isEmpty { try administration.executeAlone("CREATE DATABASE \(SandboxRecord.database)") }
  }

  private func createExtensions(_ postgres: PostgresConnection) throws {
    let available = try postgres.query(
      "SELECT name FROM pg_available_extensions WHERE name IN ('pg_stat_statements', 'hypopg') ORDER BY name")
    for row in available {
      let name = PostgresConnection.quoteIdentifier(try row.decode("name"))
      try postgres.execute("CREATE EXTENSION IF NOT EXISTS \(name)")
    }
  }

  private func connect(_ record: SandboxRecord, database: String) throws -> PostgresConnection {
    try PostgresConnection(
      PostgresTarget(record.postgres(database: database)), options: PostgresOptions(isInterrupted: isInterrupted))
  }
}
