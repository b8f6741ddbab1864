import Arguments
import Sandbox
import Terminal
import Text

/// `usher sandbox env`: the variables that point a shell at the sandbox.
enum SandboxEnv: Command {
  static let shell = DefaultedOption(
    "shell", .choice(["sh", "fish"]), default: "sh", help: "Print for this shell; use sh for bash and zsh")

  static let specification = CommandSpecification(
    "env", summary: "Print the variables for using the sandbox",
    discussion: """
      Prints commands for the shell to evaluate. In that shell, usher, psql and redis-cli then use the sandbox.
      """,
    details: """
      usher uses USHER_CONFIG, USHER_POSTGRES, USHER_REDIS and USHER_KAFKA, and psql the variables of libpq. redis-cli is a \
      small script that is first in the PATH, and uses the sandbox as long as its arguments name no other server. \
      USHER_SANDBOX makes the sandbox commands of that shell use this sandbox.
      """,
    effect: .reads,
    examples: [
      Example("eval \"$(usher sandbox env)\"", "Use the sandbox in sh, bash or zsh"),
      Example("usher sandbox env --shell fish | source", "Use the sandbox in fish"),
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
