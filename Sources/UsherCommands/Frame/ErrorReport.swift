import Arguments
import Failures
import Terminal

/// A failure in the words and the layout that stand on standard error.
public enum ErrorReport {
  /// Writes `usher: message`, then a line a cause and a line a hint.
  public static func write(_ failure: Failure, to stream: OutputStream) throws(OutputError) {
    try stream.writeText(failure.message, lead: "usher: ", leadStyle: .red)
    for cause in failure.causes { try writeLabelled("cause:", cause, to: stream) }
    for hint in failure.hints { try writeLabelled("hint:", hint, to: stream) }
  }

  /// Writes what is wrong with the command line: to a person with the line itself and the wrong words marked.
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

  /// The failure that an error of any layer stands for; an error that no layer explains is a bug and says so.
  public static func failure(for error: any Error) -> Failure {
    if let known = error as? any FailureConvertible { return known.failure }
    return Failure(
      .bug, "unexpected error: \(error)",
      hints: ["this is a bug in usher; please report it together with what `usher doctor` prints"])
  }

  /// The label stands before the first line; further lines of the text keep the indent.
  private static func writeLabelled(_ label: String, _ text: String, to stream: OutputStream) throws(OutputError) {
    for (index, line) in text.split(separator: "\n").enumerated() {
      let head = index == 0 ? label : String(repeating: " ", count: label.count)
      try stream.writeText(String(line), lead: "  \(head) ", leadStyle: .dim)
    }
  }
}
