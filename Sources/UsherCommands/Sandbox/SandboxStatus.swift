import Arguments
import Sandbox
import Terminal

/// `usher sandbox status`: whether each private server answers.
enum SandboxStatus: Command {
  static let specification = CommandSpecification(
    "status", summary: "Show whether the sandbox's servers answer",
    discussion: """
      Connects to every server of the sandbox. `silent` is a server whose process lives and does not answer; `usher sandbox start` \
      then starts all of them anew. Where nothing runs, it says which directory it looked in.
      """,
    effect: .reads,
    examples: [
      Example("usher sandbox status", "is it running, and where"),
      Example("usher sandbox status -o json", "the same for a script"),
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
