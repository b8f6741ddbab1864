import Glibc
import Postgres
import Redis

/// One server of a sandbox, as it answers now.
public struct SandboxServer: Equatable, Sendable {
  public enum State: String, Sendable {
    /// It answers.
    case running
    /// Its process lives and does not answer.
    case silent
    case stopped
  }

  /// `postgres`, `redis` or `kafka`.
  public let name: String
  public let state: State
  public let pid: Int?
  /// What a client connects to.
  public let endpoint: String?
  public let version: String?
  /// Why it does not answer.
  public let reason: String?
}

extension Sandbox {
  /// Every server that the directory has or should have; each one is asked.
  public func status() -> [SandboxServer] {
    let directory = SandboxFiles.resolve(self.directory)
    guard let record = SandboxRecord.read(directory) else {
      return ["postgres", "redis"].map {
        SandboxServer(
          name: $0, state: .stopped, pid: nil, endpoint: nil, version: nil,
          reason: "no sandbox was started in \(directory)")
      }
    }
    return status(of: record)
  }

  func status(of record: SandboxRecord) -> [SandboxServer] {
    var servers = [
      server("postgres", record.postgresPID, record.postgres, record) {
        let connection = try PostgresConnection(
          PostgresTarget(record.postgres), options: PostgresOptions(connectTimeout: .seconds(2)))
        let number = connection.serverVersion
        return "\(number / 10_000).\(number % 10_000)"
      },
      server("redis", record.redisPID, record.redis, record) {
        try RedisConnection(RedisTarget(socket: record.redisSocket)).serverVersion.description
      },
    ]
    if let kafka = record.kafka, let pid = record.kafkaPID {
      servers.append(
        server("kafka", pid, kafka, record) {
          guard let port = kafka.split(separator: ":").last.flatMap({ UInt16($0) }), KafkaBroker.accepts(port) else {
            throw Silence()
          }
          return nil
        })
    }
    return servers
  }

  private struct Silence: Error, CustomStringConvertible {
    let description = "nothing listens on its port"
  }

  private func server(
    _ name: String, _ pid: pid_t, _ endpoint: String, _ record: SandboxRecord, version: () throws -> String?
  ) -> SandboxServer {
    guard ProcessTable.isMarked(pid, record.directory) else {
      return SandboxServer(name: name, state: .stopped, pid: nil, endpoint: nil, version: nil, reason: nil)
    }
    do {
      let version = try version()
      return SandboxServer(
        name: name, state: .running, pid: Int(pid), endpoint: endpoint, version: version, reason: nil)
    } catch {
      return SandboxServer(
        name: name, state: .silent, pid: Int(pid), endpoint: endpoint, version: nil, reason: "\(error)")
    }
  }
}
