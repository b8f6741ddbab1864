import Arguments
import Terminal

/// `usher manifest`: what commands there are, for people at a glance and for programs in full.
enum ManifestCommand: Command {
  static let specification = CommandSpecification(
    "manifest", summary: "List all commands, or describe them as JSON",
    discussion: """
      With `-o json` it prints everything that the help contains as one JSON object, for tools that use usher: commands, \
      operands, options with kinds, choices and defaults, groups, examples and exit statuses. While `manifest_version` stays \
      the same, members are only added.

      The other formats have one row for each command, with its effect: reads, changes or destroys.
      """,
    effect: .reads,
    examples: [
      Example("usher manifest", "List all commands and whether they change data"),
      Example("usher manifest -o json", "Print the full description for a program"),
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
