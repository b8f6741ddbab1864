import Arguments
import Changes
import Configuration
import Failures
import Outbox
import Terminal
import Text

/// `usher outbox replay`: publishes events that are stuck, and marks them.
enum OutboxReplay: UndoableCommand {
  static let status = ListOption(
    "status", .text.completing(.statuses), separator: ",", placeholder: "STATUS",
    help: "Replay events in these states, as the table writes them; without it those of init and fail")
  static let olderThan = DefaultedOption(
    "older-than", .duration, default: .seconds(60),
    help: "Leave younger events to the service, which may be sending them")
  static let types = ListOption(
    "type", .text.completing(.eventTypes), separator: ",", placeholder: "TYPE",
    help: "Replay events of these types only")
  static let ids = ListOption("id", .text, separator: ",", placeholder: "ID", help: "Replay these events only")
  static let limit = Option(
    "limit", .integer(1...), placeholder: "N", help: "Replay at most this many, the oldest first")
  static let destination = Option(
    "to", .choice(OutboxSettings.Publishing.Destination.allCases.map(\.rawValue)),
    help: "Publish there, instead of where the configuration says")
  static let topic = Option(
    "topic", .topicTemplate, help: "Publish to this topic or stream; {column} stands for a column")

  static let specification = CommandSpecification(
    "replay", summary: "Publish stuck events and mark them",
    discussion: """
      Sends events that the service has not published, the oldest first and in order within a key, and marks each row as \
      published once the broker has acknowledged its record. Use it when a producer was down, and other systems were not told.

      Rows are locked in batches and skipped where the service works on them, so both may run at the same time. What is sent \
      stays sent: a run that is killed, and an undo, leave rows to be sent again. Each record carries the row's id in a header, \
      usher-outbox-id unless configured otherwise, by which consumers drop duplicates.

      An event that cannot be sent, because it is too large or its topic refuses it, is named with the reason and left as it was, and \
      so is what follows with the same key, so that its order holds; all others go on. After a hundred such events the run ends, \
      because so many have one cause. A broker that is away, or takes nothing, ends it at once. Both end with 1 where something \
      was published: what arrived is marked, and repeating is safe.

      Rows are found again by their id: where no unique index is over that column alone, the plan looks whether the ids tell the \
      events apart, and nothing is sent when they do not.
      """,
    effect: .changes,
    examples: [
      Example("usher outbox replay --dry-run", "how many events would go where"),
      Example("usher outbox replay --older-than 5m --yes", "replay all that is stuck for five minutes or more"),
      Example("usher outbox replay --id 4711,4712", "replay two events"),
      Example("usher outbox replay --to stdout --yes > events.jsonl", "hand the events to another tool"),
    ],
    options: [status, olderThan, types, ids, limit, destination, topic] + ChangeOptions.all,
    exitStatuses: [
      ExitStatus(
        1,
        "events could not be sent, or a store went away in the middle: what was published is marked, and repeating is safe"
      ),
      ExitStatus(69, "a store cannot be reached, and every event is as it was"),
      ExitStatus(77, "a store refuses it, and every event is as it was"),
      ExitStatus(78, "the table is not as the configuration says, or the ids do not tell its events apart"),
    ],
    seeAlso: ["outbox status"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    var planned: (table: OutboxTable, plan: ReplayPlan, publisher: any OutboxPublisher)?
    try session.change(command: "outbox replay") {
      let table = try session.outbox(topic: values[topic])
      let destination = try session.outboxDestination(values[Self.destination])
      let publisher = try session.publisher(to: destination)
      let plan = try table.planReplay(filter(values), to: publisher)
      var proposal = proposal(plan, table, publisher)
      proposal.leavesOutputAlone = destination == .standardOutput
      // Nothing is asked of the destination when there is nothing for it.
      if plan.count > 0 { proposal.warnings += try publisher.check(topics: plan.topics.map(\.topic)) }
      if plan.count > 0, values[ChangeOptions.dryRun] {
        let missing = try table.missingPrivileges()
        if !missing.isEmpty {
          proposal.warnings.append("the real run would be refused: this role lacks \(missing.joined(separator: ", "))")
        }
      }
      planned = (table, plan, publisher)
      return proposal
    } apply: { operation, _, control in
      guard let planned else { throw Failure(.bug, "a replay was applied without its plan") }
      return try planned.table.replay(
        planned.plan, to: planned.publisher, operation: operation, journal: try session.postgresJournal(),
        control: control)
    }
  }

  private static func filter(_ values: ParsedValues) -> ReplayFilter {
    ReplayFilter(
      statuses: values[status].isEmpty ? nil : values[status], olderThan: values[olderThan], types: values[types],
      ids: values[ids], limit: values[limit])
  }

  private static func proposal(
    _ plan: ReplayPlan, _ table: OutboxTable, _ publisher: any OutboxPublisher
  ) -> ChangeProposal {
    let count = plan.count.counted("event")
    var details: [(name: String, value: FieldValue)] = [
      ("destination", .text(publisher.destination)),
      ("oldest_ms", .milliseconds(plan.oldestMilliseconds)),
      ("topics", .list(plan.topics.map { .object([("topic", .text($0.topic)), ("events", .integer($0.count))]) })),
    ]
    if table.mapping.columns.type != nil {
      details.append(
        ("types", .list(plan.types.map { .object([("type", .text($0.type)), ("events", .integer($0.count))]) })))
    }
    return ChangeProposal(
      command: "outbox replay", target: "outbox \(table.name)", store: .postgres,
      action: "publish \(count) of \(table.name) to \(publisher.destination)", count: plan.count,
      sample: plan.sample.map(line), warnings: plan.warnings + typeWarnings(plan), details: details, undo: .automatic,
      lock: "outbox \(table.name)",
      nothingToDo: "nothing to do: no event of \(table.name) is stuck and fits what was asked for",
      done: { "published \($0.changedText) of \(count)" })
  }

  /// A type that no event has, with what was probably meant.
  private static func typeWarnings(_ plan: ReplayPlan) -> [String] {
    plan.unknownTypes.map { type in
      let near = Spelling.nearest(to: type, among: plan.knownTypes).first
      return "no recent event is of type \"\(type)\"; " + (near.map { "did you mean \"\($0)\"? " } ?? "")
        + "there are \(plan.knownTypes.joined(separator: ", "))"
    }
  }

  private static func line(_ event: ReplayPlan.Event) -> String {
    var words = ["id \(event.id)"]
    if let type = event.type { words.append(type) }
    if let key = event.key { words.append("key \(key)") }
    return (words + [event.status, "waiting for \(Figures.duration(milliseconds: event.ageMilliseconds))"])
      .joined(separator: ", ")
  }

  // MARK: Undo

  static func planUndo(_ record: OperationRecord, _ session: Session) throws -> UndoPlan {
    let plan = try undo(record, session).plan()
    let count = plan.count.counted("event")
    return UndoPlan(
      action: "give \(count) of \(plan.tables.joined(separator: ", ")) their former status back",
      count: plan.count,
      warnings: plan.count > 0 ? plan.warnings : [], lock: record.request.target,
      done: { "gave \($0.changedText) of \(count) their former status back" })
  }

  static func applyUndo(
    _ record: OperationRecord, as undo: OperationID, _ session: Session, _ guardian: ChangeGuard,
    _ control: ChangeControl
  ) throws -> ChangeOutcome {
    try self.undo(record, session).apply(as: undo, control: control)
  }

  private static func undo(_ record: OperationRecord, _ session: Session) throws -> ReplayUndo {
    ReplayUndo(record.id, journal: try session.postgresJournal())
  }
}
