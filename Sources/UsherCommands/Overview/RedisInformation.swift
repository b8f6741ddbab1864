import Redis

/// What a Redis server says of itself with INFO.
///
/// Source: the INFO page of the Redis manual.
struct RedisInformation {
  private var fields: [String: String] = [:]

  init(_ connection: RedisConnection) throws {
    for line in try connection.command("INFO").string.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
      let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { fields[String(parts[0])] = String(parts[1]) }
    }
  }

  subscript(_ name: String) -> String? { fields[name] }
  func integer(_ name: String) -> Int? { fields[name].flatMap { Int($0) } }
  var isReplica: Bool { fields["role"] == "slave" }
  /// The memory limit in bytes; nil where there is none.
  var memoryLimit: Int? { integer("maxmemory").flatMap { $0 > 0 ? $0 : nil } }
  /// Whether the server has reached its limit and evicts nothing by itself, so that it refuses what needs memory.
  var isFull: Bool {
    guard let memoryLimit, fields["maxmemory_policy"] == "noeviction" else { return false }
    return (integer("used_memory") ?? 0) - (integer("mem_not_counted_for_evict") ?? 0) > memoryLimit
  }
}
