import Text

/// Whether a broker answers, and whether every partition has a leader.
struct KafkaReach: Probe {
  let check = "connection"
  let isSummary = true
  let verdictWhenUnreachable = Verdict.critical

  func examine(_ cluster: KafkaCluster) throws -> [Observation] {
    let (metadata, target) = try cluster.metadata()
    let leaderless = metadata.topics.filter { $0.leaderless > 0 }.map(\.name)
    let reason =
      "\(metadata.brokers.count.counted("broker")) and \(metadata.topics.count.counted("topic")) at \(target)"
    let figures = [
      Figure("brokers", .integer(metadata.brokers.count)), Figure("topics", .integer(metadata.topics.count)),
      Figure("leaderless_topics", .integer(leaderless.count)),
    ]
    guard !leaderless.isEmpty else { return [.ok(reason, figures: figures)] }
    return [
      .warning(
        "\(reason); partitions without a leader: \(leaderless.joined(separator: ", "))",
        advice: "records for those topics will wait; look at the brokers", figures: figures)
    ]
  }
}
