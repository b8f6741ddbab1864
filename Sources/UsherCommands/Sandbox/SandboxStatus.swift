import Arguments
import Sandbox
import Terminal

/// `usher sandbox status`: whether each private server answers.
enum SandboxStatus: Command {
  static let specification = CommandSpecification(
    "status", summary: "Show whether the sandbox's servers answer",
    discussion: """
      Connects to each server of the sandbox. `silent` is a server whose process exists but does not answer; `usher sandbox \
      start` then restarts all servers. If nothing is running, the directory that was checked is shown.
      """,
    effect: .reads,
    examples: [
      Example("usher sandbox status", "Show whether the sandbox is running, and where"),
      Example("usher sandbox status -o json", "Print the same for a script"),
    ],
    options: [SandboxOptions.directory], seeAlso: ["sandbox start", "doctor"])

  static let fields: [Field<SandboxServer>] = [
    Field("server", heading: "server", giving: .never) { .text($0.name) },
    Field("state", heading: "state", giving: .never) { .text($0.state.rawValue) },
    Field("version", heading: "version", rank: 1) { .text($0.version) },
    Field("pid", heading: "pid", alignment: .trailing) { $0.pid.map { .identifier($0) } ?? .null },
    Field("endpoint", heading: "endpoint", giving: .never, rank: 2) { .text($0.endpoint) },
    Field("reason", heading: "reason", isWide: true) { .text($0.reason) },
  ]

  static func run(_ values: ParsedValues, _ session: Session) throws {
    let sandbox = session.sandbox(values)
    let servers = sandbox.status()
    try session.print(servers, fields)
    if servers.allSatisfy({ $0.state == .stopped }) {
      session.note("no sandbox is running in \(sandbox.directory)")
    }
  }
}
