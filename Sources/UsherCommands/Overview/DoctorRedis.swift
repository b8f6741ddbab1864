import Redis
import Terminal
import Text

/// What `usher doctor` looks at in Redis.
enum DoctorRedis {
  private static let area = "redis"

  static func examine(_ session: Session) -> [Finding] {
    do {
      guard try session.context().redis != nil else {
        return [Finding(area, "connection", .skipped, "no Redis is configured")]
      }
      let connection = try session.redis()
      let info = try RedisInformation(connection)
      return [reach(connection, info), role(info), eviction(info), persistence(info)]
    } catch {
      return [Finding(area, "connection", failed: error)]
    }
  }

  private static func reach(_ connection: RedisConnection, _ info: RedisInformation) -> Finding {
    let version = info["redis_version"] ?? "?"
    let detail = "Redis \(version) at \(connection.target)"
    if info["redis_mode"] == "cluster" {
      return Finding(area, "connection", .problem, "\(detail), a cluster", hint: "usher works on single servers")
    }
    // Lua scripts that write after TIME need effect replication: 5.0 has it by default.
    guard let major = version.split(separator: ".").first.flatMap({ Int($0) }), major >= 5 else {
      return Finding(area, "connection", .problem, detail, hint: "usher needs Redis 5 or newer")
    }
    return Finding(area, "connection", .ok, detail)
  }

  private static func role(_ info: RedisInformation) -> Finding {
    info.isReplica
      ? Finding(
        area, "role", .warning, "a replica of \(info["master_host"] ?? "?"): usher can read here, not change",
        hint: "point usher at the primary to change")
      : Finding(area, "role", .ok, "a primary")
  }

  private static func eviction(_ info: RedisInformation) -> Finding {
    let policy = info["maxmemory_policy"] ?? "?"
    guard let limit = info.memoryLimit else { return Finding(area, "eviction", .ok, "no memory limit") }
    if info.isFull {
      return Finding(
        area, "eviction", .problem, "full: the limit of \(Figures.bytes(limit)) is reached, and writes are refused",
        hint: "make room with `usher cache evict NAME`, or raise maxmemory")
    }
    if policy == "noeviction" { return Finding(area, "eviction", .ok, "never evicts by itself") }
    return Finding(
      area, "eviction", .warning,
      "\(policy): under memory pressure Redis may evict the waiting room or usher's before-images",
      hint: "keep caches and the waiting room on separate servers, or set maxmemory-policy noeviction")
  }

  private static func persistence(_ info: RedisInformation) -> Finding {
    if info["rdb_last_bgsave_status"] == "err" || info["aof_last_write_status"] == "err" {
      return Finding(
        area, "persistence", .problem, "the last save failed, and Redis may refuse writes",
        hint: "look at the disk and the log of Redis")
    }
    let isSaved = info["aof_enabled"] == "1" || info["rdb_last_save_time"] != nil
    return Finding(area, "persistence", .ok, isSaved ? "the last save went well" : "nothing is saved")
  }
}
