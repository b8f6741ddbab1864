import Text

/// One line of a usage error on standard error.
///
/// The caller may colour it by its case; `text` is the line without colour.
public enum UsageErrorLine: Equatable, Sendable {
  /// What is wrong, with the program's name before it.
  case message(program: String, String)
  /// The command line as it was typed, as much of it as fits.
  case commandLine(String)
  /// The signs under the words that the message is about.
  case marks(String)
  /// What to do about it, with a label: `hint`, or `try` and a command line to copy.
  case advice(label: String, String)
  case blank
  case usage(String)
  case help(String)

  public var text: String {
    switch self {
    case .message(let program, let message): "\(program): \(message)"
    case .commandLine(let line), .marks(let line), .usage(let line), .help(let line): line
    case .advice(let label, let advice): "  \(label): \(advice)"
    case .blank: ""
    }
  }
}

extension UsageError {
  /// The message, the hints, the usage line and where help is; for a group without a subcommand, its short help.
  ///
  /// - Parameters:
  ///   - words: the words that were parsed.
  ///   - width: of the terminal, in columns.
  ///   - isTerminal: whether a person looks on. Then the command line is shown again with the wrong words marked; in a log the
  ///     message alone is clearer.
  public func lines(words: [[UInt8]], width: Int = 80, isTerminal: Bool = false) -> [UsageErrorLine] {
    if case .missingCommand = kind {
      return HelpPage(command, .short).text(width: isTerminal ? width : nil).split(
        separator: "\n", omittingEmptySubsequences: false
      )
      .dropLast().map { $0.isEmpty ? .blank : .help(String($0)) }
    }
    var lines = [UsageErrorLine.message(program: command.root.name, message)]
    if isTerminal, !marks.isEmpty {
      let echo = CommandLineEcho(command.root.name, words, marks: marks, secrets: secrets, width: max(40, width))
      lines += [.commandLine(echo.line), .marks(echo.marks)]
    }
    lines += hints.map { .advice(label: "hint", $0) }
    if let mended = mended(words) { lines.append(.advice(label: "try", mended)) }
    let usage = "usage: \(Synopsis(command).text)"
    let usageLines = isTerminal ? TextLayout(terminal: width).wrap(usage, hanging: 7) : [usage]
    return lines + [.blank] + usageLines.map { .usage($0) } + [.help("for help: \(command.text) --help")]
  }

  /// The lines as one text, with a final newline.
  public func text(words: [[UInt8]] = [], width: Int = 80, isTerminal: Bool = false) -> String {
    lines(words: words, width: width, isTerminal: isTerminal).map { $0.text + "\n" }.joined()
  }

  /// The command line that was probably meant.
  func mended(_ words: [[UInt8]]) -> String? {
    guard let correction, correction.words.upperBound <= words.count else { return nil }
    let texts = correction.applied(to: words).compactMap(Word.text)
    let line = ShellWords.line([command.root.name] + texts)
    return line.utf8.count <= UsageError.longestCommandLine ? line : nil
  }

  /// The number of bytes of the longest command line that is offered.
  private static let longestCommandLine = 1000
}
