import Arguments
import Changes
import Failures
import Sandbox
import Terminal
import Text

/// `usher seed`: fills empty stores with a ticket sale.
enum SeedCommand: Command {
  static let specification = CommandSpecification(
    "seed", summary: "Fill empty stores with a ticket sale",
    discussion: """
      Makes up concerts, seats, customers, holds, payments and outbox events in PostgreSQL, people waiting and admitted and two \
      caches in Redis, and then runs the queries that such a service runs all day, so that `usher query slow` has something to \
      show. The same --random-seed makes the same sale; its times are relative to now.

      It never mixes with what is there: the tables and the keys have to be empty. To begin anew in a sandbox: \
      `usher sandbox reset`.
      """,
    effect: .changes,
    examples: [
      Example("usher seed --yes", "10 concerts, 5,000 seats"),
      Example("usher seed --scale large --yes", "540,000 seats, 300,000 reservations, 50,000 people waiting"),
    ],
    options: [SandboxOptions.scale, SandboxOptions.randomSeed] + ChangeOptions.withoutRate,
    exitStatuses: [ExitStatus(77, "refused: there are rows or keys already, or the context is protected")],
    seeAlso: ["schema apply", "sandbox reset"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    try session.refuseWhereProtected("seed")
    let scale = SeedScale.all.first { $0.name == values[SandboxOptions.scale] } ?? .small
    try session.change(command: "seed") {
      let postgres = try session.postgres()
      let redis = try session.redis()
      try Seed.check(postgres, redis)
      return ChangeProposal(
        command: "seed", target: "\(postgres.target) and \(redis.target)", store: .postgres,
        action: "make a \(scale.name) ticket sale of \(scale.rows.grouped) rows in \(postgres.target)",
        count: scale.rows, warnings: try Sandbox.isSandbox(postgres) ? [] : ["\(postgres.target) is not a sandbox"],
        details: [
          ("seats", .integer(scale.seats)), ("customers", .integer(scale.customers)),
          ("reservations", .integer(scale.reservations)), ("outbox_events", .integer(scale.events)),
          ("stuck_events", .integer(scale.stuckEvents)), ("waiting", .integer(scale.waitingTokens)),
          ("active", .integer(scale.activeTokens)),
        ],
        undo: .none(reason: "a sandbox is emptied by `usher sandbox reset --no-seed`, other stores by hand"),
        lock: "seed", done: { "made \($0.changedText) rows" })
    } apply: { _, _, _ in
      let sale = SandboxOptions.makeSale(scale.name, values[SandboxOptions.randomSeed])
      try Seed.apply(
        sale, try session.newPostgres(isMarked: false), try session.redis(),
        isInterrupted: { Interruption.isRequested },
        progress: { session.trace($0) })
      return ChangeOutcome(changed: scale.rows, failed: 0, skipped: 0)
    }
  }
}
