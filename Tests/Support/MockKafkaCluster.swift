internal import CRdkafka

/// librdkafka's own imitation of a Kafka cluster, on real sockets, which can be told to fail.
///
/// The real broker proves that things work; this one proves what happens when they don't.
public final class MockKafkaCluster {
  /// `host:port`, several with commas.
  public let brokers: String
  /// The client that carries the cluster, and the cluster; both ours until `deinit`.
  private let client: OpaquePointer
  private let cluster: OpaquePointer

  public init(brokers count: Int = 1) {
    let configuration = rd_kafka_conf_new()
    rd_kafka_conf_set_log_cb(configuration) { _, _, _, _ in }
    var reason = [CChar](repeating: 0, count: 256)
    guard let client = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, &reason, reason.count),
      let cluster = rd_kafka_mock_cluster_new(client, Int32(count))
    else { preconditionFailure("librdkafka cannot start its mock cluster") }
    self.client = client
    self.cluster = cluster
    brokers = String(cString: rd_kafka_mock_cluster_bootstraps(cluster))
  }

  deinit {
    rd_kafka_mock_cluster_destroy(cluster)
    rd_kafka_destroy(client)
  }

  public func createTopic(_ name: String, partitions: Int = 1) {
    rd_kafka_mock_topic_create(cluster, name, Int32(partitions), 1)
  }

  /// Takes the leader away from the topic's first partition.
  public func removeLeader(topic: String) {
    rd_kafka_mock_partition_set_leader(cluster, topic, 0, -1)
  }

  /// From now on metadata answers carry that error for the topic.
  public func fail(topic: String, _ error: BrokerError) {
    rd_kafka_mock_topic_set_error(cluster, topic, rd_kafka_resp_err_t(Int32(error.rawValue)))
  }

  /// The next requests of that kind fail with these errors, one each.
  public func fail(_ request: Request, _ errors: [BrokerError]) {
    let codes = errors.map { rd_kafka_resp_err_t(Int32($0.rawValue)) }
    rd_kafka_mock_push_request_errors_array(cluster, request.rawValue, codes.count, codes)
  }

  /// Cuts the broker's connections and takes no new ones. Brokers are numbered from 1.
  public func stop(broker: Int) {
    rd_kafka_mock_broker_set_down(cluster, Int32(broker))
  }

  public func start(broker: Int) {
    rd_kafka_mock_broker_set_up(cluster, Int32(broker))
  }

  /// Makes every answer of the broker take that long.
  public func delay(broker: Int, milliseconds: Int) {
    rd_kafka_mock_broker_set_rtt(cluster, Int32(broker), Int32(milliseconds))
  }
}

extension MockKafkaCluster {
  /// Source: Kafka protocol guide, API keys.
  public enum Request: Int16, Sendable {
    case produce = 0
    case fetch = 1
    case listOffsets = 2
    case metadata = 3
    case initProducerID = 22
  }

  /// Source: Kafka protocol guide, error codes.
  public enum BrokerError: Int32, Sendable {
    case unknownTopic = 3
    case requestTimedOut = 7
    case messageTooLarge = 10
    case notEnoughReplicas = 19
    case topicAuthorizationFailed = 29
    case clusterAuthorizationFailed = 31
    case outOfOrderSequence = 45
    case invalidProducerEpoch = 47
    case policyViolation = 44
  }
}
