import Arguments
import Sandbox

/// `usher sandbox stop`: stops the private servers.
enum SandboxStop: Command {
  static let delete = Toggle("delete", help: "Also delete the data")

  static let specification = CommandSpecification(
    "stop", summary: "Stop the sandbox's servers",
    discussion: """
      Stops the servers of the sandbox, also those that a killed start left running. The data of PostgreSQL and Redis stays \
      for the next start, unless `--delete` is given. The data of the Kafka broker is always lost.

      `--delete` cannot be undone, so it asks first, and needs `--yes` without a terminal. It also deletes a sandbox that \
      was stopped before, and the files of its servers in /var/tmp.
      """,
    effect: .destroys,
    examples: [
      Example("usher sandbox stop", "Stop the servers and keep their data"),
      Example("usher sandbox stop --delete --yes", "Stop the servers and delete everything"),
    ],
    options: [SandboxOptions.directory, delete, ChangeOptions.yes],
    exitStatuses: [
      ExitStatus(77, "refused: consent to `--delete` is missing")
    ], seeAlso: ["sandbox start", "sandbox reset"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    let sandbox = session.sandbox(values)
    let places = values[delete] ? sandbox.places : []
    if values[delete] {
      try session.confirmSandboxLoss(
        values, command: "usher sandbox stop --delete",
        places.isEmpty ? nil : "delete the sandbox with everything in it, \(places.joined(separator: " and "))?")
    }
    let wasRunning = try sandbox.stop(deleting: values[delete])
    session.note(
      wasRunning ? "stopped the sandbox in \(sandbox.directory)" : "no sandbox was running in \(sandbox.directory)")
    if !places.isEmpty { session.note("deleted \(places.joined(separator: " and "))") }
  }
}
