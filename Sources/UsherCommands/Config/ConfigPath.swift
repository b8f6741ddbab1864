import Arguments
import Configuration
import Terminal

/// `usher config path`: the paths of the configuration files.
enum ConfigPath: Command {
  static let specification = CommandSpecification(
    "path", summary: "Show where config files are searched for",
    discussion: """
      Lists the paths in order of precedence: a value in an earlier file overrides the same value in a later one. If \
      `--config` or USHER_CONFIG names a file, only that file is read.
      """,
    effect: .reads,
    examples: [
      Example("usher config path", "Show where to put the file, or which file is read")
    ],
    seeAlso: ["config show", "config check"])

  static let fields: [Field<SearchedFile>] = [
    Field("path", heading: "path", giving: .never) { .text($0.path) },
    Field("source", heading: "from", giving: .wraps, rank: 1) { .text($0.source.rawValue) },
    Field("state", heading: "state", giving: .never) { .text($0.state.word) },
    Field("reason", heading: "reason", isWide: true) { .text($0.state.reason) },
  ]

  static func run(_ values: ParsedValues, _ session: Session) throws {
    try session.print(try session.configuration().searchedFiles, fields)
  }
}

extension SearchedFile.State {
  fileprivate var word: String {
    switch self {
    case .used: "used"
    case .absent: "absent"
    case .unreadable: "unreadable"
    case .passedOver: "not read"
    }
  }

  fileprivate var reason: String? {
    if case .unreadable(let reason) = self { reason } else { nil }
  }
}
