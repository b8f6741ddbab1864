import Advisor
import Arguments
import Changes
import Failures
import Terminal
import Text

/// `usher index create`: builds an index beside the service that uses the table.
enum IndexCreate: Command {
  static let table = Operand(
    "TABLE", .text.completing(.tables), help: "The table, as in SQL: seat, or public.seat")
  static let columns = OperandList(
    "COLUMN", .text.completing(.columns), minimum: 1,
    help: "A key column, exactly as in the table; may end in ' desc'")
  static let unique = Toggle("unique", help: "Refuse duplicate keys from now on")
  static let condition = Option(
    "where", .text, placeholder: "CONDITION", help: "Index only the rows that match this")
  static let included = ListOption(
    "include", .text.completing(.columns), separator: ",", placeholder: "COLUMN",
    help: "Include these columns for index-only scans")
  static let name = Option(
    "name", .text, placeholder: "NAME", help: "Name of the index, as in SQL")

  static let giveUpAfter = Option(
    "give-up-after", .duration(.milliseconds(1)...), placeholder: "DURATION",
    help: "Cancel the build after this time")

  static let specification = CommandSpecification(
    "create", summary: "Build an index while the table is in use",
    discussion: """
      Runs CREATE INDEX CONCURRENTLY: reads and writes continue. The build waits for older transactions and names the one that \
      it waits for. The first Ctrl-C cancels it. However it ends early, the unfinished index is dropped. An index that exists \
      under any name is not built again.
      """,
    details: """
      The plan first tries the index on an empty copy of the table's columns. A wrong column or condition is found before \
      the build starts, and so is an existing index that is the same. After the build, the command checks in the server's \
      catalog that the index is valid.

      The build never starts beside other work on the table, such as another build, VACUUM or ALTER TABLE: one of the two would \
      end as a deadlock. It waits for that as long as --wait says. If the same index is being built already, for example by \
      an usher that was killed, the command waits until that build ends. If a statement waits for the build and holds up \
      others, the command names it at once.

      On a partitioned table the index is built on each partition in turn, through any depth, and attached. A run that ends early \
      keeps what is done, and the same command continues with the rest.

      An empty table is indexed without CONCURRENTLY, in a moment. With --unique, the table is searched for duplicate keys \
      first, for at most ten seconds.

      This command cannot build indexes on expressions, or with another method than btree.
      """,
    effect: .changes,
    examples: [
      Example(
        "usher index create seat status concert_option_id --dry-run",
        "Show the size, the time, and what the build would wait for"),
      Example("usher index create seat status concert_option_id --yes", "Build the index"),
      Example("usher index create reservation expires_at --where \"status = 'WAITING'\" --yes", "Index only some rows"),
    ],
    operands: [table, columns], options: [unique, condition, included, name, giveUpAfter] + ChangeOptions.withoutRate,
    exitStatuses: [
      ExitStatus(65, "the table or a column does not exist, or the rows violate --unique"),
      ExitStatus(64, "the --name is not a name in SQL, or longer than 63 bytes"),
      ExitStatus(75, "another session works on the table, or --give-up-after has passed"),
      ExitStatus(77, "the role does not own the table, or the server is a standby or a pooler"),
    ], seeAlso: ["index list", "index drop"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    let request = try IndexRequest(
      table: values[table], columns: values[columns].map { IndexColumn(word: $0) }, isUnique: values[unique],
      included: values[included], condition: values[condition], name: values[name])
    if request.name?.isEmpty == true {
      throw Failure(.usage, "--name is empty", hints: ["leave it out to follow PostgreSQL's own way of naming"])
    }
    if let column = request.repeatedColumn {
      throw Failure(
        .usage, "column '\(column)' is given twice", hints: ["name each column once, in COLUMN or --include"])
    }
    try session.change(command: "index create") {
      let plan = try session.indexes().planCreation(request)
      return PlannedChange(proposal(plan), plan)
    } apply: { plan, change in
      try session.indexes().create(
        plan, control: change.control, bounds: bounds(values), observe: observer(session, change))
    }
  }

  private static func partitionDetails(_ plan: IndexCreationPlan) -> [(name: String, value: FieldValue)] {
    guard let partitions = plan.partitions else { return [] }
    return [("partitions", .integer(partitions.all)), ("partitions_remaining", .integer(partitions.remaining))]
  }

  /// How long a build or drop may wait and run, from the options.
  static func bounds(_ values: ParsedValues) -> IndexBuildBounds {
    IndexBuildBounds(wait: values[ChangeOptions.wait] ?? .zero, limit: values[giveUpAfter])
  }

  /// Reports the progress, and keeps the connection of the lock in use.
  static func observer(_ session: Session, _ change: RunningChange) -> (IndexBuildProgress) -> Void {
    let narrator = IndexBuildNarrator(session)
    return {
      narrator.observe($0)
      change.control.keepAlive()
    }
  }

  private static func proposal(_ plan: IndexCreationPlan) -> ChangeProposal {
    let rows = plan.table.estimatedRows.map { ", about \($0.grouped) rows" } ?? ""
    let title = "\(plan.table.schema).\(plan.name)"
    let partitions =
      plan.partitions.map { " with \($0.all.counted("partition")), of which \($0.remaining.grouped) still need it" }
      ?? ""
    return ChangeProposal(
      command: "index create", target: "table \(plan.table.title)",
      place: .postgres(lock: "index \(plan.table.title)"),
      action:
        "create index '\(title)' on '\(plan.table.title)' (\(Figures.bytes(plan.table.bytes))\(rows))\(partitions)",
      count: plan.count,
      warnings: plan.warnings + plan.blockers.map { "the build would wait for \($0.description)" },
      estimate: plan.estimate?.time,
      details: [
        ("index", .text(title)), ("statement", .text(plan.statement)), ("table_bytes", .bytes(plan.table.bytes)),
        ("estimated_rows", .integer(plan.table.estimatedRows)),
        ("estimated_index_min_bytes", plan.estimate.map { .bytes($0.bytes.lowerBound) } ?? .null),
        ("estimated_index_max_bytes", plan.estimate.map { .bytes($0.bytes.upperBound) } ?? .null),
        ("existing_indexes", .list(plan.existing.map { .text($0.definition) })),
      ] + partitionDetails(plan),
      undo: .by(command: "usher index drop \(IndexDrop.word(schema: plan.table.schema, name: plan.name))"),
      nothingToDo: "nothing to do: '\(plan.equal?.title ?? title)' is the same index: \(plan.equal?.definition ?? "")",
      done: { outcome in
        outcome.changed > 0 ? "created index '\(title)' on '\(plan.table.title)'" : "index '\(title)' was not created"
      })
  }
}

extension Session {
  func indexes() throws -> Indexes { Indexes(try postgres(), connect: { try self.newPostgres() }) }
}
