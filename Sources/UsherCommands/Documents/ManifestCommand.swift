import Arguments

/// `usher __manifest`: all commands, options and operands as one JSON text, for tools that build on usher.
enum ManifestCommand: Command {
  static let specification = CommandSpecification(
    "__manifest", summary: "Print every command and option as JSON", effect: .reads, isHidden: true)

  static func run(_ values: ParsedValues, _ session: Session) throws {
    try session.output.write(manifest(for: Catalog.root, version: Version.number))
  }
}
