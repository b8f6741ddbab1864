import Arguments
import Terminal

/// `usher manifest`: what commands there are, for people at a glance and for programs in full.
enum ManifestCommand: Command {
  static let specification = CommandSpecification(
    "manifest", summary: "List every command, or describe all as JSON",
    discussion: """
      For tools that build on usher: a runbook's editor, a chat bot, a wrapper that allows some commands and not others. With \
      `-o json` everything that the help says comes as one JSON object: commands, operands, options with their kinds, choices \
      and defaults, groups, examples, exit statuses. The help, the manual and the completions are made from the same \
      declarations. While `manifest_version` stays the same, members are only ever added.

      The other formats have a row a command, with the effect that it has: reads, changes or destroys.
      """,
    effect: .reads,
    examples: [
      Example("usher manifest", "all commands, and which of them change something"),
      Example("usher manifest -o json", "everything, for a program"),
    ],
    seeAlso: ["completion"])

  /// A command that can be run.
  struct Row {
    let path: CommandPath
    var command: CommandSpecification { path.command }
  }

  static let fields: [Field<Row>] = [
    Field("command", heading: "command", giving: .never) { .text($0.path.names.joined(separator: " ")) },
    Field("effect", heading: "effect") { .text($0.command.effect.rawValue) },
    Field("summary", heading: "summary", giving: .wraps, rank: 1) { .text($0.command.summary) },
    Field("usage", heading: "usage", isWide: true) { .text($0.path.synopsis) },
  ]

  static func run(_ values: ParsedValues, _ session: Session) throws {
    if session.format == .json {
      try session.output.write(manifest(for: Catalog.root, version: Version.number))
    } else {
      try session.print(rows(CommandPath(Catalog.root)), fields)
    }
  }

  private static func rows(_ path: CommandPath) -> [Row] {
    let shown = path.command.subcommands.filter { !$0.isHidden }
    return shown.isEmpty ? [Row(path: path)] : shown.flatMap { rows(path.appending($0)) }
  }
}
