import Arguments
import Failures
import Terminal
import WaitingRoom

/// `usher queue list`: the people of a queue, one a row.
enum QueueList: Command {
  static let active = Toggle("active", help: "List those who were admitted, not those who wait")
  static let limit = Option(
    "limit", .integer(1...), placeholder: "N", help: "Show so many at most; on a terminal 50, else all, when absent")
  static let from = DefaultedOption(
    "from", .integer(1...), default: 1, placeholder: "POSITION", help: "Begin at this position; 1 is the front")

  /// What fits on a large screen; who wants more says so, or uses a pipe.
  private static let terminalPage = 50

  static let specification = CommandSpecification(
    "list", summary: "List the people who wait, or those who are active",
    discussion: """
      Lists from the front of the line, with position, token, arrival and wait. On a pipe all rows come: they are written as they \
      are read, in pages of a thousand that hold Redis for less than a millisecond each, in flat memory.

      People come and go meanwhile. The list goes on behind the last person that it has shown, not at a rank: whoever waits from \
      its start to its end is in it exactly once, and nobody else's leaving shifts the rest. Somebody who is moved meanwhile may \
      be in it twice or not at all. Positions count the rows, and waits are those at the start.

      With --active, sorted sets are listed by their time. Sets and keys have no order: there the position is null, --from only \
      passes over so many, and somebody may come twice when the store grows meanwhile.

      Where scores are the end of a place (`score: expiry-ms`), `expires_at` is that end, and nobody's arrival or wait is known.

      `member` is what the store holds, where that is more than the token; a token that cannot be read out of it is null.
      """,
    effect: .reads,
    examples: [
      Example("usher queue list", "the first in line"),
      Example("usher queue list --from 10001 --limit 20", "who stands at 10,001 and behind"),
      Example("usher queue list -o jsonl > waiting.jsonl", "everybody, for a report"),
      Example(
        "usher queue list --active -o csv", "those who were admitted, with their expiry where the store tells it"),
    ],
    options: [QueueOption.queue, QueueOption.all, active, from, limit],
    groups: [.exclusive("--queue", "--all"), .exclusive("--from", "--all")],
    exitStatuses: [ExitStatus(65, "a key of the queue holds something else than its preset says")],
    seeAlso: ["queue status", "queue show"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    let name = values[QueueOption.queue]
    // Rows of several queues make sense only where that was asked for.
    let layouts = try values[QueueOption.all] ? session.queueLayouts(named: nil) : [session.queueLayout(named: name)]
    let isPage = session.format == .table && session.output.isTerminal
    var left = values[limit] ?? (isPage ? terminalPage : nil)
    let isActive = values[active]
    let shown = fields(
      isActive: isActive, hasUsers: layouts.contains { $0.member != .token },
      hasArrivals: layouts.contains { !$0.score.isExpiry }, hasExpiries: layouts.contains { $0.score.isExpiry },
      ofSeveral: layouts.count > 1)
    var writer = RowWriter(shown, format: session.format, to: session.output)
    let redis = try session.redis()
    for layout in layouts where left != 0 {
      let room = WaitingRoom(layout, on: redis)
      let start = values[from] - 1
      let people =
        try isActive ? room.activePeople(from: start, limit: left) : room.waitingPeople(from: start, limit: left)
      while let page = try people.nextPage() {
        for person in page { try writer.write(person) }
        left = left.map { $0 - page.count }
        if Interruption.isRequested { throw Failure(Interruption.failureKind, "the list is not whole") }
      }
    }
    try writer.finish()
    if isActive, session.format == .table, let layout = layouts.first(where: { $0.active is WholeKeySet }) {
      session.note("no expiry is known: \(layout.active.timelessReason ?? "")")
    }
    if isPage, values[limit] == nil, left == 0 {
      session.note(
        "these are the first \(terminalPage); go on with --from \(values[from] + terminalPage), or say --limit")
    }
  }

  /// All of them in JSON and CSV; in a table those that say something.
  private static func fields(
    isActive: Bool, hasUsers: Bool, hasArrivals: Bool, hasExpiries: Bool, ofSeveral: Bool
  ) -> [Field<Person>] {
    [
      Field("queue", heading: "queue", giving: .never, isWide: !ofSeveral) { .text($0.queue) },
      Field("position", heading: "position", alignment: .trailing) { .integer($0.position) },
      Field("token", heading: "token", giving: .never) { .text($0.token) },
      Field("user", heading: "user", giving: .never, rank: 1, isWide: !hasUsers) { .text($0.user) },
      Field("score", heading: "score", alignment: .trailing, isWide: true) {
        $0.score.map { .number($0, decimals: 0) } ?? .null
      },
      Field("arrived_at", heading: "arrived", giving: .wraps, rank: 3, isWide: isActive || !hasArrivals) {
        .instant(milliseconds: $0.arrivedMilliseconds)
      },
      Field("waited_ms", heading: "waited", alignment: .trailing, rank: 2, isWide: isActive || !hasArrivals) {
        .milliseconds($0.waitedMilliseconds)
      },
      Field("admitted_at", heading: "admitted", giving: .wraps, rank: 3, isWide: !isActive) {
        .instant(milliseconds: $0.admittedMilliseconds)
      },
      Field("expires_at", heading: "expires", giving: .wraps, rank: 2, isWide: !isActive && !hasExpiries) {
        .instant(milliseconds: $0.expiresMilliseconds)
      },
      Field("member", heading: "member", isWide: true) { .text($0.member) },
    ]
  }
}
