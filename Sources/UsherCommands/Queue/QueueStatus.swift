import Arguments
import Failures
import Terminal
import Text
import WaitingRoom

/// `usher queue status`: how many people wait and are active, the oldest wait, arrivals and admissions.
enum QueueStatus: Command {
  static let watch = Option(
    "watch", .duration(.milliseconds(100)...), placeholder: "DURATION", help: "Refresh at this interval")

  static let specification = CommandSpecification(
    "status", summary: "Show how many people are waiting and active",
    discussion: """
      Shows each queue with the number of people waiting and active, the oldest wait, and the measured arrivals and \
      admissions per minute. A figure with `≥` is a lower bound: without --watch, only people who are still in the queue can \
      be counted. With --watch, the figures are measured between refreshes.

      If one of several queues cannot be read, it is named on standard error, and the others are shown.
      """,
    details: """
      Reading a queue takes constant time at any length, except with the preset key-per-token and the form set-expiry, where \
      the active people are counted by a scan. The oldest wait is that of the first person in line, by the clock of Redis. \
      It is unknown if the score is not an arrival time. If the score is an expiry time (`score: expiry-ms`), \
      `waiting_over` counts the people who still wait although they have expired.

      Arrivals and admissions are measured, not taken from a setting. One look counts the people who arrived in the last \
      minute and still wait, and the people who were admitted in the last minute and are still active. If the store does not \
      keep such times, the field is null. With --watch, the figures cover the refreshes of the last minute: people who \
      joined behind the last person in line, and people who left the line.

      The time until nobody waits is a range. It assumes that arrivals and admissions stay the same, and includes the \
      uncertainty of counting: a count of 100 stands for 81 to 121. It is null if one of them is unknown, or if at least as many people arrive as are admitted.

      --watch runs until Ctrl-C and then exits with status 0. Rows that do not fit the terminal are left out and counted. \
      With -o jsonl it prints one record for each refresh and queue. The concerts of a family are those found at the start. \
      After the start, a queue that cannot be read or a Redis that is down does not end the command: it reports the problem \
      once, and continues when the problem is over.

      Warnings on standard error report known problems: an active set that never expires, scores that are not times, clocks \
      that differ.
      """,
    effect: .reads,
    examples: [
      Example("usher queue status", "Show all configured queues"),
      Example(
        "usher queue status --queue tickets -o json", "Print waiting, active, capacity and oldest_wait_ms for a script"),
      Example("usher queue status --watch 2s", "Watch the queues during a sale"),
    ],
    options: [QueueOption.queue, QueueOption.all, watch], groups: [.exclusive("--queue", "--all")],
    exitStatuses: [
      ExitStatus(1, "one of several queues cannot be read; the others are shown"),
      ExitStatus(65, "a key of the only queue, or of the named one, does not have the form that its preset describes"),
    ],
    seeAlso: ["queue list", "queue show", "queue admit", "config show"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    if values[watch] != nil, session.format == .json {
      throw Failure(
        .usage, "'-o json' prints an array, which '--watch' would never end",
        hints: ["print one record per line with `-o jsonl`"])
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
    try session.print(snapshots, session.format == .table ? columns : fields)
    if session.format == .table { remark(on: snapshots, session) }
  }

  /// Prints the remarks below the table.
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
      let people = over.counted("waiting person has", plural: "waiting people have")
      remarks.append((false, "\(queue): \(people) expired"))
    }
    if let aside = snapshot.aside, aside > 0 {
      let unpark = QueueLayout.command("unpark", queue: snapshot.queue)
      let verb = aside == 1 ? "is" : "are"
      remarks.append((false, "\(queue): \(aside.grouped) \(verb) set aside; return them with `\(unpark)`"))
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
    Field("arrivals_per_minute", heading: "arrivals/min", alignment: .trailing, rank: 3) { perMinute($0.arrivals) },
    Field("admissions_per_minute", heading: "admissions/min", alignment: .trailing, rank: 3) {
      perMinute($0.admissions)
    },
    Field("drain_at_least_ms", heading: "empty in at least", isWide: true) {
      .milliseconds($0.drain?.atLeastMilliseconds)
    },
    Field("drain_at_most_ms", heading: "empty in at most", isWide: true) {
      .milliseconds($0.drain?.atMostMilliseconds)
    },
    Field("arrivals_at_least", heading: "arrivals at least", isWide: true) { .boolean($0.arrivals?.isAtLeast) },
    Field("admissions_at_least", heading: "admissions at least", isWide: true) { .boolean($0.admissions?.isAtLeast) },
    Field("waiting_over", heading: "expired", alignment: .trailing, isWide: true) { .integer($0.placesOver) },
    Field("aside", heading: "aside", isWide: true) { .integer($0.aside) },
    Field("paused_until", heading: "paused until", isWide: true) { .instant(milliseconds: $0.pausedUntilMilliseconds) },
    Field("measured_at", heading: "measured at", isWide: true) { .instant(milliseconds: $0.nowMilliseconds) },
  ]

  /// The columns of a table: those of `fields` that fit, and the time until nobody waits in one column.
  static let columns: [Field<QueueSnapshot>] =
    fields.filter { !$0.isWide } + [
      Field("drain", heading: "empty in (range)", alignment: .trailing, rank: 4) { snapshot in
        guard let drain = snapshot.drain else { return .null }
        let (least, most) = (drain.atLeastMilliseconds, drain.atMostMilliseconds)
        return .text(
          most.map { "\(Figures.duration(milliseconds: least)) to \(Figures.duration(milliseconds: $0))" }
            ?? "at least \(Figures.duration(milliseconds: least))")
      }
    ]

  private static func perMinute(_ flow: Flow?) -> FieldValue {
    guard let flow, let perMinute = flow.perMinute else { return .null }
    return flow.isAtLeast ? .atLeast(perMinute, decimals: 0) : .number(perMinute, decimals: 0)
  }
}
