import Arguments
import Changes
import Failures
import Terminal
import Text
import WaitingRoom

/// `usher queue restore`: gives the people back whom a drain has set aside.
enum QueueRestore: Command {
  static let id = OptionalOperand(
    "ID", .text.completing(.operations), help: "The operation, if there are several; see `usher history`")

  static let specification = CommandSpecification(
    "restore", summary: "Give people back who were set aside",
    discussion: """
      Gives everybody the exact score that they had before `usher queue drain`, however long ago that was. People who came \
      meanwhile keep their place: both are merged by score, in batches.

      A person who has joined again gets the earlier place. A person who is active by now stays active and does not wait \
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
      Example("usher queue restore --dry-run", "Show how many people would come back"),
      Example("usher queue restore --yes", "Give everybody back"),
      Example("usher queue restore \(OperationID.example) --yes", "Give back the people of one of several operations"),
    ],
    operands: [id], options: [QueueOption.queue] + ChangeOptions.withoutRate,
    exitStatuses: [
      ExitStatus(65, "a key of the queue does not have the form that its preset describes")
    ],
    seeAlso: ["queue drain", "undo"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    var planned: (room: WaitingRoom, drain: OperationID)?
    try session.change(command: "queue restore") {
      let room = try QueueRepair.room(named: values[QueueOption.queue], session)
      guard let drain = try choose(values[id], room, session) else { return nothing(room) }
      planned = (room, drain)
      var proposal = try plan(room, drain)
      proposal.undoes = drain
      return proposal
    } apply: { operation, held, control in
      guard let (room, drain) = planned else { throw Failure(.bug, "a restore was applied without its plan") }
      return try room.restore(drain, operation: operation, lease: try QueueRepair.lease(held), control: control)
    }
  }

  /// The drain that is meant; nil where nobody is set aside, or no longer by this one.
  private static func choose(_ word: String?, _ room: WaitingRoom, _ session: Session) throws -> OperationID? {
    let asides = try room.asides()
    let names = asides.map { "\($0.drain) (\($0.count.grouped))" }.joined(separator: ", ")
    guard let word else {
      guard asides.count > 1 else { return asides.first?.drain }
      throw Failure(
        .usage, "people of queue '\(room.layout.name)' were set aside \(asides.count.grouped) times: which?",
        hints: ["give the id of one: \(names)"])
    }
    let drain = OperationID(word)
    if let drain, let record = try session.redisJournal().find(drain), record.request.command == "queue drain",
      record.request.target == QueueOption.target(room.layout.name), !asides.contains(where: { $0.drain == drain })
    {
      return nil
    }
    guard let drain, asides.contains(where: { $0.drain == drain }) else {
      throw Failure(
        .badInput, "no people of queue '\(room.layout.name)' are set aside by '\(word)'",
        hints: asides.isEmpty ? ["nobody is set aside; see `usher history`"] : ["these are: \(names)"])
    }
    return drain
  }

  /// What giving the people of a drain back would do now.
  static func plan(_ room: WaitingRoom, _ drain: OperationID) throws -> ChangeProposal {
    try room.checkKeys(of: drain)
    let snapshot = try room.snapshot()
    let count = try room.asides().first { $0.drain == drain }?.count ?? 0
    let people = count.counted("person", plural: "people")
    let others = snapshot.waiting == 0 ? "" : ", between \(snapshot.waiting.grouped) who wait"
    return ChangeProposal(
      command: "queue restore", target: QueueOption.target(snapshot.queue), store: .redis,
      action: "give \(people) back to queue '\(snapshot.queue)'\(others)", count: count,
      warnings: snapshot.warnings, details: snapshot.planDetails,
      undo: .by(command: QueueLayout.command("drain", queue: snapshot.queue)), lock: room.leaseName,
      nothingToDo: "nothing to do: nobody of queue '\(snapshot.queue)' is set aside",
      done: { "gave \($0.changedText("person", plural: "people")) back" })
  }

  private static func nothing(_ room: WaitingRoom) -> ChangeProposal {
    let name = room.layout.name
    return ChangeProposal(
      command: "queue restore", target: QueueOption.target(name), store: .redis,
      action: "give nobody back to queue '\(name)'", count: 0, undo: .none(reason: "nothing was changed"),
      lock: room.leaseName, nothingToDo: "nothing to do: nobody of queue '\(name)' is set aside", done: { _ in "" })
  }
}
