import Arguments
import Failures
import Glibc
import Redis
import Terminal
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
      that still wait, and the admitted of the last minute that are still active, so both are at the least; where the store keeps \
      no such times the field is null. With --watch they are counted from look to look, over the last minute of looks: who came \
      behind the last in line, and who has left the line. The time until nobody waits is a range: what the two paces allow if they stay, a count of n taken as (√n ± \
      1)²; null where one is unknown, or more come than go.

      A queue of several that cannot be read is named on standard error, and the others are shown: exit status 1. A script that \
      reads JSON finds those others in the array.

      --watch repeats until Ctrl-C. With -o jsonl it prints a record a look and queue. The concerts of a family are those of the \
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
      .failed, "\(Figures.count(first.failures.count)) of \(Figures.count(rooms.count, "queue")) cannot be read",
      causes: first.failures.map { "queue '\($0.queue)': \($0.failure.withCause)" },
      hints: first.failures.first?.failure.hints ?? [])
  }

  /// Looks until a signal comes, which is no failure here.
  private static func repeatedly(_ rooms: [WaitingRoom], _ first: Look, _ pause: Duration, _ session: Session) throws {
    var look = first
    var writer = RowWriter(fields, format: session.format, to: session.output)
    defer { if Interruption.signalNumber == SIGINT { try? session.output.eraseLine() } }
    var said: [String] = []
    while true {
      if session.format == .table {
        try draw(look, after: said, session, for: pause)
      } else {
        for snapshot in look.snapshots { try writer.write(snapshot) }
        try session.output.flush()
        tell(look.troubles, after: said, session)
        Interruption.sleep(pause)
      }
      said = look.troubles
      guard !Interruption.isRequested, let next = try look.again(rooms) else { return }
      look = next
    }
  }

  /// Says once what cannot be read, and that it can again.
  private static func tell(_ troubles: [String], after said: [String], _ session: Session) {
    guard troubles != said else { return }
    for trouble in troubles { session.warn(trouble) }
    if troubles.isEmpty { session.note("all queues can be read again") }
  }

  /// Shows the figures until the next look is due; a terminal of which the size has changed meanwhile is drawn anew.
  private static func draw(_ look: Look, after said: [String], _ session: Session, for pause: Duration) throws {
    let screen = session.output
    guard screen.isErasable else {
      if !look.snapshots.isEmpty { try show(look.snapshots, session) }
      try screen.flush()
      tell(look.troubles, after: said, session)
      return Interruption.sleep(pause)
    }
    let clock = ContinuousClock()
    let end = clock.now + pause
    var width = screen.width
    repeat {
      try screen.together {
        try screen.write("\u{1B}[H\u{1B}[2J")
        if !look.snapshots.isEmpty { try session.print(look.snapshots, fields) }
      }
      remark(on: look.snapshots, session)
      // The screen was cleared, and what was said with it.
      tell(look.troubles, after: look.troubles.isEmpty ? said : [], session)
      while !Interruption.isRequested, clock.now < end, screen.width == width {
        Interruption.sleep(min(.milliseconds(100), end - clock.now))
      }
      width = screen.width
    } while !Interruption.isRequested && clock.now < end
  }

  private static func show(_ snapshots: [QueueSnapshot], _ session: Session) throws {
    try session.print(snapshots, fields)
    if session.format == .table { remark(on: snapshots, session) }
  }

  /// Says what a figure does not.
  private static func remark(on snapshots: [QueueSnapshot], _ session: Session) {
    for snapshot in snapshots {
      for warning in snapshot.warnings { session.warn("queue '\(snapshot.queue)': \(warning)") }
      if let until = snapshot.pausedUntilMilliseconds {
        session.note("queue '\(snapshot.queue)' is paused until \(Timestamp.short(milliseconds: until))")
      }
      if let over = snapshot.placesOver, over > 0 {
        session.note("queue '\(snapshot.queue)': the places of \(Figures.count(over)) who wait have ended")
      }
      if let aside = snapshot.aside, aside > 0 {
        let restore = QueueLayout.command("restore", queue: snapshot.queue)
        let verb = aside == 1 ? "is" : "are"
        session.note(
          "queue '\(snapshot.queue)': \(Figures.count(aside)) \(verb) set aside; give them back with `\(restore)`")
      }
    }
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
    Field("waiting_over", heading: "over", alignment: .trailing, isWide: true) { .integer($0.placesOver) },
    Field("aside", heading: "aside", isWide: true) { .integer($0.aside) },
    Field("paused_until", heading: "paused until", isWide: true) { .instant(milliseconds: $0.pausedUntilMilliseconds) },
    Field("measured_at", heading: "measured at", isWide: true) { .instant(milliseconds: $0.nowMilliseconds) },
  ]

  private static func pace(_ flow: Flow?) -> FieldValue {
    flow?.perMinute.map { .number($0, decimals: 0) } ?? .null
  }
}
