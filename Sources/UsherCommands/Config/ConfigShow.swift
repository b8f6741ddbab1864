import Arguments
import Configuration
import Terminal

/// `usher config show`: every setting in force, and where it came from.
enum ConfigShow: Command {
  static let specification = CommandSpecification(
    "show", summary: "Show the settings in force and where each came from",
    discussion: """
      Lists the connections, queues, caches and the outbox mapping that commands would work with under the same options, each \
      with its origin: an option, a variable, a line of a file, a preset, or the running sandbox. Nothing is connected to, and \
      passwords are never shown.
      """,
    effect: .reads,
    examples: [
      Example("usher config show", "which stores would a command talk to, and why these"),
      Example("usher config show --context staging", "the same in another context"),
    ],
    seeAlso: ["config check", "config path", "doctor"])

  static let fields: [Field<ConfigurationEntry>] = [
    Field("setting", heading: "setting") { .text($0.name) },
    Field("origin", heading: "origin") { .text($0.origin?.description) },
    // At the end, because a statement that warms a cache is long and would push everything else aside.
    Field("value", heading: "value") { .text($0.value) },
  ]

  static func run(_ values: ParsedValues, _ session: Session) throws {
    try session.print(try session.context().entries, fields)
  }
}
