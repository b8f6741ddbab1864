import Arguments
import Changes
import Failures
import Terminal
import WaitingRoom

/// `usher queue plan`: how many to admit a minute, how many to hold active, and when the room is empty.
enum QueuePlan: Command {
  static let throughput = Option(
    "throughput", .rate.example("7/s"), placeholder: "RATE", help: "What the service sees through at most")
  static let flowTime = Option(
    "flow-time", .duration(.milliseconds(1)...).example("5m"), placeholder: "TIME",
    help: "How long somebody takes from admission to end")
  static let headroom = DefaultedOption(
    "headroom", .percent.example("20%"), default: 0, placeholder: "PERCENT",
    help: "Leave this share of the throughput free")
  static let rate = Option(
    "rate", .rate, placeholder: "RATE", help: "Say when the room is empty at this many admissions a time")
  static let measure = Option(
    "measure", .duration(.seconds(1)...(.seconds(3600))).example("10s"), placeholder: "TIME",
    help: "Look at the queue for this long first")
  static let history = DefaultedOption(
    "history", .duration(.seconds(60)...(.seconds(86_400))).example("1h"), default: .seconds(3600), placeholder: "TIME",
    help: "Count what usher has admitted in this time")

  static let specification = CommandSpecification(
    "plan", summary: "Work out how many to admit, and when the room is empty",
    discussion: """
      For before a sale, and for the question in its middle: how fast may people be let in, how many are active then, and when \
      is the waiting room empty? Reads only. Every figure comes with its source, and one that is not known is null in JSON and \
      says which option would give it; nothing is guessed.

      How many to admit is the throughput less the headroom. How many to hold active is Little's law, L = λ · W: those who \
      are admitted in a time, times the time that each stays. The throughput is what --throughput says, else what --measure \
      saw, else what usher has admitted by its own history. The flow time is what --flow-time says, else that of --measure.

      When the room is empty is reckoned with --rate, else with what is to be admitted, else with what leaves the line by --measure; \
      and with the arrivals of now, by --measure, else by the scores of those who came in the last minute, where scores are \
      arrivals. It is a range, because arrivals are counted for a short time only; `never` means that as many come as are \
      admitted, or more, and `perhaps` that the range holds both.

      --measure looks once a second who is last in line: who stands behind that one at the next look has come. Who leaves the \
      line by themselves counts as having left it.
      """,
    effect: .reads,
    examples: [
      Example("usher queue plan --throughput 7/s --flow-time 5m --headroom 20%", "336 a minute, and 1,680 active"),
      Example("usher queue plan --rate 420/min", "when is the room empty, if 420 a minute are admitted?"),
      Example("usher queue plan --measure 10s -o json", "all from what the queue does now, for a script"),
    ],
    options: [QueueOption.queue, throughput, flowTime, headroom, rate, measure, history],
    exitStatuses: [ExitStatus(65, "a key of the queue holds something else than its preset says")],
    seeAlso: ["queue status", "queue admit"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    let layout = try session.queueLayout(named: values[QueueOption.queue])
    let room = WaitingRoom(layout, on: try session.redis())
    var measurement: QueueMeasurement?
    if let length = values[measure] {
      measurement = try room.measure(for: length, isInterrupted: { Interruption.isRequested })
      guard measurement != nil else { throw Failure(Interruption.failureKind, "ended before the measurement was over") }
    }
    let journal = try session.redisJournal()
    let now = try journal.serverMilliseconds()
    // A run a minute, over a day at most, is less than this.
    let records = try journal.list(limit: 1500)
    let advice = AdmissionAdvice(
      AdviceInputs(
        snapshot: try room.measure(), throughput: values[throughput]?.perSecond,
        flowSeconds: values[flowTime].map { $0 / .seconds(1) }, headroomPercent: values[headroom],
        rate: values[rate]?.perSecond, measurement: measurement,
        history: AdmissionHistory(
          records, target: QueueOption.target(layout.name), since: now - values[history].milliseconds, now: now)))
    guard session.format == .table else { return try session.print(object: advice, QueuePlanFields.all) }
    for warning in advice.warnings { session.warn("queue '\(layout.name)': \(warning)") }
    try session.print(object: advice, QueuePlanFields.lines)
  }
}
