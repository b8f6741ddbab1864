import Arguments
import Sandbox

/// `usher sandbox reset`: empties the sandbox and fills it again.
enum SandboxReset: Command {
  static let specification = CommandSpecification(
    "reset", summary: "Empty the sandbox and fill it again",
    discussion: """
      Drops the sandbox's database, empties its Redis and its Kafka topics, creates the tables and fills them. It resets \
      only servers that a sandbox started: `--directory` and `USHER_SANDBOX` choose the sandbox, and connection settings \
      are ignored.
      """,
    effect: .destroys,
    examples: [
      Example("usher sandbox reset --yes", "Restore the sale as it was at the start"),
      Example("usher sandbox reset --scale large --yes", "Create a large sale instead"),
    ],
    options: [
      SandboxOptions.directory, SandboxOptions.scale, SandboxOptions.randomSeed, SandboxOptions.noSeed,
      ChangeOptions.yes,
    ],
    groups: [.exclusive("--scale", "--no-seed")], seeAlso: ["sandbox start", "seed"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    let sandbox = session.sandbox(values)
    let record = try sandbox.running()
    try session.confirmSandboxLoss(
      values, command: "usher sandbox reset", "delete everything in the sandbox in \(record.directory)?")
    _ = try sandbox.reset(seeding: SandboxOptions.sale(values)) { session.trace($0) }
    session.note("reset the sandbox in \(record.directory)")
  }
}
