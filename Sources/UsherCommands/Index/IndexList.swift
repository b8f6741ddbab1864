import Advisor
import Arguments
import Terminal

/// `usher index list`: the indexes that exist.
enum IndexList: Command {
  static let table = Option(
    "table", .text.completing(.tables), placeholder: "TABLE", help: "List only the indexes of this table, as in SQL")
  static let unused = Toggle("unused", help: "List only indexes that no query has used and that enforce nothing")
  static let invalid = Toggle("invalid", help: "List only indexes that a failed build left, or that lack partitions")
  static let redundant = Toggle("redundant", help: "List only indexes that another index of the table replaces")

  static let specification = CommandSpecification(
    "list", summary: "List the indexes with their size and use",
    discussion: """
      Lists the indexes of one table or of all tables, with the number of scans since the statistics were last reset. An \
      invalid index was left by a failed build: it slows writes down and serves no query. An incomplete one is that of a \
      partitioned table and lacks some partitions.
      """,
    details: """
      Scans are those of the server that usher is connected to. A standby counts its own: look there too before you drop an \
      index that seems unused.

      An index is redundant if another valid index of the table has the same method, condition and included columns, and \
      begins with the same keys. Unique indexes and those of constraints are never called redundant or unused.
      """,
    effect: .reads,
    examples: [
      Example("usher index list --table seat", "List the indexes of one table"),
      Example("usher index list --unused", "List indexes that no query has used"),
      Example("usher index list -o json", "Print all indexes with their definitions, for a script"),
    ],
    options: [table, unused, invalid, redundant],
    exitStatuses: [
      ExitStatus(65, "the table does not exist")
    ],
    seeAlso: ["index create", "index drop"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    var filter = Indexes.Filter(table: values[table])
    filter.isUnused = values[unused]
    filter.isInvalid = values[invalid]
    filter.isRedundant = values[redundant]
    try session.print(try session.indexes().list(filter), fields)
  }

  static let fields: [Field<ListedIndex>] = [
    Field("name", heading: "index", giving: .never) { .text($0.title) },
    Field("table", heading: "table", giving: .never, rank: 3) { .text($0.table) },
    Field("bytes", heading: "size", alignment: .trailing, rank: 1) { .bytes($0.bytes) },
    Field("scans", heading: "scans", alignment: .trailing, rank: 1) { .integer($0.scans) },
    Field("state", heading: "state", giving: .never, rank: 2) { .text($0.state) },
    Field("valid", heading: "valid", isWide: true) { .boolean($0.isValid) },
    Field("unique", heading: "unique", giving: .never, rank: 2) { .boolean($0.isUnique) },
    Field("constraint", heading: "constraint", giving: .never, rank: 4) { .text($0.constraint) },
    Field("redundant_with", heading: "redundant with", giving: .never, rank: 4) { .text($0.redundantWith) },
    Field("parent", heading: "parent", isWide: true) { .text($0.parent) },
    Field("definition", heading: "definition", giving: .wraps, rank: 5) { .text($0.definition) },
  ]
}
