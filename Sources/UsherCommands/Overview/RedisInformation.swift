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
}
