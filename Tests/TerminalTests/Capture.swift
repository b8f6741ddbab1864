import Glibc

@testable import Terminal

/// A nameless file with a stream on it, to read back what was written.
final class Capture {
  private let descriptor: Int32
  let stream: OutputStream

  /// `terminalWidth` makes the stream behave as on a terminal of so many columns.
  init(terminalWidth: Int? = nil, isColored: Bool = false) {
    var path = Array("/tmp/usher-capture-XXXXXX".utf8CString)
    descriptor = mkstemp(&path)
    unlink(path)
    stream = OutputStream(
      descriptor: descriptor, name: "standard output", isTerminal: terminalWidth != nil, isColored: isColored,
      fixedWidth: terminalWidth)
  }

  deinit { close(descriptor) }

  /// What has reached the descriptor.
  var sent: [UInt8] {
    let size = Int(lseek(descriptor, 0, SEEK_END))
    var bytes = [UInt8](repeating: 0, count: size)
    let count = pread(descriptor, &bytes, size, 0)
    return Array(bytes.prefix(max(0, count)))
  }

  /// The text that has been written, flushed.
  var text: String {
    get throws {
      try stream.flush()
      return String(decoding: sent, as: UTF8.self)
    }
  }

  /// What `body` writes to a stream of this kind.
  static func of(
    terminalWidth: Int? = nil, isColored: Bool = false, _ body: (OutputStream) throws -> Void
  ) throws -> String {
    let capture = Capture(terminalWidth: terminalWidth, isColored: isColored)
    try body(capture.stream)
    return try capture.text
  }
}
