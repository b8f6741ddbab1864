/// Whether the server saves its data.
struct RedisPersistence: Probe {
  let check = "persistence"

  func examine(_ server: RedisServer) throws -> [Observation] {
    let information = try server.information()
    if information["rdb_last_bgsave_status"] == "err" || information["aof_last_write_status"] == "err" {
      return [
        .critical(
          "the last save failed, and Redis may refuse writes", advice: "look at the disk and the log of Redis")
      ]
    }
    let isSaved = information["aof_enabled"] == "1" || information["rdb_last_save_time"] != nil
    return [.ok(isSaved ? "the last save succeeded" : "nothing is saved")]
  }
}
