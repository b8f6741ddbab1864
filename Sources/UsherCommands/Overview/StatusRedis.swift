import Caching
import Redis
import Terminal
import Text
import WaitingRoom

/// The lines of `usher status` about Redis: the server, each queue, each cache.
enum StatusRedis {
  static func lines(_ session: Session) -> [StatusLine] {
    do {
      let context = try session.context()
      guard context.redis != nil else { return [] }
      let redis = try session.redis()
      var lines = [StatusLine.attempt("redis", "server") { try server(redis) }]
      if !context.queues.isEmpty {
        lines += try session.queueLayouts(named: nil).map { layout in
          StatusLine.attempt("queue", layout.name) { try queue(WaitingRoom(layout, on: redis).snapshot()) }
        }
      }
      return lines + caches(session, redis)
    } catch {
      return [StatusLine("redis", "server", failed: error)]
    }
  }

  private static func server(_ redis: RedisConnection) throws -> StatusLine {
    let info = try RedisInformation(redis)
    let keys = try redis.command("DBSIZE").integer
    let memory = info.integer("used_memory") ?? 0
    let clients = info.integer("connected_clients") ?? 0
    let figures: [(String, FieldValue)] = [
      ("version", .text(info["redis_version"])), ("keys", .integer(keys)), ("used_memory_bytes", .bytes(memory)),
      ("clients", .integer(clients)), ("replica", .boolean(info.isReplica)), ("full", .boolean(info.isFull)),
    ]
    var detail =
      "Redis \(info["redis_version"] ?? "?"), \(keys.counted("key")), \(Figures.bytes(memory)), "
      + "\(clients.counted("client"))"
    if info.isReplica { detail += ", a replica" }
    if info.isFull { detail += ", full: writes are refused" }
    return StatusLine(
      "redis", "server", info.isFull || info.isReplica ? .warning : .ok, detail, figures: figures)
  }

  private static func queue(_ snapshot: QueueSnapshot) -> StatusLine {
    // A tenth of the capacity is what a service that admits every few seconds leaves free between two admissions.
    let isIdle = snapshot.waiting > 0 && (snapshot.free ?? 0) > (snapshot.capacity ?? 0) / 10
    var parts = ["\(snapshot.waiting.grouped) waiting"]
    parts.append(
      snapshot.capacity.map { "\(snapshot.active.grouped) of \($0.grouped) active" }
        ?? "\(snapshot.active.grouped) active")
    if let oldest = snapshot.oldestWaitMilliseconds {
      parts.append("the first for \(Figures.duration(milliseconds: oldest))")
    }
    if isIdle { parts.append("room for \((snapshot.free ?? 0).grouped) is unused") }
    parts += snapshot.warnings
    return StatusLine(
      "queue", snapshot.queue, isIdle || !snapshot.warnings.isEmpty ? .warning : .ok, parts.joined(separator: ", "),
      figures: [
        ("waiting", .integer(snapshot.waiting)), ("active", .integer(snapshot.active)),
        ("capacity", .integer(snapshot.capacity)), ("oldest_wait_ms", .milliseconds(snapshot.oldestWaitMilliseconds)),
      ])
  }

  private static func caches(_ session: Session, _ redis: RedisConnection) -> [StatusLine] {
    do {
      let definitions = try session.caches().definitions
      guard !definitions.isEmpty else { return [] }
      return try CacheSurvey(redis, isInterrupted: { Interruption.isRequested }).take(of: definitions).map { summary in
        StatusLine(
          "cache", summary.definition.name, .ok, summary.keys.counted("key"),
          figures: [("keys", .integer(summary.keys))])
      }
    } catch {
      return [StatusLine("cache", "all", failed: error)]
    }
  }
}
