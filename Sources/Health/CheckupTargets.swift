import Caching
import Kafka
import Outbox
import Postgres
import Redis
import WaitingRoom

/// What a checkup examines: how each store is reached, and what the configuration describes in it.
///
/// The closures that connect get the time limit of their store: no wait on the connection may go on after it.
public struct CheckupTargets {
  /// Nil where no PostgreSQL is configured.
  public var postgres: ((TimeLimit) throws -> PostgresConnection)?
  /// Nil where no Redis is configured.
  public var redis: ((TimeLimit) throws -> RedisConnection)?
  /// Nil where no Kafka is configured.
  public var kafka: (() throws -> KafkaTarget)?
  /// Nil where no outbox is configured.
  public var outbox: OutboxTarget?
  /// In the order of the findings.
  public var queues: [QueueTarget] = []
  public var caches: CacheTargets?

  public init() {}

  /// An outbox as it is configured.
  public struct OutboxTarget {
    let mapping: () throws -> OutboxMapping
    let topic: (OutboxTable) throws -> String

    /// - Parameter topic: where events go, for people; throws where the configuration does not say.
    public init(mapping: @escaping () throws -> OutboxMapping, topic: @escaping (OutboxTable) throws -> String) {
      self.mapping = mapping
      self.topic = topic
    }
  }

  /// A configured queue.
  public struct QueueTarget {
    let name: String
    let layouts: () throws -> [QueueLayout]

    /// - Parameter layouts: one; of a family that of each concert with people in it, found over the connection that the
    ///   checkup opened.
    public init(_ name: String, layouts: @escaping () throws -> [QueueLayout]) {
      self.name = name
      self.layouts = layouts
    }
  }

  /// The configured caches, which one walk over the keys examines together.
  public struct CacheTargets {
    let names: [String]
    let definitions: () throws -> [CacheDefinition]

    /// - Parameter definitions: of the names, in their order; throws where one is wrong.
    public init(_ names: [String], definitions: @escaping () throws -> [CacheDefinition]) {
      self.names = names
      self.definitions = definitions
    }
  }
}
