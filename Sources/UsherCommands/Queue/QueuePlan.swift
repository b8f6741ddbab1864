import Arguments
import Changes
import Failures
import Terminal
import WaitingRoom

/// `usher queue plan`: how many to admit per minute, how many are active then, and when the waiting room is empty.
enum QueuePlan: Command {
  static let throughput = Option(
    "throughput", .rate.example("7/s"), placeholder: "RATE", help: "Number of people that the service can serve")
  static let flowTime = Option(
    "flow-time", .duration(.milliseconds(1)...).example("5m"), placeholder: "DURATION",
    help: "Time that a person takes from admission to the end")
  static let headroom = DefaultedOption(
    "headroom", .percent.example("20%"), default: 0, placeholder: "PERCENT",
    help: "Keep this share of the throughput free")
  static let rate = Option(
    "rate", .rate, placeholder: "RATE", help: "Calculate the end of the line at this rate of admissions")
  static let measure = Option(
    "measure", .duration(.seconds(1)...(.seconds(3600))).example("10s"), placeholder: "DURATION",
    help: "Measure the queue for this time first")
  static let history = DefaultedOption(
    "history", .duration(.seconds(60)...(.seconds(86_400))).example("1h"), default: .seconds(3600),
    placeholder: "DURATION",
    help: "Use the admissions by usher of this time")

  static let specification = CommandSpecification(
    "plan", summary: "Calculate how many to admit and when the line is empty",
    discussion: """
      Calculates, from measured or given figures, how many people to admit per minute, how many are active then, and when \
      the waiting room is empty. Each figure has its source. A figure that is not known is null in JSON and names the option \
      that would give it.

      The time until the waiting room is empty is a range. `never` means that at least as many people arrive as are \
      admitted, `perhaps` that the range includes both cases.
      """,
    details: """
      The number to admit is the throughput minus the headroom. The number of active people is Little's law, L = λ · W: the \
      rate of admissions times the time that each person stays. The throughput is the value of --throughput, otherwise the \
      one that --measure saw, otherwise what usher has admitted according to its own history. The flow time is the value of \
      --flow-time, otherwise the one that --measure saw.

      The time until the waiting room is empty uses the value of --rate, otherwise the number to admit, otherwise the people \
      who left the line during --measure. Arrivals come from --measure, otherwise from the scores of people who arrived in \
      the last minute, if scores are arrival times. It is a range because arrivals are counted for a short time only.

      --measure looks once per second who is last in line. People behind that person at the next look have arrived in \
      between. People who left the line by themselves are counted as people who left it.
      """,
    effect: .reads,
    examples: [
      Example(
        "usher queue plan --throughput 7/s --flow-time 5m --headroom 20%",
        "Admit 336 people per minute, with 1,680 people active"),
      Example("usher queue plan --rate 420/min", "Show when the waiting room is empty at 420 admissions per minute"),
      Example("usher queue plan --measure 10s -o json", "Measure everything at the queue, for a script"),
    ],
    options: [QueueOption.queue, throughput, flowTime, headroom, rate, measure, history],
    exitStatuses: [
      ExitStatus(65, "a key of the queue does not have the form that its preset describes")
    ],
    seeAlso: ["queue status", "queue admit"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    let layout = try session.queueLayout(named: values[QueueOption.queue])
    let room = WaitingRoom(layout, on: try session.redis())
    var measurement: QueueMeasurement?
    if let length = values[measure] {
      measurement = try room.measure(for: length, isInterrupted: { Interruption.isRequested })
      guard measurement != nil else {
        throw Failure(Interruption.failureKind, "stopped before the measurement was complete")
      }
    }
    let journal = try session.redisJournal()
    let now = try journal.serverMilliseconds()
    // More than one run per minute for a day.
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
