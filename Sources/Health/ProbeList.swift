import Postgres
import WaitingRoom

/// All probes, in the order of their findings. Of each list the first one's failure is the reason of the others'.
enum ProbeList {
  static var postgres: [any Probe<PostgresConnection>] {
    [
      PostgresReach(), PostgresLoad(), PostgresRole(), PostgresPooler(), StatementStatistics(), HypotheticalIndexes(),
      HistorySchema(),
      InvalidIndexes(), OldTransactions(), LockWaits(),
    ]
  }

  static var outbox: [any Probe<OutboxInDatabase>] {
    [OutboxColumns(), OutboxTopic(), OutboxPrivileges(), OutboxIdentity(), OutboxEvents(), OutboxStatuses()]
  }

  static var redis: [any Probe<RedisServer>] {
    [RedisReach(), RedisLoad(), RedisRole(), RedisEviction(), RedisPersistence()]
  }

  static var queue: [any Probe<WaitingRoom>] { [QueuePeople(), QueueSample()] }

  static var cache: [any Probe<ConfiguredCaches>] { [CacheKeys()] }

  static var kafka: [any Probe<KafkaCluster>] { [KafkaClient(), KafkaReach()] }
}
