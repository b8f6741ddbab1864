import Redis

/// Whether Redis can be reached, and whether it is a server that usher can work with.
struct RedisReach: Probe {
  let check = "connection"
  let verdictWhenUnreachable = Verdict.critical

  func examine(_ server: RedisServer) throws -> [Observation] {
    let information = try server.information()
    let reason = "Redis \(information["redis_version"] ?? "?") at \(server.connection.target)"
    if information["redis_mode"] == "cluster" {
      return [.critical("\(reason), a cluster", advice: "usher works on single servers")]
    }
    // Lua scripts that write after TIME need effect replication, which 5.0 has by default.
    guard information.version >= RedisVersion(5) else {
      return [.critical(reason, advice: "usher needs Redis 5 or newer")]
    }
    return [.ok(reason)]
  }
}
