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
    "where", .text, placeholder: "CONDITION", help: "Index only the rows that match this SQL condition")
  static let included = ListOption(
    "include", .text.completing(.columns), separator: ",", placeholder: "COLUMN",
    help: "Include these columns for index-only scans")
  static let name = Option(
    "name", .text, placeholder: "NAME", help: "Name of the index; by default as PostgreSQL names it")

  static let specification = CommandSpecification(
    "create", summary: "Build an index while the table is in use",
    discussion: """
      Runs CREATE INDEX CONCURRENTLY: reads and writes continue. The build has no time limit, waits for older transactions \
      and names the session that it waits for. If the index exists already under any name, there is nothing to do.

      The first Ctrl-C cancels the build. However a build ends early, the unfinished index is dropped.
      """,
    details: """
      The plan first tries the index on an empty copy of the table's columns. A wrong column or condition is found before \
      the build starts, and so is an existing index that is the same. After the build, the command checks in the server's \
      catalog that the index is valid.

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
    operands: [table, columns], options: [unique, condition, included, name] + ChangeOptions.withoutRate,
    exitStatuses: [
      ExitStatus(65, "the table or a column does not exist, or the rows violate --unique"),
      ExitStatus(75, "somebody else is building the same index"),
      ExitStatus(77, "the role does not own the table, it is a system table, or the server is a standby"),
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
      try session.indexes().create(plan, control: change.control, observe: IndexBuildNarrator(session).observe)
    }
  }

  private static func proposal(_ plan: IndexCreationPlan) -> ChangeProposal {
    let rows = plan.table.estimatedRows.map { ", about \($0.grouped) rows" } ?? ""
    let title = "\(plan.table.schema).\(plan.name)"
    return ChangeProposal(
      command: "index create", target: "table \(plan.table.title)",
      place: .postgres(lock: "index \(plan.table.title)"),
      action: "create index '\(title)' on '\(plan.table.title)' (\(Figures.bytes(plan.table.bytes))\(rows))",
      count: plan.count,
      warnings: plan.warnings + plan.blockers.map { "the build would wait for \($0.description)" },
      estimate: plan.estimate?.time,
      details: [
        ("index", .text(title)), ("statement", .text(plan.statement)), ("table_bytes", .bytes(plan.table.bytes)),
        ("estimated_rows", .integer(plan.table.estimatedRows)),
        ("estimated_index_min_bytes", plan.estimate.map { .bytes($0.bytes.lowerBound) } ?? .null),
        ("estimated_index_max_bytes", plan.estimate.map { .bytes($0.bytes.upperBound) } ?? .null),
        ("existing_indexes", .list(plan.existing.map { .text($0.definition) })),
      ], undo: .by(command: "usher index drop \(IndexDrop.word(schema: plan.table.schema, name: plan.name))"),
      nothingToDo: "nothing to do: '\(plan.equal?.title ?? title)' is the same index: \(plan.equal?.definition ?? "")",
      done: { outcome in
        outcome.changed > 0 ? "created index '\(title)' on '\(plan.table.title)'" : "index '\(title)' was not created"
      })
  }
}

extension Session {
  func indexes() throws -> Indexes { Indexes(try postgres(), connect: { try self.newPostgres() }) }
}
