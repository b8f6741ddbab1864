import Arguments
import Configuration
import Failures
import Terminal

/// `usher config check`: the mistakes in the configuration files.
enum ConfigCheck: Command {
  static let specification = CommandSpecification(
    "check", summary: "Find mistakes in the config files",
    discussion: """
      Reads the config files that a command would read and prints each problem with file, line and column: unknown keys and \
      what was probably meant, wrong types, invalid durations, duplicate keys, a context that does not exist. It does not \
      connect to any store.
      """,
    effect: .reads,
    examples: [
      Example("usher config check", "Check the files after an edit"),
      Example("usher config check --config new.yaml", "Check a file before it is installed"),
    ],
    exitStatuses: [
      ExitStatus(0, "the files have no problem"),
      ExitStatus(78, "the files have at least one problem"),
    ],
    seeAlso: ["config show", "config path"])

  static let fields: [Field<ConfigurationProblem>] = [
    Field("file", heading: "file", giving: .never) { .text($0.place?.file) },
    Field("line", heading: "line", alignment: .trailing) { $0.place.map { .identifier($0.line) } ?? .null },
    Field("column", heading: "column", alignment: .trailing) { $0.place.map { .identifier($0.column) } ?? .null },
    Field("problem", heading: "problem", giving: .wraps, rank: 1, least: 24) { .text($0.message) },
  ]

  static func run(_ values: ParsedValues, _ session: Session) throws {
    let configuration = try session.configuration()
    let problems = configuration.problems
    // In a table format, the failure below lists the problems in a form that editors understand.
    if session.format != .table { try session.print(problems, fields) }
    _ = try configuration.resolve()
    let used = configuration.searchedFiles.filter { $0.state == .used }.map(\.path)
    session.note(used.isEmpty ? "no config file exists" : "no problem in \(used.joined(separator: " and "))")
  }
}
