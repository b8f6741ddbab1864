import Kafka
import Support
import Testing

@testable import Health

@Suite("The probes of Kafka")
struct KafkaProbeTests {
  @Test("count brokers and topics of a cluster in order")
  func healthy() throws {
    let service = try Service()
    let cluster = MockKafkaCluster(brokers: 2)
    cluster.createTopic("events")
    service.useKafka(cluster.brokers)
    let finding = try service.finding(.kafka, "connection")
    #expect(finding.verdict == .ok)
    #expect(finding.reason.hasPrefix("2 brokers and 1 topic at "))
    #expect(
      finding.figures == [
        Figure("brokers", .integer(2)), Figure("topics", .integer(1)), Figure("leaderless_topics", .integer(0)),
      ])
  }

  @Test("name the topics that have no leader")
  func leaderless() throws {
    let service = try Service()
    let cluster = MockKafkaCluster()
    cluster.createTopic("events")
    cluster.createTopic("refunds")
    cluster.removeLeader(topic: "events")
    service.useKafka(cluster.brokers)
    let finding = try service.finding(.kafka, "connection")
    #expect(finding.verdict == .warning)
    #expect(finding.reason.hasSuffix("partitions without a leader: events"))
    #expect(finding.figures.last == Figure("leaderless_topics", .integer(1)))
  }

  @Test("know the library also where no broker answers")
  func unreachable() throws {
    let service = try Service()
    service.useKafka("127.0.0.1:\(try Listener.freePort())")
    let findings = service.findings([.kafka], within: .seconds(2))
    #expect(findings.map(\.name) == ["library", "connection"])
    #expect(findings[0].verdict == (KafkaLibrary.readsTagsShort ? .warning : .ok))
    #expect(findings[1].verdict == .critical)
    #expect(findings[1].failure?.kind == .unavailable)
  }

  @Test("work with a real broker")
  func realBroker() throws {
    let service = try Service()
    service.useKafka(try TestBroker.shared().brokers)
    #expect(try service.finding(.kafka, "connection").verdict == .ok)
  }
}
