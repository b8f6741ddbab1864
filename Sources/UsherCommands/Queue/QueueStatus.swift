import Arguments
import Terminal
import WaitingRoom

/// `usher queue status`: how many wait and are active, and for how long.
enum QueueStatus: Command {
  static let specification = CommandSpecification(
    "status", summary: "Show how many people wait and are active",
    discussion: """
      Reads each configured queue once, in constant time however long it is (with the preset key-per-token the active have to \
      be counted by a walk over all keys). The oldest wait is that of the first in line, by the clock of Redis; it is unknown \
      where the score is no time.

      Warnings on standard error tell of traps: an active set that never expires, scores that are no time, clocks that differ.
      """,
    effect: .reads,
    examples: [
      Example("usher queue status", "all configured queues"),
      Example("usher queue status --queue tickets -o json", "for a script: waiting, active, capacity, oldest_wait_ms"),
    ],
    options: [QueueOption.queue],
    exitStatuses: [ExitStatus(65, "a key of the queue holds something else than its preset says")],
    seeAlso: ["queue admit", "config show"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    let layouts = try session.queueLayouts(named: values[QueueOption.queue])
    let redis = try session.redis()
    let snapshots = try layouts.map { try WaitingRoom($0, on: redis).snapshot() }
    try session.print(snapshots, fields)
    guard session.format == .table else { return }
    for snapshot in snapshots {
      for warning in snapshot.warnings { try session.warn("queue '\(snapshot.queue)': \(warning)") }
    }
  }

  static let fields: [Field<QueueSnapshot>] = [
    Field("queue", heading: "queue") { .text($0.queue) },
    Field("waiting", heading: "waiting", alignment: .trailing) { .integer($0.waiting) },
    Field("active", heading: "active", alignment: .trailing) { .integer($0.active) },
    Field("capacity", heading: "capacity", alignment: .trailing) { .integer($0.capacity) },
    Field("free", heading: "free", alignment: .trailing) { .integer($0.free) },
    Field("oldest_wait_ms", heading: "oldest wait", alignment: .trailing) { .milliseconds($0.oldestWaitMilliseconds) },
    Field("active_ttl_ms", heading: "active ends in", alignment: .trailing) {
      .milliseconds($0.activeTTLMilliseconds)
    },
    Field("waiting_key", heading: "waiting key", isWide: true) { .text($0.waitingKey) },
    Field("active_key", heading: "active key", isWide: true) { .text($0.activeKey) },
    Field("warnings", heading: "warnings", isWide: true) { .list($0.warnings.map { .text($0) }) },
  ]
}
