import Glibc
import Synchronization

/// A buffered stream over a file descriptor that reports every failure, unlike `print`.
///
/// SIGPIPE must be ignored by the program, so that a closed reader arrives as `OutputError.closed`. After a failure
/// every later write throws the same error. Nothing is flushed at the end by itself, because nobody could hear of the
/// failure: call `flush()` before exit. The descriptor stays the caller's.
public final class OutputStream: Sendable {
  public let descriptor: Int32
  /// What messages call it: `standard output`.
  public let name: String
  public let isTerminal: Bool
  /// Whether `paint` colours.
  public let isColored: Bool
  /// Whether what stands there can be erased and written over: a terminal that is not `dumb`.
  public let isErasable: Bool

  private let fixedWidth: Int?
  private let capacity: Int
  private let state = Mutex(State())

  private struct State {
    var pending: [UInt8] = []
    var failure: OutputError?
    /// How many ask to hold back what is written.
    var holders = 0
  }

  /// A stream over a descriptor that is open for writing.
  ///
  /// `environment` is asked for COLUMNS, NO_COLOR and TERM. A terminal and standard error get their bytes at each
  /// write, anything else 64 KiB at a time.
  public convenience init(
    descriptor: Int32, name: String, color: ColorChoice = .auto, environment: [String: String] = [:]
  ) {
    let isTerminal = isatty(descriptor) == 1
    self.init(
      descriptor: descriptor, name: name, isTerminal: isTerminal,
      isColored: color.isColored(terminal: isTerminal, environment: environment),
      isErasable: isTerminal && !["", "dumb"].contains(environment["TERM"] ?? ""),
      fixedWidth: environment["COLUMNS"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil })
  }

  /// A stream whose look is decided by the caller; tests show with it what a terminal would get.
  public init(
    descriptor: Int32, name: String, isTerminal: Bool, isColored: Bool, isErasable: Bool? = nil, fixedWidth: Int?
  ) {
    self.descriptor = descriptor
    self.name = name
    self.isTerminal = isTerminal
    self.isColored = isColored
    self.isErasable = isErasable ?? isTerminal
    self.fixedWidth = fixedWidth
    self.capacity = isTerminal || descriptor == STDERR_FILENO ? 0 : 64 * 1024
  }

  /// The width to fit output to, in columns: COLUMNS, else the terminal's own; nil if neither is known.
  ///
  /// Asked afresh each time, because a window can be resized.
  public var width: Int? {
    if let fixedWidth { return fixedWidth }
    guard let size = windowSize, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// How many lines the terminal shows; nil if that is not known, and for what is no terminal.
  public var height: Int? {
    guard let size = windowSize, size.ws_row > 0 else { return nil }
    return Int(size.ws_row)
  }

  private var windowSize: winsize? {
    var size = winsize()
    return isTerminal && ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 ? size : nil
  }

  /// The text in a style, where this stream is coloured; else the text itself.
  public func paint(_ text: String, _ style: Style?) -> String {
    guard isColored, let style else { return text }
    return style.applied(to: text)
  }

  /// Writes text as it is.
  public func write(_ text: String) throws(OutputError) {
    try add { pending in pending.append(contentsOf: text.utf8) }
  }

  /// Writes text and a line feed.
  public func writeLine(_ text: String = "") throws(OutputError) {
    try add { pending in
      pending.append(contentsOf: text.utf8)
      pending.append(0x0A)
    }
  }

  /// Writes bytes as they are.
  public func write(bytes: [UInt8]) throws(OutputError) {
    try add { pending in pending.append(contentsOf: bytes) }
  }

  /// Sends all that `body` writes at once, so that a screen that is drawn again does not flicker.
  ///
  /// - Parameters:
  ///   - lines: send no more than so many.
  ///   - rest: the last of them, where more were written: it is given how many are left out.
  public func together(lines: Int? = nil, rest: (Int) -> String = { _ in "" }, _ body: () throws -> Void) throws {
    let start = state.withLock { state in
      state.holders += 1
      return state.pending.count
    }
    defer { state.withLock { $0.holders -= 1 } }
    try body()
    if let lines { state.withLock { Self.cut(&$0.pending, from: start, to: max(1, lines), rest) } }
    try flush()
  }

  private static func cut(_ pending: inout [UInt8], from start: Int, to most: Int, _ rest: (Int) -> String) {
    let ends = pending.indices.dropFirst(start).filter { pending[$0] == 0x0A }
    guard ends.count > most else { return }
    let kept = most > 1 ? ends[most - 2] + 1 : start
    pending.removeSubrange(kept...)
    pending += Array((rest(ends.count - most + 1) + "\n").utf8)
  }

  /// Takes the `^C` away that a terminal shows for the key, so that what comes next begins its line. Call it only where nothing else
  /// stands in that line.
  public func eraseLine() throws(OutputError) {
    if isErasable { try write("\r\u{1b}[K") }
  }

  /// Sends what is buffered to the descriptor.
  public func flush() throws(OutputError) {
    try settle { state in send(&state) }
  }

  /// Throws what a write would where nothing can be written at all; writes nothing.
  public func requireWritable() throws(OutputError) {
    let flags = fcntl(descriptor, F_GETFL)
    if flags < 0 || flags & O_ACCMODE == O_RDONLY { throw .failed(stream: name, reason: Self.reason(EBADF)) }
  }

  private func add(_ append: (inout [UInt8]) -> Void) throws(OutputError) {
    try settle { state in
      guard state.failure == nil else { return }
      append(&state.pending)
      if state.pending.count >= capacity, state.holders == 0 { send(&state) }
    }
  }

  private func settle(_ body: (inout State) -> Void) throws(OutputError) {
    let failure = state.withLock { state in
      body(&state)
      return state.failure
    }
    if let failure { throw failure }
  }

  /// Writes all that is pending, across short writes, signals and a descriptor that somebody made non-blocking.
  private func send(_ state: inout State) {
    guard state.failure == nil, !state.pending.isEmpty else { return }
    state.failure = state.pending.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let written = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if written >= 0 {
          rest = rest.dropFirst(written)
        } else if errno == EAGAIN {
          var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          _ = poll(&ready, 1, -1)
        } else if errno != EINTR {
          return errno == EPIPE
            ? .closed(stream: name) : .failed(stream: name, reason: Self.reason(errno))
        }
      }
      return nil
    }
    state.pending.removeAll(keepingCapacity: true)
  }

  /// The operating system's own sentence, but for a descriptor that its starter has closed.
  private static func reason(_ code: Int32) -> String {
    code == EBADF ? "it is closed, or not open for writing" : String(cString: strerror(code))
  }
}
