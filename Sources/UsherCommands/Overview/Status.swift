import Arguments
import Failures
import Health
import Terminal

/// `usher status`: the health of everything on one screen.
enum Status: Command {
  static let specification = CommandSpecification(
    "status", summary: "Show the health of all stores on one screen",
    discussion: """
      Prints one line for each configured queue, cache, outbox and store. A line is `critical` if something does not work, \
      `warning` if something needs attention, for example if people or events wait although they need not, and `unknown` if the \
      state could not be found out. A store that cannot be reached does not hide the others.

      It only reads, in a few round trips for each line. Counting a cache by its prefix scans all keys of Redis. A line is \
      `unknown` if its store does not answer within 10 seconds. `usher doctor` shows the same checks in detail, and others.
      """,
    effect: .reads,
    examples: [
      Example("usher status", "Show the state of everything"),
      Example("usher status -o json", "Print the same with all figures, for a script"),
    ],
    exitStatuses: [
      ExitStatus(1, "a configured store cannot be read; the others are shown"),
      ExitStatus(69, "a configured store cannot be reached; the others are shown"),
    ],
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
