import Caching
import Health
import Outbox

extension Session {
  /// What the configuration has for a checkup to examine; throws where the configuration is wrong.
  func checkupTargets() throws -> CheckupTargets {
    let context = try context()
    var targets = CheckupTargets()
    if context.postgres != nil { targets.postgres = { try self.postgres(within: $0) } }
    if context.redis != nil { targets.redis = { try self.redis(within: $0) } }
    if context.kafka != nil { targets.kafka = { try self.kafka() } }
    if let outbox = context.outbox {
      targets.outbox = CheckupTargets.OutboxTarget {
        try OutboxMapping(outbox)
      } topic: { table in
        let destination = try self.outboxDestination()
        return "\(try destination.topic(of: table.mapping)) for \(destination.rawValue)"
      }
    }
    targets.queues = context.queues.keys.sorted().map { name in
      CheckupTargets.QueueTarget(name) { try self.queueLayouts(named: name) }
    }
    targets.caches = CheckupTargets.CacheTargets(try cacheSettings().map(\.name)) { try self.caches().definitions }
    return targets
  }
}
