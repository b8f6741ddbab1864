import Arguments
import Health
import Outbox
import Terminal

/// `usher outbox status`: how many events are in which state.
enum OutboxStatus: Command {
  static let byType = Toggle("by-type", help: "Print one row for each event type")

  static let specification = CommandSpecification(
    "status", summary: "Count events by status",
    discussion: """
      Counts the events of the outbox table by status, and shows the age of the oldest unpublished event. Use it when other \
      systems say that they were not informed.
      """,
    details: """
      It runs one statement. With an index on the status column the statement uses it; without one it reads the whole table \
      once.
      """,
    effect: .reads,
    examples: [
      Example("usher outbox status", "Show how many events are stuck, and since when"),
      Example("usher outbox status --by-type", "Show which types of events are stuck"),
      Example(
        "usher outbox status -o json", "Print init, published, fail, retry and oldest_unpublished_ms for a script"),
    ],
    options: [byType], seeAlso: ["outbox replay"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    let table = try session.outbox()
    let overview = values[byType] ? try table.overviewByType() : try table.overview()
    if values[byType] {
      try session.print(overview.types, typeFields)
    } else {
      try session.print(object: overview.counts, fields)
    }
    // Programs read it from `other`.
    if session.format == .table, let warning = overview.unmappedWarning { session.warn(warning) }
  }

  static let fields = counts { (row: OutboxOverview.Counts) in row }

  static let typeFields =
    [Field<OutboxOverview.TypeCounts>("type", heading: "type", giving: .never) { .text($0.type) }]
    + counts { $0.counts }

  private static func counts<Row>(
    _ counts: @escaping @Sendable (Row) -> OutboxOverview.Counts
  ) -> [Field<Row>] {
    [
      Field("init", heading: "init", alignment: .trailing) { .integer(counts($0).initial) },
      Field("published", heading: "published", alignment: .trailing) { .integer(counts($0).published) },
      Field("fail", heading: "fail", alignment: .trailing) { .integer(counts($0).fail) },
      Field("retry", heading: "retry", alignment: .trailing) { .integer(counts($0).retry) },
      Field("other", heading: "other", alignment: .trailing, isWide: true) { .integer(counts($0).other) },
      Field("oldest_unpublished_ms", heading: "oldest unpublished", alignment: .trailing) {
        .milliseconds(counts($0).oldestUnpublishedMilliseconds)
      },
    ]
  }
}
