import Testing

@testable import Arguments

/// What becomes of the sample's command lines.
extension Sample {
  static let parser = Parser(root)

  /// What becomes of a command line, in one line.
  static func outcome(_ line: String, environment: [String: String] = [:], files: [FileValues] = []) -> String {
    outcome(words(line), environment: environment, files: files)
  }

  /// The same for words with blanks in them.
  static func outcome(
    _ words: [String], environment: [String: String] = [:], files: [FileValues] = [], of parser: Parser = parser
  ) -> String {
    text(parser.parse(words, environment: environment, files: files), words.map(\.bytes))
  }

  /// A result in one line: of an error the message, the hints and the command line that it offers.
  static func text(_ result: ParseResult, _ words: [[UInt8]] = []) -> String {
    switch result {
    case .run(let invocation): text(invocation)
    case .help(let page): "\(page.style) help of \(page.command.text)"
    case .version: "version"
    case .failure(let error):
      ([error.message] + error.hints + (error.mended(words).map { ["try: \($0)"] } ?? [])).joined(separator: "; ")
    }
  }

  /// `queue admit: --rate 7/s, COUNT 5`, values in the order of their names.
  private static func text(_ invocation: Invocation) -> String {
    let values = invocation.values.entries.sorted { $0.key < $1.key }.map { name, entry in
      switch entry.origin {
      case .commandLine: "\(name) \(entry.value)"
      case .environment(let variable): "\(name) \(entry.value) by \(variable)"
      case .file(let path): "\(name) \(entry.value) by \(path)"
      case .defaultValue: "\(name) \(entry.value) by default"
      }
    }
    let words = invocation.command.names.joined(separator: " ") + ": " + values.joined(separator: ", ")
    return ([words] + invocation.warnings).joined(separator: "; ")
  }

  /// The values of a command line that must be right.
  static func values(_ line: String, environment: [String: String] = [:]) throws -> ParsedValues {
    switch parser.parse(words(line), environment: environment) {
    case .run(let invocation): return invocation.values
    case .failure(let error): throw error
    case .help, .version: throw Unexpected()
    }
  }

  /// The error of a command line that must be wrong.
  static func error(_ line: String) throws -> UsageError { try error(words(line)) }

  static func error(_ words: [String]) throws -> UsageError {
    guard case .failure(let error) = parser.parse(words) else { throw Unexpected() }
    return error
  }

  /// What stands on a terminal for a command line that must be wrong.
  static func report(_ words: [String], width: Int = 80, isTerminal: Bool = true) throws -> String {
    try error(words).text(words: words.map(\.bytes), width: width, isTerminal: isTerminal)
  }

  /// Words at spaces; `''` is an empty word.
  static func words(_ line: String) -> [String] {
    line.split(separator: " ").map { $0 == "''" ? "" : String($0) }
  }

  struct Unexpected: Error {}
}

extension String {
  var bytes: [UInt8] { Array(utf8) }
}
