import Failures
import Kafka
import Outbox
import Postgres
import Text
import WaitingRoom

/// Runs probes over the stores and returns their findings.
///
/// Each store has its own connection and time limit: one that is down costs its own probes only, and each of those still gives
/// its finding.
public final class Checkup {
  /// Ten seconds: what monitors usually give one check, and enough to walk over some million keys.
  public static let usualTimeLimit = Duration.seconds(10)
  /// Of a family so many concerts are sampled: each costs some milliseconds of the server's time.
  private static let mostSamples = 50

  private let targets: CheckupTargets
  private let purposes: Set<Purpose>
  private let postgres: StoreExamination<PostgresConnection>?
  private let redis: StoreExamination<RedisServer>?
  private let kafka: StoreExamination<KafkaCluster>?

  /// - Parameter timeLimit: for the probes of one store.
  public init(
    _ targets: CheckupTargets, for purposes: Set<Purpose>, timeLimit: Duration = Checkup.usualTimeLimit
  ) {
    self.targets = targets
    self.purposes = purposes
    postgres = targets.postgres.map { StoreExamination("PostgreSQL", within: timeLimit, open: $0) }
    redis = targets.redis.map { open in
      StoreExamination("Redis", within: timeLimit) { RedisServer(try open($0)) }
    }
    kafka = targets.kafka.map { target in
      StoreExamination("Kafka", within: timeLimit) { KafkaCluster(target, within: $0) }
    }
  }

  /// The findings about these areas, in their order. An area whose store is not configured has one `skipped` finding.
  public func findings(in areas: [Area]) -> [Finding] {
    areas.flatMap { area in
      switch area {
      case .postgres: postgresFindings
      case .outbox: outboxFindings
      case .redis: redisFindings
      case .queue: queueFindings
      case .cache: cacheFindings
      case .kafka: kafkaFindings
      case .configuration: [Finding]()
      }
    }
  }

  private func chosen<Store>(_ probes: [any Probe<Store>]) -> [any Probe<Store>] {
    probes.filter { purposes.contains($0.purpose) }
  }

  private var postgresFindings: [Finding] {
    guard let postgres else { return [Self.skipped(.postgres, "server", "no PostgreSQL is configured")] }
    return postgres.examine(chosen(ProbeList.postgres), FindingPlace(.postgres, "server")) { $0 }
  }

  private var outboxFindings: [Finding] {
    guard let postgres else { return [] }
    guard let outbox = targets.outbox else {
      return [Finding(.outbox, "events", OutboxColumns().check, .skipped, "no outbox is configured")]
    }
    return postgres.examine(chosen(ProbeList.outbox), FindingPlace(.outbox, "events")) { connection in
      OutboxInDatabase(try OutboxTable(try outbox.mapping(), on: connection), topic: outbox.topic)
    }
  }

  private var redisFindings: [Finding] {
    guard let redis else { return [Self.skipped(.redis, "server", "no Redis is configured")] }
    return redis.examine(chosen(ProbeList.redis), FindingPlace(.redis, "server")) { $0 }
  }

  private var queueFindings: [Finding] {
    guard let redis else { return [] }
    let probes = chosen(ProbeList.queue)
    let withoutSample = probes.filter { !($0 is QueueSample) }
    var count = 0
    var findings: [Finding] = []
    for queue in targets.queues {
      do throws(Failure) {
        for layout in try redis.use({ _ in try queue.layouts() }) {
          count += 1
          let probes = count > Self.mostSamples ? withoutSample : probes
          findings += redis.examine(probes, FindingPlace(.queue, layout.name)) {
            WaitingRoom(layout, on: $0.connection)
          }
        }
      } catch {
        findings += redis.findings(of: probes, FindingPlace(.queue, queue.name), failed: error)
      }
    }
    guard count > Self.mostSamples, probes.count > withoutSample.count else { return findings }
    let others = count - Self.mostSamples
    let reason = "the people of \(others.counted("more queue")) were not sampled"
    return findings + [Finding(.queue, "others", QueueSample().check, .skipped, reason)]
  }

  private var cacheFindings: [Finding] {
    guard let redis, let caches = targets.caches, !caches.names.isEmpty else { return [] }
    return redis.examine(chosen(ProbeList.cache), FindingPlace(.cache, caches.names)) { server in
      ConfiguredCaches(redis: server.connection, definitions: try caches.definitions())
    }
  }

  private var kafkaFindings: [Finding] {
    guard let kafka else {
      return [Self.skipped(.kafka, "cluster", "no Kafka is configured; stuck events can go to a Redis stream")]
    }
    return kafka.examine(chosen(ProbeList.kafka), FindingPlace(.kafka, "cluster")) { $0 }
  }

  private static func skipped(_ area: Area, _ subject: String, _ reason: String) -> Finding {
    Finding(area, subject, "connection", .skipped, reason)
  }
}
