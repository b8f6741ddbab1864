import Arguments
import Failures
import Terminal
import WaitingRoom

/// `usher queue list`: the people of a queue, one per row.
enum QueueList: Command {
  static let active = Toggle("active", help: "List the active people instead of the waiting people")
  static let limit = Option(
    "limit", .integer(1...), placeholder: "N",
    help: "Show at most this many; by default 50 on a terminal, otherwise all")
  static let from = DefaultedOption(
    "from", .integer(1...), default: 1, placeholder: "POSITION", help: "Start at this position; 1 is the front")

  /// What fits on a large screen. `--limit` or a pipe shows more.
  private static let terminalPage = 50

  static let specification = CommandSpecification(
    "list", summary: "List the people who wait, or who are active",
    discussion: """
      Lists people from the front of the line, with position, token, arrival and wait. On a pipe all rows are printed, as \
      they are read and in flat memory.

      With --active, sorted sets are listed in order of their times. Sets and single keys have no order: there the position \
      is null, --from skips that many rows, and a person may be listed twice if the store grows during the listing.
      """,
    details: """
      Rows are read in pages of 1,000, each of which occupies Redis for less than a millisecond.

      People join and leave during the listing. Each page continues behind the last person shown, not at a rank. A person \
      who waits from the start of the listing to its end is listed exactly once, and people who leave do not shift the \
      others. A person who is moved during the listing may be listed twice or not at all. Positions count the rows, and \
      waits are those at the start.

      If scores are expiry times (`score: expiry-ms`), `expires_at` is that end, and arrival and wait are unknown.

      `member` is what the store contains, if that is more than the token. `token` is null if no token can be read from the \
      member.
      """,
    effect: .reads,
    examples: [
      Example("usher queue list", "List the first people in line"),
      Example("usher queue list --from 10001 --limit 20", "List 20 people from position 10,001"),
      Example("usher queue list -o jsonl > waiting.jsonl", "Save all waiting people for a report"),
      Example("usher queue list --active -o csv", "List the active people, with their expiry where the store has it"),
    ],
    options: [QueueOption.queue, QueueOption.all, active, from, limit],
    groups: [.exclusive("--queue", "--all"), .exclusive("--from", "--all")],
    exitStatuses: [
      ExitStatus(65, "a key of the queue does not have the form that its preset describes")
    ],
    seeAlso: ["queue status", "queue show"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    let name = values[QueueOption.queue]
    // Lists several queues only on request.
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
        if Interruption.isRequested { throw Failure(Interruption.failureKind, "the list is not complete") }
      }
    }
    try writer.finish()
    if isActive, session.format == .table, let layout = layouts.first(where: { $0.active is WholeKeySet }) {
      session.note("no expiry is known: \(layout.active.timelessReason ?? "")")
    }
    if isPage, values[limit] == nil, left == 0 {
      let last = values[from] + terminalPage - 1
      let next = values[QueueOption.all] ? "" : "continue with `--from \(last + 1)`, or "
      session.note("rows \(values[from].grouped) to \(last.grouped) are shown; \(next)show more with `--limit`")
    }
  }

  /// All fields in JSON and CSV; in a table only those that have values.
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
