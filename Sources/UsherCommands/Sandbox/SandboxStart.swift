import Arguments
import Sandbox
import Terminal
import Text

/// `usher sandbox start`: private servers with a ticket sale in them.
enum SandboxStart: Command {
  static let specification = CommandSpecification(
    "start", summary: "Start private servers with a ticket sale",
    discussion: """
      Starts a private PostgreSQL, Redis and, if one is found, a Kafka broker, creates the tables of a ticket sale and fills \
      them. If nothing else is configured, usher uses these servers, so nothing that you try can affect a real service.

      Data stays when the servers are stopped, except in Kafka. If the sandbox is running already, the command does nothing.
      """,
    details: """
      PostgreSQL and Redis listen on Unix sockets only, the broker on a free port of 127.0.0.1. Several sandboxes can run at \
      the same time in different directories.

      The broker is the program `tansu`. It is searched for in USHER_BROKER, in `.tools` in this directory or one above it, \
      and in the PATH.

      If usher runs as root, the servers run as the user postgres or nobody. If that user cannot reach the directory, or the \
      path is not suitable for servers, the directory is kept and the servers' files are in /var/tmp.
      """,
    effect: .changes,
    examples: [
      Example("usher sandbox start", "Start the servers with a sale of 5,000 seats"),
      Example("usher sandbox start --scale large", "Start with 540,000 seats and 50,000 people waiting"),
      Example("usher sandbox start --directory /tmp/second --no-seed", "Start a second, empty sandbox"),
    ],
    options: [SandboxOptions.directory, SandboxOptions.scale, SandboxOptions.randomSeed, SandboxOptions.noSeed],
    groups: [.exclusive("--scale", "--no-seed")],
    exitStatuses: [
      ExitStatus(77, "refused: the directory contains other files")
    ],
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
