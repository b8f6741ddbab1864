/// What a Redis server says about itself with INFO, in its default sections.
///
/// Source: https://redis.io/docs/latest/commands/info/
public struct RedisInformation: Sendable {
  private let fields: [String: String]

  /// Asks the server.
  public init(_ connection: RedisConnection) throws(RedisError) {
    fields = try connection.information()
  }

  public subscript(_ name: String) -> String? { fields[name] }

  public func integer(_ name: String) -> Int? { fields[name].flatMap { Int($0) } }

  public var version: RedisVersion { RedisVersion(fields["redis_version"] ?? "") }

  public var isReplica: Bool { fields["role"] == "slave" }

  /// Whether a replica refuses writes; false on a primary.
  public var isReadOnly: Bool { isReplica && fields["slave_read_only"] != "0" }

  /// The memory limit in bytes; nil if there is none.
  public var memoryLimit: Int? { integer("maxmemory").flatMap { $0 > 0 ? $0 : nil } }

  /// Whether the server has reached its limit and evicts nothing by itself, so that it refuses what needs memory.
  public var isFull: Bool {
    guard let memoryLimit, fields["maxmemory_policy"] == "noeviction" else { return false }
    return (integer("used_memory") ?? 0) - (integer("mem_not_counted_for_evict") ?? 0) > memoryLimit
  }
}
