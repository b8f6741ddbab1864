import Advisor
import Arguments
import Terminal
import Text

/// `usher query slow`: the statements that cost the most.
enum QuerySlow: Command {
  static let sort = DefaultedOption(
    "sort", .choice(of: SlowQueryOrder.self), default: .total, placeholder: "FIGURE",
    help: "Sort by this figure, the largest first")
  static let limit = DefaultedOption(
    "limit", .integer(1...), default: 20, placeholder: "N", help: "Print at most this many")
  static let minimumMean = DefaultedOption(
    "min-mean", .duration, default: .zero, help: "Leave out statements with a smaller mean time")

  static let specification = CommandSpecification(
    "slow", summary: "List the statements that take the most time",
    discussion: """
      Shows the statements of this database since the statistics were last reset, from the extension pg_stat_statements. The \
      total time shows which statement to improve first; the mean time shows how long a user waits.

      Constants are shown as $1, $2 and so on. The same statement of several roles is added up. The text and id of other \
      roles' statements are only shown if usher's role is a member of pg_read_all_stats. usher's own statements are left \
      out.
      """,
    effect: .reads,
    examples: [
      Example("usher query slow", "List the statements with the largest total time"),
      Example("usher query slow --sort mean --min-mean 100ms", "List the statements that users wait for"),
      Example(
        "usher query slow -o json | jq -r '.[0].queryid'", "Print the id of the first one, for usher query explain"),
    ],
    options: [sort, limit, minimumMean], seeAlso: ["query explain"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    let queries = try SlowQueries(try session.postgres()).list(
      by: values[sort], limit: values[limit], minimumMean: values[minimumMean])
    try session.print(queries, fields(isTable: session.format == .table))
    let hidden = queries.count(where: \.isHidden)
    if hidden > 0 {
      session.note(
        "\(hidden.counted("line")) \(hidden == 1 ? "belongs" : "belong") to other roles; a superuser can GRANT pg_read_all_stats to see them"
      )
    }
  }

  /// People get the statement in one line, programs get it as it is.
  static func fields(isTable: Bool) -> [Field<SlowQuery>] {
    [
      Field("queryid", heading: "query id", alignment: .trailing) { .text($0.queryID.map { "\($0)" }) },
      Field("calls", heading: "calls", alignment: .trailing, rank: 1) { .integer($0.calls) },
      Field("total_ms", heading: "total ms", alignment: .trailing) { .number($0.totalMilliseconds, decimals: 1) },
      Field("mean_ms", heading: "mean ms", alignment: .trailing) { .number($0.meanMilliseconds, decimals: 2) },
      Field("rows", heading: "rows", alignment: .trailing, rank: 2) { .integer($0.rows) },
      Field("hit_ratio", heading: "hit ratio", alignment: .trailing, rank: 3) { query in
        query.hitRatio.map { .number($0, decimals: 3) } ?? .null
      },
      Field("query", heading: "query", rank: 4, least: 30) { query in
        .text(isTable && !query.isHidden ? Statement.folded(query.text) : query.text)
      },
    ]
  }
}
