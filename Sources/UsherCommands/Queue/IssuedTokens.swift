import Redis
import Synchronization
import Terminal

/// Prints random tokens as they are issued, batch by batch: whoever stands in line must be known to somebody, also when the process is
/// killed in the middle.
final class IssuedTokens: Sendable {
  private let tokens: [RedisArgument]
  private let output: OutputStream
  private let state: Mutex<State>

  private struct State {
    var writer: RowWriter<String>?
    var shown = 0
    var problem: OutputError?
  }

  /// - Parameter tokens: in the order in which they are issued.
  init(_ tokens: [RedisArgument], _ session: Session) {
    self.tokens = tokens
    output = session.output
    let isTable = session.format == .table
    state = Mutex(
      State(
        writer: isTable
          ? nil
          : RowWriter([Field("token", heading: "token") { .text($0) }], format: session.format, to: session.output)))
  }

  /// Nobody reads them any more, so no more are to be issued.
  var cannotBePrinted: Bool { state.withLock { $0.problem != nil } }

  /// Prints the first `count`, without those printed before.
  func show(_ count: Int) {
    state.withLock { state in
      guard state.problem == nil, count > state.shown else { return }
      do throws(OutputError) {
        for token in tokens[state.shown..<min(count, tokens.count)] {
          if state.writer == nil { try output.writeLine(token.text) } else { try state.writer?.write(token.text) }
        }
        try output.flush()
        state.shown = count
      } catch {
        state.problem = error
      }
    }
  }

  /// Ends the output; fails with what kept it from being printed.
  func finish() throws {
    try state.withLock { state in
      if let problem = state.problem { throw problem }
      try state.writer?.finish()
    }
  }
}
