import Arguments
import Failures
import Glibc

/// `usher __documents DIRECTORY`: writes the manual and the completions that are checked in and installed.
enum DocumentsCommand: Command {
  static let directory = Operand("DIRECTORY", .directory, help: "Where man/ and completions/ are written")

  static let specification = CommandSpecification(
    "__documents", summary: "Write the manual and the completions", effect: .reads,
    operands: [directory], isHidden: true)

  /// The day of the present version; never the clock's, so that the same source gives the same pages.
  static let date = "November 23, 2026"

  /// The pages that no command stands behind.
  static let articles = [ConfigurationArticle.article, RunbookArticle.article]

  /// Each file with its path below the directory.
  static var files: [(path: String, text: String)] {
    let pages = manualPages(for: Catalog.root, articles: articles, version: Version.number, date: date)
    let scripts = [(Shell.bash, "usher.bash"), (.zsh, "_usher"), (.fish, "usher.fish")]
    return pages.map { ("man/\($0.name)", $0.text) }
      + scripts.map { ("completions/\($0.1)", completionScript(for: $0.0, root: Catalog.root)) }
  }

  static func run(_ values: ParsedValues, _ session: Session) throws {
    let directory = try values[directory]
    for folder in ["man", "completions"] where mkdir("\(directory)/\(folder)", 0o755) != 0 && errno != EEXIST {
      throw failure("\(directory)/\(folder)")
    }
    for (path, text) in files { try write(text, to: "\(directory)/\(path)") }
  }

  private static func write(_ text: String, to path: String) throws {
    guard let stream = fopen(path, "w") else { throw failure(path) }
    let isWritten = fputs(text, stream) >= 0
    // Closing flushes, so a full disk may only show here.
    guard fclose(stream) == 0, isWritten else { throw failure(path) }
  }

  private static func failure(_ path: String) -> Failure {
    Failure(.cannotCreate, "cannot write '\(path)'", causes: [String(cString: strerror(errno))])
  }
}
