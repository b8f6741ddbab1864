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
    help: "Publish these statuses; by default init and fail")
  static let olderThan = DefaultedOption(
    "older-than", .duration, default: .seconds(60),
    help: "Leave newer events to the service")
  static let types = ListOption(
    "type", .text.completing(.eventTypes), separator: ",", placeholder: "TYPE",
    help: "Publish only events of these types")
  static let ids = ListOption("id", .text, separator: ",", placeholder: "ID", help: "Publish only these events")
  static let limit = Option(
    "limit", .integer(1...), placeholder: "N", help: "Publish at most this many, the oldest first")
  static let destination = Option(
    "to", .choice(OutboxSettings.Publishing.Destination.allCases.map(\.rawValue)),
    help: "Publish there instead of the configured destination")
  static let topic = Option(
    "topic", .topicTemplate, help: "Publish to this topic; {column} is replaced")

  static let specification = CommandSpecification(
    "replay", summary: "Publish stuck events and mark them",
    discussion: """
      Publishes events that the service has not published, the oldest first and in order within a key, and marks each row after \
      the broker has acknowledged its record. Published records stay published, also after `usher undo`.

      An event that cannot be published is named with the reason and left unchanged, as are later events with the same key. \
      Repeating the command is safe.
      """,
    details: """
      Use it when a producer failed and other systems were not informed. The service can run at the same time.

      Rows are locked in batches. Rows that the service is working on are skipped. If a run is killed, or undone, rows may \
      be published again. Each record therefore carries the id of its row in a header, by default usher-outbox-id, so that \
      consumers can discard duplicates.

      An event cannot be published if it is too large, or if its topic refuses it. After a hundred such events the run ends, \
      because so many failures have a common cause. It ends at once if the broker is down or accepts nothing. In both cases \
      the exit status is 1 if something was published: published events are marked.

      Rows are found again by their id. If no unique index covers that column alone, the plan checks whether the ids are \
      unique, and nothing is published if they are not.
      """,
    effect: .changes,
    examples: [
      Example("usher outbox replay --dry-run", "Show how many events would be published, and where"),
      Example("usher outbox replay --older-than 5m --yes", "Publish the events that have been stuck for five minutes"),
      Example("usher outbox replay --to stdout --yes > events.jsonl", "Pass the events to another tool"),
    ],
    options: [status, olderThan, types, ids, limit, destination, topic] + ChangeOptions.all,
    exitStatuses: [
      ExitStatus(1, "some events could not be published, or a store failed during the run"),
      ExitStatus(69, "a store cannot be reached, and all events are unchanged"),
      ExitStatus(77, "a store refused it, and all events are unchanged"),
      ExitStatus(78, "the table differs from the configuration, or the ids are not unique"),
    ],
    seeAlso: ["outbox status"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
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
      return PlannedChange(proposal, (table, plan, publisher))
    } apply: { planned, change in
      let (table, plan, publisher) = planned
      return try table.replay(
        plan, to: publisher, operation: change.id, journal: try session.postgresJournal(), control: change.control)
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
      command: "outbox replay", target: "outbox \(table.name)",
      place: .postgres(lock: "outbox \(table.name)"),
      action: "publish \(count) of \(table.name) to \(publisher.destination)", count: plan.count,
      sample: plan.sample.map(line), warnings: plan.warnings + typeWarnings(plan), details: details, undo: .automatic,
      nothingToDo: "nothing to do: no event of \(table.name) is stuck and fits what was asked for",
      done: { "published \($0.changedText) of \(count)" })
  }

  /// A type that no event has, with what was probably meant.
  private static func typeWarnings(_ plan: ReplayPlan) -> [String] {
    plan.unknownTypes.map { type in
      let near = Spelling.nearest(to: type, among: plan.knownTypes).first
      return "no recent event is of type '\(type)'; " + (near.map { "did you mean '\($0)'? " } ?? "")
        + "there are \(plan.knownTypes.map { "'\($0)'" }.joined(separator: ", "))"
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
    let undo = ReplayUndo(record.id, journal: try session.postgresJournal())
    let plan = try undo.plan()
    let count = plan.count.counted("event")
    return UndoPlan(
      action: "restore the former status of \(count) of \(plan.tables.joined(separator: ", "))",
      count: plan.count,
      warnings: plan.count > 0 ? plan.warnings : [], place: .postgres(lock: record.request.target),
      done: { "restored the former status of \($0.changedText) of \(count)" },
      apply: { try undo.apply(as: $0.id, control: $0.control) })
  }
}
