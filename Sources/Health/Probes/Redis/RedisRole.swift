/// Whether the server takes changes.
struct RedisRole: Probe {
  let check = "role"

  func examine(_ server: RedisServer) throws -> [Observation] {
    let information = try server.information()
    let figures = [Figure("replica", .boolean(information.isReplica))]
    guard information.isReplica else { return [.ok("a primary", figures: figures)] }
    return [
      .warning(
        "a replica of \(information["master_host"] ?? "?"): usher can read here, not change",
        advice: "point usher at the primary to change", figures: figures)
    ]
  }
}
