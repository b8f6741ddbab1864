import Arguments
import Sandbox
import Terminal
import Text

/// `usher sandbox env`: the variables that point a shell at the sandbox.
enum SandboxEnv: Command {
  static let shell = DefaultedOption(
    "shell", .choice(["sh", "fish"]), default: "sh", help: "The shell to write for; sh serves bash and zsh too")

  static let specification = CommandSpecification(
    "env", summary: "Print the variables that point a shell at it",
    discussion: """
      Prints commands for a shell to evaluate. usher, psql and redis-cli then all work on the sandbox, in that shell only: usher by \
      USHER_CONFIG, USHER_POSTGRES, USHER_REDIS and USHER_KAFKA, psql by libpq's own variables, and redis-cli by a small script \
      of that name that comes first in the PATH, for as long as its words name no other server. USHER_SANDBOX makes the sandbox commands of that shell mean this sandbox.
      """,
    effect: .reads,
    examples: [
      Example("eval \"$(usher sandbox env)\"", "in sh, bash or zsh"),
      Example("usher sandbox env --shell fish | source", "in fish"),
    ],
    options: [SandboxOptions.directory, shell], seeAlso: ["sandbox start"])

  /// What a program gets; null is a variable that must not be set.
  static let fields: [Field<(String, String?)>] = [
    Field("name", heading: "name", giving: .never) { .text($0.0) },
    Field("value", heading: "value", giving: .never) { .text($0.1) },
  ]

  static func run(_ values: ParsedValues, _ session: Session) throws {
    let record = try session.sandbox(values).running()
    let variables: [(String, String?)] = [
      ("USHER_SANDBOX", record.directory), ("USHER_CONFIG", record.configPath), ("USHER_POSTGRES", record.postgres),
      ("USHER_REDIS", record.redis),
      ("USHER_KAFKA", record.kafka), ("PGHOST", "\(record.place)/run"), ("PGPORT", "\(PostgresServer.port)"),
      ("PGUSER", PostgresServer.superuser), ("PGDATABASE", SandboxRecord.database),
    ]
    guard session.format == .table else {
      let path = session.environment["PATH"].map { "\(record.binDirectory):\($0)" } ?? record.binDirectory
      return try session.print(variables + [("PATH", path)], fields)
    }
    let isFish = values[shell] == "fish"
    for (name, value) in variables {
      guard let value else {
        // A broker that another sandbox's variables named must not be this one's.
        try session.output.writeLine(isFish ? "set -e \(name)" : "unset \(name)")
        continue
      }
      try session.output.writeLine(
        isFish ? "set -gx \(name) \(ShellWords.fishQuoted(value))" : "export \(name)=\(ShellWords.singleQuoted(value))")
    }
    let bin = record.binDirectory
    try session.output.writeLine(
      isFish
        ? "set -gx PATH \(ShellWords.fishQuoted(bin)) $PATH" : "export PATH=\(ShellWords.singleQuoted(bin)):\"$PATH\"")
  }
}
