import Arguments
import Changes
import Failures
import Terminal
import Text
import WaitingRoom

/// `usher queue unpark`: returns people who were set aside.
enum QueueUnpark: Command {
  static let id = OptionalOperand(
    "ID", .text.completing(.operations), help: "The operation, if there are several; see `usher history`")

  static let specification = CommandSpecification(
    "unpark", summary: "Return people who were set aside",
    discussion: """
      Returns everybody with the exact score that they had before `usher queue park`, however long ago that was. People who \
      came meanwhile keep their position: both are merged by score, in batches.

      A person who has joined again gets the earlier position. A person who is active by now stays active and does not wait \
      again.
      """,
    details: """
      If nobody came meanwhile, it is one step. Otherwise the smaller set is merged into the larger one in batches of 200. \
      At every moment everybody is in exactly one of the two sets, and the next run continues a run that was killed. If \
      fewer people came than were set aside, those who came are out of the waiting room during the merge, so Ctrl-C waits \
      for its end, one or two seconds.

      People who are active by now are found before the first step, by a scan of the active store, in every form and under \
      any name.
      """,
    effect: .changes,
    examples: [
      Example("usher queue unpark --dry-run", "Show how many people would be returned"),
      Example("usher queue unpark --yes", "Return everybody"),
      Example("usher queue unpark \(OperationID.example) --yes", "Return the people of one of several operations"),
    ],
    operands: [id], options: [QueueOption.queue] + ChangeOptions.withoutRate,
    exitStatuses: [
      ExitStatus(65, "a key of the queue does not have the form that its preset describes")
    ],
    seeAlso: ["queue park", "undo"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    try session.change(command: "queue unpark") {
      let room = try QueueRepair.room(named: values[QueueOption.queue], session)
      guard let parking = try choose(values[id], room, session) else { return PlannedChange(nothing(room), nil) }
      var proposal = try plan(room, parking)
      proposal.undoes = parking
      return PlannedChange(proposal, (room, parking))
    } apply: { (planned: (room: WaitingRoom, parking: OperationID)?, change) in
      // Nothing is applied where nobody is set aside.
      try planned.map { try $0.room.unpark($0.parking, change) } ?? ChangeOutcome()
    }
  }

  /// The operation that the ID names; nil if nobody is set aside, or no longer by this operation.
  private static func choose(_ word: String?, _ room: WaitingRoom, _ session: Session) throws -> OperationID? {
    let parked = try room.parked()
    let names = parked.map { "\($0.operation) (\($0.count.grouped))" }.joined(separator: ", ")
    guard let word else {
      guard parked.count > 1 else { return parked.first?.operation }
      throw Failure(
        .usage, "people of queue '\(room.layout.name)' were set aside by \(parked.count.grouped) operations",
        hints: ["give the ID of one of them: \(names)"])
    }
    let parking = OperationID(word)
    if let parking, let record = try session.redisJournal().find(parking), record.request.command == "queue park",
      record.request.target == QueueOption.target(room.layout.name),
      !parked.contains(where: { $0.operation == parking })
    {
      // Fails where the people are set aside beside another waiting key.
      _ = try QueueRepair.room(of: record, session)
      return nil
    }
    guard let parking, parked.contains(where: { $0.operation == parking }) else {
      throw Failure(
        .badInput, "no people of queue '\(room.layout.name)' are set aside by operation '\(word)'",
        hints: parked.isEmpty
          ? ["nobody is set aside; see `usher history`"] : ["operations with people set aside: \(names)"])
    }
    return parking
  }

  /// What returning the people that this operation has set aside would do now.
  static func plan(_ room: WaitingRoom, _ parking: OperationID) throws -> ChangeProposal {
    try room.checkKeys(of: parking)
    let snapshot = try room.snapshot()
    let count = try room.parked().first { $0.operation == parking }?.count ?? 0
    let people = count.counted("person", plural: "people")
    let others =
      snapshot.waiting == 0 ? "" : ", between the \(snapshot.waiting.counted("person", plural: "people")) waiting there"
    return ChangeProposal(
      command: "queue unpark", target: QueueOption.target(snapshot.queue), place: .redis(room.keys),
      action: "return \(people) to queue '\(snapshot.queue)'\(others)", count: count,
      warnings: snapshot.warnings, details: snapshot.planDetails,
      undo: .by(command: QueueLayout.command("park", queue: snapshot.queue)),
      nothingToDo: "nothing to do: nobody of queue '\(snapshot.queue)' is set aside",
      done: { "returned \($0.changedText("person", plural: "people"))" })
  }

  private static func nothing(_ room: WaitingRoom) -> ChangeProposal {
    let name = room.layout.name
    return ChangeProposal(
      command: "queue unpark", target: QueueOption.target(name), place: .redis(room.keys),
      action: "return nobody to queue '\(name)'", count: 0, undo: .none(reason: "nothing was changed"),
      nothingToDo: "nothing to do: nobody of queue '\(name)' is set aside", done: { _ in "" })
  }
}
