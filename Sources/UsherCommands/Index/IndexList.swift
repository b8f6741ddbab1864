import Advisor
import Arguments
import Terminal

/// `usher index list`: the indexes that are there.
enum IndexList: Command {
  static let table = OptionalOperand(
    "TABLE", .text.completing(.tables), help: "List only the indexes of this table, as in SQL")

  static let specification = CommandSpecification(
    "list", summary: "List the indexes with their size and use",
    discussion: """
      Lists the indexes of one table or of all tables, with the number of scans since the statistics were last reset. An \
      index that is not valid was left by a failed build, or is being built now. It slows writes down and serves no query.
      """,
    effect: .reads,
    examples: [
      Example("usher index list seat", "List the indexes of one table"),
      Example("usher index list -o json", "Print all indexes with their definitions, for a script"),
    ],
    operands: [table],
    exitStatuses: [
      ExitStatus(65, "the table does not exist")
    ],
    seeAlso: ["index create", "index drop"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    let indexes = Indexes(try session.postgres(), connect: { try session.newPostgres() })
    try session.print(try indexes.list(table: values[table]), fields)
  }

  static let fields: [Field<IndexDescription>] = [
    Field("name", heading: "index", giving: .never) { .text($0.title) },
    Field("table", heading: "table", giving: .never, rank: 3) { .text($0.table) },
    Field("bytes", heading: "size", alignment: .trailing, rank: 1) { .bytes($0.bytes) },
    Field("scans", heading: "scans", alignment: .trailing, rank: 1) { .integer($0.scans) },
    Field("valid", heading: "valid", giving: .never, rank: 2) { .boolean($0.isValid) },
    Field("unique", heading: "unique", giving: .never, rank: 2) { .boolean($0.isUnique) },
    Field("constraint", heading: "constraint", giving: .never, rank: 4) { .text($0.constraint) },
    Field("definition", heading: "definition", giving: .wraps, rank: 5) { .text($0.definition) },
  ]
}
