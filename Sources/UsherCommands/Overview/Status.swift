import Arguments
import Failures
import Health
import Terminal

/// `usher status`: the health of everything on one screen.
enum Status: Command {
  static let specification = CommandSpecification(
    "status", summary: "Show the health of all stores on one screen",
    discussion: """
      Prints one line for each queue, cache, outbox and store that is configured. The verdict is `critical` where something does \
      not work, `warning` where somebody should know of something, for example that people or events wait although they need \
      not, and `unknown` where it could not be found out. One store that cannot be reached does not hide the others: its own \
      lines are `critical` or `unknown`.

      It only reads, in a few round trips for each line; to count a cache by its prefix it walks over all keys of Redis. What is \
      not found out within 10 seconds for each store is `unknown`. `usher doctor` shows the same checks one by one, and others.

      Exits 69 when a configured store cannot be reached, 1 when something in one cannot be read.
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
    let findings = Checkup(try session.checkupTargets(), for: [.operation])
      .findings(in: [.redis, .queue, .cache, .postgres, .outbox, .kafka])
    try session.print(StatusLine.lines(findings), StatusLine.fields)
    let failures = findings.compactMap(\.failure)
    if let away = failures.first(where: { $0.kind == .unavailable || $0.kind == .interrupted }) { throw away }
    guard var unreadable = failures.first else { return }
    unreadable.kind = .failed
    throw unreadable
  }
}
