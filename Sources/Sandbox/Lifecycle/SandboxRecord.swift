import Failures
import Glibc

/// Where a running sandbox is, as it stands in the file `sandbox.state` of its directory: a `name=value` a line.
public struct SandboxRecord: Equatable, Sendable {
  /// The directory that was asked for, absolute.
  public var directory: String
  /// Where the servers' files are: the same, or a stand-in where servers can't use it.
  public var place: String
  public var postgresPID: pid_t
  public var redisPID: pid_t
  public var kafkaPID: pid_t?
  /// host:port of the Kafka broker, where one runs.
  public var kafka: String?
  public var startedMilliseconds: Int

  public static let database = "tickets"

  /// libpq's connection string.
  public var postgres: String { postgres(database: Self.database) }

  func postgres(database: String) -> String {
    "host=\(place)/run port=\(PostgresServer.port) user=\(PostgresServer.superuser) dbname=\(database)"
  }
  public var redis: String { "unix://\(redisSocket)" }
  public var redisSocket: String { "\(place)/run/redis.sock" }
  public var configPath: String { "\(directory)/config.yaml" }
  /// Holds a `redis-cli` that talks to this sandbox.
  public var binDirectory: String { "\(place)/bin" }

  static func path(in directory: String) -> String { "\(directory)/sandbox.state" }

  /// The record of a directory whose servers live, nil otherwise. Cheap: a file, and a look at each process.
  public static func running(in directory: String) -> SandboxRecord? {
    guard let resolved = realpath(directory, nil) else { return nil }
    defer { free(resolved) }
    guard let record = read(String(cString: resolved)) else { return nil }
    let pids = [record.postgresPID, record.redisPID]
    return pids.allSatisfy { ProcessTable.isMarked($0, record.directory) } ? record : nil
  }

  /// The record of a directory of which any server lives: what is down is still its own, and described.
  public static func present(in directory: String) -> SandboxRecord? {
    guard let resolved = realpath(directory, nil) else { return nil }
    defer { free(resolved) }
    guard let record = read(String(cString: resolved)) else { return nil }
    let pids = [record.postgresPID, record.redisPID] + (record.kafkaPID.map { [$0] } ?? [])
    return pids.contains { ProcessTable.isMarked($0, record.directory) } ? record : nil
  }

  /// What the file says, whether it is still so or not.
  static func read(_ directory: String) -> SandboxRecord? {
    guard let bytes = try? readFile(path(in: directory)) else { return nil }
    var values: [Substring: String] = [:]
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      guard let equals = line.firstIndex(of: "=") else { continue }
      values[line[..<equals]] = String(line[line.index(after: equals)...])
    }
    guard let place = values["place"], let postgres = values["postgres-pid"].flatMap({ pid_t($0) }),
      let redis = values["redis-pid"].flatMap({ pid_t($0) })
    else { return nil }
    return SandboxRecord(
      directory: directory, place: place, postgresPID: postgres, redisPID: redis,
      kafkaPID: values["kafka-pid"].flatMap { pid_t($0) }, kafka: values["kafka"],
      startedMilliseconds: values["started-ms"].flatMap { Int($0) } ?? 0)
  }

  func write() throws(Failure) {
    var lines = [
      "place=\(place)", "postgres-pid=\(postgresPID)", "redis-pid=\(redisPID)", "started-ms=\(startedMilliseconds)",
    ]
    if let kafka, let kafkaPID { lines += ["kafka-pid=\(kafkaPID)", "kafka=\(kafka)"] }
    try writeFile(Self.path(in: directory), lines.joined(separator: "\n") + "\n")
  }
}
