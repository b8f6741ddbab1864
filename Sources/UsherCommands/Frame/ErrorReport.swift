import Arguments
import Failures
import Terminal

/// Prints failures on standard error.
public enum ErrorReport {
  /// Writes `usher: message`, then one line for each cause and each hint.
  public static func write(_ failure: Failure, to stream: OutputStream) throws(OutputError) {
    try stream.writeText(failure.message, lead: "usher: ", leadStyle: .red)
    for cause in failure.causes { try writeLabelled("cause:", cause, to: stream) }
    for hint in failure.hints { try writeLabelled("hint:", hint, to: stream) }
  }

  /// Writes a usage error; on a terminal with the command line and marks under the wrong words.
  public static func write(_ error: UsageError, _ words: [[UInt8]], to stream: OutputStream) throws(OutputError) {
    for line in error.lines(words: words, width: stream.width ?? 80, isTerminal: stream.isTerminal) {
      switch line {
      case .message(let program, let message): try stream.writeText(message, lead: "\(program): ", leadStyle: .red)
      case .marks(let marks): try stream.writeLine(stream.paint(marks, .red))
      case .advice(let label, let advice): try stream.writeText(advice, lead: "  \(label): ", leadStyle: .dim)
      case .commandLine, .blank, .usage, .help: try stream.writeLine(line.text)
      }
    }
  }

  /// The failure for an error of any layer. An error that is no `FailureConvertible` is reported as a bug.
  public static func failure(for error: any Error) -> Failure {
    if let known = error as? any FailureConvertible { return known.failure }
    return Failure(
      .bug, "unexpected error: \(error)",
      hints: ["this is a bug in usher; please report it together with the output of `usher doctor`"])
  }

  /// Writes the label before the first line; further lines have the same indent.
  private static func writeLabelled(_ label: String, _ text: String, to stream: OutputStream) throws(OutputError) {
    for (index, line) in text.split(separator: "\n").enumerated() {
      let head = index == 0 ? label : String(repeating: " ", count: label.count)
      try stream.writeText(String(line), lead: "  \(head) ", leadStyle: .dim)
    }
  }
}
