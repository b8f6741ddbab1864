import Arguments
import Failures
import Terminal

/// `usher status`: the health of everything on one screen.
enum Status: Command {
  static let specification = CommandSpecification(
    "status", summary: "Show the health of all stores on one screen",
    discussion: """
      One line for each queue, cache, outbox and store that is configured. A line is a warning where people or events wait \
      although they need not, and a problem where a store cannot be read; the other lines are shown all the same. It reads \
      only, in a few round trips, and counting a cache by its prefix walks over all keys of Redis.

      Exits 69 when a configured store cannot be reached, 1 when one cannot be read.
      """,
    effect: .reads,
    examples: [
      Example("usher status", "the first thing to run on call"),
      Example("usher status -o json", "the same with all figures"),
    ],
    exitStatuses: [ExitStatus(69, "a configured store cannot be reached; the others are shown")],
    seeAlso: ["doctor", "queue status", "outbox status"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    let context = try session.context()
    if context.postgres == nil && context.redis == nil && context.kafka == nil { _ = try context.require(.redis) }
    let lines = StatusRedis.lines(session) + StatusPostgres.lines(session) + StatusKafka.lines(session)
    try session.print(lines, StatusLine.fields)
    let failures = lines.compactMap(\.failure)
    if let away = failures.first(where: { $0.kind == .unavailable }) { throw away }
    guard var unreadable = failures.first else { return }
    unreadable.kind = .failed
    throw unreadable
  }
}

/// One line of `usher status`.
struct StatusLine {
  var area: String
  var name: String
  var verdict: Finding.Verdict
  /// For people; everything in it is in `figures` too.
  var detail: String
  /// For programs: names as in JSON, with units.
  var figures: [(String, FieldValue)]
  /// Why the line could not be made.
  var failure: Failure?

  init(_ area: String, _ name: String, _ verdict: Finding.Verdict, _ detail: String, figures: [(String, FieldValue)]) {
    self.area = area
    self.name = name
    self.verdict = verdict
    self.detail = detail
    self.figures = figures
  }

  init(_ area: String, _ name: String, failed error: any Error) {
    let failure = ErrorReport.failure(for: error)
    self.init(area, name, .problem, failure.message, figures: [])
    self.failure = failure
  }

  /// The line that `body` makes, or one that says why there is none.
  static func attempt(_ area: String, _ name: String, _ body: () throws -> StatusLine) -> StatusLine {
    do { return try body() } catch { return StatusLine(area, name, failed: error) }
  }

  static let fields: [Field<StatusLine>] = [
    Field("area", heading: "area", giving: .never) { .text($0.area) },
    Field("name", heading: "name", giving: .never, rank: 1) { .text($0.name) },
    Field<StatusLine>("verdict", heading: "verdict", giving: .never) { .text($0.verdict.rawValue) }.styled {
      $0.verdict.style
    },
    Field("detail", heading: "detail", giving: .wraps, rank: 2, least: 24) { .text($0.detail) },
    Field("figures", heading: "figures", isWide: true) { .object($0.figures) },
  ]
}
