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
      """,
    effect: .changes,
    examples: [
      Example("usher sandbox stop", "end the servers and keep what is in them"),
      Example("usher sandbox stop --delete", "leave nothing behind"),
    ],
    options: [SandboxOptions.directory, delete], seeAlso: ["sandbox start", "sandbox reset"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    let sandbox = session.sandbox(values)
    let wasRunning = try sandbox.stop(deleting: values[delete])
    try session.note(
      wasRunning ? "stopped the sandbox in \(sandbox.directory)" : "no sandbox was running in \(sandbox.directory)")
  }
}
