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
      Creates concerts, seats, customers, holds, payments and outbox events in PostgreSQL, and waiting people, active people \
      and two caches in Redis. It then runs the queries of such a service, so that `usher query slow` has statements to \
      show. The same --random-seed creates the same sale, with times relative to now.

      The tables and keys must be empty. To start again in a sandbox, run `usher sandbox reset`.
      """,
    effect: .changes,
    examples: [
      Example("usher seed --yes", "Create 10 concerts with 5,000 seats"),
      Example("usher seed --scale large --yes", "Create 540,000 seats, 300,000 reservations and 50,000 people waiting"),
    ],
    options: [SandboxOptions.scale, SandboxOptions.randomSeed] + ChangeOptions.withoutRate,
    exitStatuses: [
      ExitStatus(77, "refused: there are rows or keys already, or the context is protected")
    ],
    seeAlso: ["schema apply", "sandbox reset"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    try session.refuseWhereProtected("seed")
    let scale = SeedScale.all.first { $0.name == values[SandboxOptions.scale] } ?? .small
    try session.change(command: "seed") {
      let postgres = try session.postgres()
      let redis = try session.redis()
      try Seed.check(postgres, redis)
      let proposal = ChangeProposal(
        command: "seed", target: "\(postgres.target) and \(redis.target)", place: .postgres(lock: "seed"),
        action: "create a \(scale.name) ticket sale of \(scale.rows.grouped) rows in \(postgres.target)",
        count: scale.rows, warnings: try Sandbox.isSandbox(postgres) ? [] : ["\(postgres.target) is not a sandbox"],
        details: [
          ("seats", .integer(scale.seats)), ("customers", .integer(scale.customers)),
          ("reservations", .integer(scale.reservations)), ("outbox_events", .integer(scale.events)),
          ("stuck_events", .integer(scale.stuckEvents)), ("waiting", .integer(scale.waitingTokens)),
          ("active", .integer(scale.activeTokens)),
        ],
        undo: .none(reason: "a sandbox is emptied by `usher sandbox reset --no-seed`, other stores by hand"),
        done: { "created \($0.changedText) rows" })
      return PlannedChange(proposal, scale)
    } apply: { scale, _ in
      let sale = SandboxOptions.makeSale(scale.name, values[SandboxOptions.randomSeed])
      try Seed.apply(
        sale, try session.newPostgres(isMarked: false), try session.redis(),
        isInterrupted: { Interruption.isRequested },
        progress: { session.trace($0) })
      return ChangeOutcome(changed: scale.rows, failed: 0, skipped: 0)
    }
  }
}
