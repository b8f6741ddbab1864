import Text

/// Whether the server's memory limit is reached, and what it does then.
///
/// Source: https://redis.io/docs/latest/develop/reference/eviction/
struct RedisEviction: Probe {
  let check = "eviction"

  func examine(_ server: RedisServer) throws -> [Observation] {
    let information = try server.information()
    let figures = [Figure("full", .boolean(information.isFull))]
    guard let limit = information.memoryLimit else { return [.ok("no memory limit", figures: figures)] }
    if information.isFull {
      return [
        .critical(
          "full: writes are refused, because the limit of \(Figures.bytes(limit)) is reached",
          advice: "make room with `usher cache evict NAME`, or raise maxmemory", figures: figures)
      ]
    }
    let policy = information["maxmemory_policy"] ?? "?"
    if policy == "noeviction" { return [.ok("never evicts by itself", figures: figures)] }
    return [
      .warning(
        "\(policy): under memory pressure Redis may evict the waiting room or usher's before-images",
        advice: "keep caches and the waiting room on separate servers, or set maxmemory-policy noeviction",
        figures: figures)
    ]
  }
}
