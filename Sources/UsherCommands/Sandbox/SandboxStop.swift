import Arguments
import Sandbox

/// `usher sandbox stop`: ends the private servers.
enum SandboxStop: Command {
  static let delete = Toggle("delete", help: "Delete what is in it as well")

  static let specification = CommandSpecification(
    "stop", summary: "Stop the sandbox's servers",
    discussion: """
      Ends the servers of the sandbox, also those that a killed start left behind. What is in PostgreSQL and Redis stays for the \
      next start, unless `--delete` is given; the Kafka broker forgets.

      `--delete` cannot be undone, so it asks first, and needs `--yes` where there is no terminal. It also deletes a sandbox that \
      was stopped before, and the files that its servers keep in /var/tmp.
      """,
    effect: .destroys,
    examples: [
      Example("usher sandbox stop", "end the servers and keep what is in them"),
      Example("usher sandbox stop --delete --yes", "leave nothing behind"),
    ],
    options: [SandboxOptions.directory, delete, ChangeOptions.yes],
    exitStatuses: [ExitStatus(77, "`--delete` without consent")], seeAlso: ["sandbox start", "sandbox reset"])

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
