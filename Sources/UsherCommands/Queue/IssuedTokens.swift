import Glibc
import Redis
import Synchronization
import Terminal

/// Prints random tokens as they are issued, batch by batch: whoever stands in line must be known to somebody, also when the process is
/// killed in the middle.
///
/// A reader that is slow holds nothing up: while tokens are issued, only as much is written as is taken at once.
final class IssuedTokens: Sendable {
  private let tokens: [RedisArgument]
  private let output: OutputStream
  private let state: Mutex<State>
  /// Their lines are shorter than what a pipe takes at once where it takes anything. Source: PIPE_BUF, 4,096 bytes, in pipe(7).
  private static let portion = 64

  private struct State {
    var writer: RowWriter<String>?
    var issued = 0
    var shown = 0
    var problem: OutputError?
  }

  /// - Parameter tokens: in the order in which they are issued.
  init(_ tokens: [RedisArgument], _ session: Session) {
    self.tokens = tokens
    output = session.output
    let isTable = session.format == .table
    let fields = [Field<String>("token", heading: "token") { .text($0) }]
    state = Mutex(State(writer: isTable ? nil : RowWriter(fields, format: session.format, to: session.output)))
  }

  /// Nobody reads them any more, so no more are to be issued.
  var cannotBePrinted: Bool { state.withLock { $0.problem != nil } }

  /// The first `count` stand in line: prints of those not printed yet as many as are taken without waiting.
  func note(_ count: Int) {
    state.withLock { state in
      state.issued = max(state.issued, min(count, tokens.count))
      print(&state) { isReady }
    }
  }

  /// Prints the rest, and ends the output; fails with what kept it from being printed.
  func finish() throws {
    try state.withLock { state in
      print(&state) { true }
      if let problem = state.problem { throw problem }
      try state.writer?.finish()
    }
  }

  private func print(_ state: inout State, while mayWrite: () -> Bool) {
    do throws(OutputError) {
      while state.problem == nil, state.shown < state.issued, mayWrite() {
        let end = min(state.shown + Self.portion, state.issued)
        for token in tokens[state.shown..<end] {
          if state.writer == nil { try output.writeLine(token.text) } else { try state.writer?.write(token.text) }
        }
        try output.flush()
        state.shown = end
      }
    } catch {
      state.problem = error
    }
  }

  /// Whether the reader takes something now, or is gone.
  private var isReady: Bool {
    var look = pollfd(fd: output.descriptor, events: Int16(POLLOUT), revents: 0)
    return poll(&look, 1, 0) > 0
  }
}
