import Arguments
import Failures
import Terminal
import Text
import WaitingRoom

/// `usher queue status`: how many wait and are active, for how long, and at what pace they come and go.
enum QueueStatus: Command {
  static let watch = Option(
    "watch", .duration(.milliseconds(100)...), placeholder: "DURATION", help: "Look again each time after so long")

  static let specification = CommandSpecification(
    "status", summary: "Show how many people wait and are active",
    discussion: """
      Reads each configured queue once, in constant time however long it is (the active have to be counted by a walk with the \
      preset key-per-token and the form set-expiry). The oldest wait is that of the first in line, by the clock of Redis; it is \
      unknown where the score is no arrival. Where it is the end of a place, \
      `waiting_over` counts those who wait though their place has ended.

      Arrivals and admissions a minute are measured, not taken from any setting. One look counts the arrivals of the last minute \
      that still wait, and the admitted of the last minute that are still active, so both are at the least (`≥`); where the store \
      keeps no such times the field is null. With --watch they are counted from look to look, over the last minute of looks: who came \
      behind the last in line, and who has left the line. The time until nobody waits is a range: what the two paces allow if they stay, a count of n taken as (√n ± \
      1)²; null where one is unknown, or more come than go.

      A queue of several that cannot be read is named on standard error, and the others are shown: exit status 1. A script that \
      reads JSON finds those others in the array.

      --watch repeats until Ctrl-C, which is a good end there: exit status 0. What a terminal has no lines for is left out and counted. With -o jsonl it prints a record a look and queue. The concerts of a family are those of the \
      start. Once it has begun, a queue that cannot be read, or a Redis that goes away, does not end it: it says so once, and goes \
      on when that is over.

      Warnings on standard error tell of traps: an active set that never expires, scores that are no time, clocks that differ.
      """,
    effect: .reads,
    examples: [
      Example("usher queue status", "all configured queues"),
      Example("usher queue status --queue tickets -o json", "for a script: waiting, active, capacity, oldest_wait_ms"),
      Example("usher queue status --watch 2s", "during a sale"),
    ],
    options: [QueueOption.queue, QueueOption.all, watch], groups: [.exclusive("--queue", "--all")],
    exitStatuses: [
      ExitStatus(1, "a queue of several cannot be read; the others are shown"),
      ExitStatus(65, "a key of the only queue, or of the one named, holds something else than its preset says"),
    ],
    seeAlso: ["queue list", "queue show", "queue admit", "config show"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    if values[watch] != nil, session.format == .json {
      throw Failure(
        .usage, "an array that --watch never ends is no JSON", hints: ["print a record a line: `-o jsonl`"])
    }
    let layouts = try session.queueLayouts(named: values[QueueOption.queue])
    let redis = try session.redis()
    let rooms = layouts.map { WaitingRoom($0, on: redis) }
    let first = try Look(rooms)
    if let pause = values[watch] { return try repeatedly(rooms, first, pause, session) }
    if !first.snapshots.isEmpty || first.failures.isEmpty || session.format != .table {
      try show(first.snapshots, session)
    }
    if rooms.isEmpty { session.note("no concert has anybody waiting or active") }
    guard !first.failures.isEmpty else { return }
    throw Failure(
      .failed, "\(first.failures.count.grouped) of \(rooms.count.counted("queue")) cannot be read",
      causes: first.failures.map { "queue '\($0.queue)': \($0.failure.withCause)" },
      hints: first.failures.first?.failure.hints ?? [])
  }

  static func show(_ snapshots: [QueueSnapshot], _ session: Session) throws {
    try session.print(snapshots, fields)
    if session.format == .table { remark(on: snapshots, session) }
  }

  /// Says what a figure does not.
  static func remark(on snapshots: [QueueSnapshot], _ session: Session) {
    for remark in snapshots.flatMap(remarks) {
      remark.isWarning ? session.warn(remark.text) : session.note(remark.text)
    }
  }

  static func remarks(on snapshot: QueueSnapshot) -> [(isWarning: Bool, text: String)] {
    let queue = "queue '\(snapshot.queue)'"
    var remarks = snapshot.warnings.map { (isWarning: true, text: "\(queue): \($0)") }
    if let until = snapshot.pausedUntilMilliseconds {
      remarks.append((false, "\(queue) is paused until \(Timestamp.short(milliseconds: until))"))
    }
    if let over = snapshot.placesOver, over > 0 {
      remarks.append((false, "\(queue): the places of \(over.grouped) who wait have ended"))
    }
    if let aside = snapshot.aside, aside > 0 {
      let restore = QueueLayout.command("restore", queue: snapshot.queue)
      let verb = aside == 1 ? "is" : "are"
      remarks.append((false, "\(queue): \(aside.grouped) \(verb) set aside; give them back with `\(restore)`"))
    }
    return remarks
  }

  static let fields: [Field<QueueSnapshot>] = [
    Field("queue", heading: "queue", giving: .never) { .text($0.queue) },
    Field("waiting", heading: "waiting", alignment: .trailing) { .integer($0.waiting) },
    Field("active", heading: "active", alignment: .trailing) { .integer($0.active) },
    Field("capacity", heading: "capacity", alignment: .trailing, rank: 1) { .integer($0.capacity) },
    Field("free", heading: "free", alignment: .trailing, rank: 2) { .integer($0.free) },
    Field("oldest_wait_ms", heading: "oldest wait", alignment: .trailing) { .milliseconds($0.oldestWaitMilliseconds) },
    Field("active_ttl_ms", heading: "active ends in", alignment: .trailing, rank: 5) {
      .milliseconds($0.activeTTLMilliseconds)
    },
    Field("waiting_key", heading: "waiting key", isWide: true) { .text($0.waitingKey) },
    Field("active_key", heading: "active key", isWide: true) { .text($0.activeKey) },
    Field("warnings", heading: "warnings", isWide: true) { .list($0.warnings.map { .text($0) }) },
    Field("arrivals_per_minute", heading: "in/min", alignment: .trailing, rank: 3) { pace($0.arrivals) },
    Field("admissions_per_minute", heading: "out/min", alignment: .trailing, rank: 3) { pace($0.admissions) },
    Field("drain_at_least_ms", heading: "empty in", alignment: .trailing, rank: 4) {
      .milliseconds($0.drain?.atLeastMilliseconds)
    },
    Field("drain_at_most_ms", heading: "to", alignment: .trailing, rank: 4) {
      .milliseconds($0.drain?.atMostMilliseconds)
    },
    Field("arrivals_at_least", heading: "in at least", isWide: true) { .boolean($0.arrivals?.isAtLeast) },
    Field("admissions_at_least", heading: "out at least", isWide: true) { .boolean($0.admissions?.isAtLeast) },
    Field("waiting_over", heading: "over", alignment: .trailing, isWide: true) { .integer($0.placesOver) },
    Field("aside", heading: "aside", isWide: true) { .integer($0.aside) },
    Field("paused_until", heading: "paused until", isWide: true) { .instant(milliseconds: $0.pausedUntilMilliseconds) },
    Field("measured_at", heading: "measured at", isWide: true) { .instant(milliseconds: $0.nowMilliseconds) },
  ]

  private static func pace(_ flow: Flow?) -> FieldValue {
    guard let flow, let perMinute = flow.perMinute else { return .null }
    return flow.isAtLeast ? .atLeast(perMinute, decimals: 0) : .number(perMinute, decimals: 0)
  }
}
