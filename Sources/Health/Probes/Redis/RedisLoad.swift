import Redis
import Text

/// The server's version, its keys, memory and clients.
struct RedisLoad: Probe {
  let check = "load"
  let isSummary = true

  func examine(_ server: RedisServer) throws -> [Observation] {
    let information = try server.information()
    let keys = try server.connection.command("DBSIZE").integer
    let memory = information.integer("used_memory") ?? 0
    let clients = information.integer("connected_clients") ?? 0
    return [
      .ok(
        "Redis \(information["redis_version"] ?? "?"), \(keys.counted("key")), \(Figures.bytes(memory)), "
          + clients.counted("client"),
        figures: [
          Figure("version", .text(information["redis_version"])), Figure("keys", .integer(keys)),
          Figure("used_memory_bytes", .bytes(memory)), Figure("clients", .integer(clients)),
        ])
    ]
  }
}
