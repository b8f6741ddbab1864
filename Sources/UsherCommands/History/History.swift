import Arguments
import Changes
import Failures
import Terminal

/// `usher history [ID]`: what was changed, by whom and why, in both stores.
enum History: Command {
  static let id = OptionalOperand("ID", .text.completing(.operations), help: "Show this operation in full")
  static let limit = DefaultedOption(
    "limit", .integer(1...100_000), default: 20, placeholder: "N", help: "Show at most this many, the newest first")

  static let specification = CommandSpecification(
    "history", summary: "List what was changed, by whom and why",
    discussion: """
      Reads the history of the changes that usher made, on any machine and by anybody, from the stores that were changed. \
      With an ID, one operation is shown in full, with how to undo it. A configured store that cannot be reached is an \
      error.

      States: `started` is running; `lost` did not finish, because it was killed or lost its server; `partial` had failures; \
      `interrupted` was ended by a signal; `undone` was undone.
      """,
    details: """
      A history without the changes of one store would mislead, so the command fails if a configured store cannot be \
      reached. A single operation is found if the store that has it answers.

      For a lost operation, `changed` says how much was done (for an index build, see `usher index list`). The next change \
      of the same target reports lost operations, and how to undo the part that was done. An interrupted operation ended \
      between two batches.
      """,
    effect: .reads,
    examples: [
      Example("usher history", "List the last 20 operations"),
      Example("usher history --limit 500 -o jsonl", "Print the last 500 operations for a report"),
    ],
    operands: [id], options: [limit], seeAlso: ["undo"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    if let word = values[id] {
      let record = try session.operation(named: word)
      return try session.print(object: record, fields)
    }
    var records: [OperationRecord] = []
    for journal in try session.journals() { records += try journal.list(limit: values[limit]) }
    records.sort { $0.id > $1.id }
    try session.print(records.prefix(values[limit]), fields)
  }

  static let fields: [Field<OperationRecord>] = [
    Field("operation", heading: "operation", giving: .never) { .text($0.id.description) },
    Field("started_at", heading: "started", giving: .wraps, rank: 5) { .instant(milliseconds: $0.startedMilliseconds) },
    Field("command", heading: "command", giving: .never, rank: 1) { .text($0.request.command) },
    Field("target", heading: "target", giving: .wraps, rank: 2) { .text($0.request.target) },
    Field("state", heading: "state", giving: .never) { .text($0.state.rawValue) },
    Field("planned", heading: "planned", alignment: .trailing, rank: 4) { .integer($0.request.planned) },
    Field("changed", heading: "changed", alignment: .trailing, rank: 1) { .integer($0.changed) },
    Field("failed", heading: "failed", alignment: .trailing, rank: 3) { .integer($0.failed) },
    Field("actor", heading: "by", rank: 6) { .text($0.actor) },
    Field("reason", heading: "reason", giving: .wraps, rank: 6) { .text($0.request.reason) },
    Field("store", heading: "store", isWide: true) { .text($0.store.rawValue) },
    Field("context", heading: "context", isWide: true) { .text($0.request.context) },
    Field("command_line", heading: "command line", giving: .never, isWide: true) { .text($0.request.commandLine) },
    Field("ended_at", heading: "ended", isWide: true) { .instant(milliseconds: $0.endedMilliseconds) },
    Field("undo", heading: "undo", giving: .never, isWide: true) { .text($0.request.undo.encoded) },
    Field("undoes", heading: "undoes", giving: .never, isWide: true) { .text($0.request.undoes?.description) },
    Field("undone_by", heading: "undone by", giving: .never, isWide: true) { .text($0.undoneBy?.description) },
  ]
}

extension Session {
  /// The journals of the stores that are configured.
  func journals() throws -> [any OperationJournal] {
    let context = try context()
    var journals: [any OperationJournal] = []
    if context.redis != nil { journals.append(try redisJournal()) }
    if context.postgres != nil { journals.append(try postgresJournal()) }
    guard !journals.isEmpty else {
      // Neither store is configured. The failure says where the settings were searched for.
      _ = try context.require(.redis)
      return []
    }
    return journals
  }

  /// The operation with this id, in whichever store has it.
  func operation(named word: String) throws -> OperationRecord {
    guard let id = OperationID(word) else {
      throw Failure(
        .usage, "'\(word)' is not an operation's id",
        causes: ["an id has 26 letters and digits, like \(OperationID.example)"],
        hints: ["list them with `usher history`"])
    }
    let context = try context()
    let stores: [OperationRecord.Store] =
      (context.redis == nil ? [] : [.redis]) + (context.postgres == nil ? [] : [.postgres])
    if stores.isEmpty { _ = try journals() }
    var silent: Failure?
    for store in stores {
      do {
        if let record = try journal(of: store).find(id) { return record }
      } catch {
        if Interruption.isRequested { throw error }
        silent = silent ?? ErrorReport.failure(for: error)
      }
    }
    // The operation may be in the store that does not answer.
    if var silent {
      silent.causes.append("operation '\(id)' is in no other store")
      throw silent
    }
    throw Failure(
      .badInput, "no store has an operation '\(id)'",
      causes: [
        "Redis keeps records for \(RedisJournal.recordRetentionSeconds / 86_400) days, PostgreSQL without limit"
      ],
      hints: ["list them with `usher history`"])
  }
}
