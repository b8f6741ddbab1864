import Arguments
import Sandbox
import Terminal
import Text

/// `usher sandbox start`: private servers with a ticket sale in them.
enum SandboxStart: Command {
  static let specification = CommandSpecification(
    "start", summary: "Start private servers with a ticket sale in them",
    discussion: """
      Starts a PostgreSQL, a Redis and, where one is found, a Kafka broker of your own, creates the tables of a ticket sale and \
      fills them. Where nothing else is configured, usher then works on it: nothing that you try can hurt a real service.

      PostgreSQL and Redis listen on Unix sockets only, the broker on a free port of 127.0.0.1. Several sandboxes run side by \
      side in directories of their own. The broker is `tansu`, from USHER_BROKER, from `.tools` in this directory or one above, \
      or from the PATH. Run as root, the servers are the user postgres's, or nobody's; a directory that this user cannot reach, \
      or whose path does not suit servers, is kept, and their files are in /var/tmp.

      What is in the servers stays when they are stopped, except in Kafka. Starting twice does nothing the second time.
      """,
    effect: .changes,
    examples: [
      Example("usher sandbox start", "servers and a sale of 5,000 seats, in a few seconds"),
      Example("usher sandbox start --scale large", "540,000 seats and 50,000 people waiting"),
      Example("usher sandbox start --directory /tmp/second --no-seed", "another one beside it, empty"),
    ],
    options: [SandboxOptions.directory, SandboxOptions.scale, SandboxOptions.randomSeed, SandboxOptions.noSeed],
    groups: [.exclusive("--scale", "--no-seed")],
    exitStatuses: [ExitStatus(77, "refused: the directory holds other things")],
    seeAlso: ["sandbox env", "sandbox stop", "seed"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    let sandbox = session.sandbox(values)
    let (record, wasRunning) = try sandbox.start(seeding: SandboxOptions.sale(values)) { session.trace($0) }
    let servers = sandbox.status()
    guard session.format == .table else { return try session.print(servers, SandboxStatus.fields) }
    guard !session.isQuiet else { return }
    let names = servers.map { [$0.name, $0.version].compactMap { $0 }.joined(separator: " ") }
    let state = wasRunning ? "already running" : "running"
    try session.output.writeText("\(state): \(names.joined(separator: ", ")) in \(record.directory)")
    if !wasRunning {
      let option = values[SandboxOptions.directory].map { " --directory \(ShellWords.singleQuoted($0))" } ?? ""
      try session.output.writeText("point this shell at it with: eval \"$(usher sandbox env\(option))\"")
    }
  }
}
