import Arguments
import Failures
import Redis
import Terminal
import Text
import WaitingRoom

/// `usher queue show`: where one person is.
enum QueueShow: Command {
  static let token = OptionalOperand("TOKEN", .text, help: "The token, or the whole member, as the service issued it")
  static let user = Option(
    "user", .text, placeholder: "ID", help: "Look up this user, if members contain user ids")
  static let measure = Option(
    "measure", .duration(.milliseconds(100)...), placeholder: "DURATION",
    help: "Look twice at this interval, and estimate from the difference")

  static let specification = CommandSpecification(
    "show", summary: "Show where one person is in the queue",
    discussion: """
      Shows whether the person waits, is active, was set aside or is unknown to the queue. It prints the position, the \
      number of people in front, the wait so far, and the expiry of the admission or of the position if the store has it.

      The estimate is the time until admission, as a range. It is based on the admissions of the last minutes in the active \
      store or, with --measure, on the people in front who left the line. If nothing was measured, it is null, and `basis` \
      gives the reason.
      """,
    details: """
      The estimate without --measure uses the admissions of the last minute and of the last five minutes.

      If members are tokens, the command takes two round trips to Redis. If members contain more than the token, the queue \
      is scanned in small pages.
      """,
    effect: .reads,
    examples: [
      Example(
        "usher queue show 9f2c41d0-7be1-4c55-a4f0-2f6f5f1f9c11", "Show the position and the estimated wait of a token"),
      Example("usher queue show --user 1042 --queue tickets/42", "Look up a user, if members contain user ids"),
      Example(
        "usher queue show 9f2c41d0-7be1-4c55-a4f0-2f6f5f1f9c11 --measure 10s",
        "Measure how fast the line moves first"),
    ],
    operands: [token], options: [QueueOption.queue, user, measure], groups: [.oneOf("TOKEN", "--user")],
    exitStatuses: [
      ExitStatus(0, "the person is in the queue"),
      ExitStatus(1, "the person is not in this queue"),
      ExitStatus(65, "a key of the queue does not have the form that its preset describes"),
    ],
    seeAlso: ["queue list", "queue status"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    let query: PersonQuery =
      if let id = values[user] { .user(RedisArgument(ByteNotation.reading(id.utf8))) } else {
        .token(RedisArgument(ByteNotation.reading((values[token] ?? "").utf8)))
      }
    let room = WaitingRoom(try session.queueLayout(named: values[QueueOption.queue]), on: try session.redis())
    var found = try room.find(query)
    if let span = values[measure], let first = found.ahead, found.state == .waiting {
      let clock = ContinuousClock()
      let start = clock.now
      Interruption.sleep(span)
      if Interruption.isRequested { throw Failure(Interruption.failureKind, "the measurement is not complete") }
      let again = try room.find(query, outflow: nil)
      let left = again.ahead.map { first - $0 } ?? first + 1
      found =
        again.state == .waiting
        ? try room.find(query, outflow: Flow(count: max(0, left), windowMilliseconds: (clock.now - start).milliseconds))
        : again
    }
    try session.print(object: found, fields)
    if session.format == .table { for warning in found.warnings { session.warn(warning) } }
    guard found.state != .unknown else {
      throw Failure(
        .failed, "\(values[user] == nil ? "token" : "user") not found in queue '\(room.layout.name)'",
        causes: [found.basis],
        hints: ["people who have finished, or whose admission has expired, are no longer in the queue"])
    }
  }

  static let fields: [Field<Whereabouts>] = [
    Field("queue", heading: "queue", giving: .never) { .text($0.person.queue) },
    Field("state", heading: "state") { .text($0.state.rawValue) },
    Field("token", heading: "token", giving: .never) { .text($0.person.token) },
    Field("user", heading: "user", giving: .never) { .text($0.person.user) },
    Field("position", heading: "position") { .integer($0.person.position) },
    Field("ahead", heading: "in front") { .integer($0.ahead) },
    Field("waiting", heading: "waiting in all") { .integer($0.waiting) },
    Field("score", heading: "score") { $0.person.score.map { .number($0, decimals: 0) } ?? .null },
    Field("arrived_at", heading: "arrived") { .instant(milliseconds: $0.person.arrivedMilliseconds) },
    Field("waited_ms", heading: "waited") { .milliseconds($0.person.waitedMilliseconds) },
    Field("estimate_at_least_ms", heading: "admitted in at least") {
      .milliseconds($0.estimate?.atLeastMilliseconds)
    },
    Field("estimate_at_most_ms", heading: "admitted in at most") { .milliseconds($0.estimate?.atMostMilliseconds) },
    Field("basis", heading: "because") { .text($0.basis) },
    Field("admitted_at", heading: "admitted") { .instant(milliseconds: $0.person.admittedMilliseconds) },
    Field("expires_at", heading: "expires") { .instant(milliseconds: $0.person.expiresMilliseconds) },
    Field("aside_by", heading: "set aside by", giving: .never) { .text($0.asideBy?.description) },
    Field("member", heading: "member", giving: .never) { .text($0.person.member) },
    Field("warnings", heading: "warnings") { .list($0.warnings.map { .text($0) }) },
  ]
}
