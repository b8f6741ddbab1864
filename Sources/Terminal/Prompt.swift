import Glibc
import Text

/// Questions to the person at the terminal, asked on /dev/tty: standard input may be a pipe, standard output a file.
///
/// Whatever is not a clear yes is a no: an empty line, the end of input, an interrupt, no terminal.
public struct Prompt: Sendable {
  private let path: String
  private let discardsTypeAhead: Bool
  private let isInterrupted: @Sendable () -> Bool

  /// `discardsTypeAhead` forgets what was typed before the question stood there, so that stray keys approve nothing.
  /// `isInterrupted` is asked ten times a second while an answer is waited for.
  public init(
    path: String = "/dev/tty", discardsTypeAhead: Bool = true, isInterrupted: @escaping @Sendable () -> Bool = { false }
  ) {
    self.discardsTypeAhead = discardsTypeAhead
    self.path = path
    self.isInterrupted = isInterrupted
  }

  /// Whether there is a terminal to ask on.
  public var isAvailable: Bool {
    let terminal = open(path, O_RDWR | O_CLOEXEC | O_NOCTTY)
    guard terminal >= 0 else { return false }
    close(terminal)
    return true
  }

  /// Asks `admit 420 of 18,204 people? [y/N]`; true for `y` or `yes`.
  public func confirm(_ question: String) -> Bool {
    let answer = ask("\(question) [y/N] ")?.lowercased()
    return answer == "y" || answer == "yes"
  }

  /// Asks for a name to be typed, as consent to what cannot be undone; true when it is exactly that name.
  public func confirm(_ question: String, byTyping name: String) -> Bool {
    ask("\(question)\ntype '\(name)' to continue: ") == name
  }

  /// One line without its end and the blanks around it; nil at the end of input, on interrupt and without a terminal.
  public func ask(_ question: String) -> String? {
    let terminal = open(path, O_RDWR | O_CLOEXEC | O_NOCTTY)
    guard terminal >= 0 else { return nil }
    defer { close(terminal) }
    // What was typed before the question was seen is no answer to it.
    if discardsTypeAhead { tcflush(terminal, TCIFLUSH) }
    let lines = question.split(separator: "\n", omittingEmptySubsequences: false)
    let columns = Self.columns(of: terminal)
    let bytes = Array(lines.map { Self.filled(String($0), columns) }.joined(separator: "\n").utf8)
    guard Glibc.write(terminal, bytes, bytes.count) == bytes.count else { return nil }
    let answer = readLine(terminal)
    // What comes next begins in a line of its own, also where nobody has pressed Return.
    if answer == nil { _ = Glibc.write(terminal, "\n", 1) }
    return answer
  }

  /// The question in lines of the terminal's width, further ones indented; the blank before the answer is kept.
  private static func filled(_ question: String, _ columns: Int) -> String {
    let text = question.escapingControls
    // The blank and the answer's letter need a column each.
    guard text.displayWidth > columns - 2 else { return text }
    let lines = Sentence(text).lines(first: columns - 2, others: columns - 4)
    return lines.joined(separator: "\n  ") + (text.hasSuffix(" ") ? " " : "")
  }

  private static func columns(of terminal: Int32) -> Int {
    var size = winsize()
    return ioctl(terminal, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
  }

  private func readLine(_ terminal: Int32) -> String? {
    var line: [UInt8] = []
    while !isInterrupted() {
      var ready = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
      guard poll(&ready, 1, 100) > 0 else { continue }
      var byte: UInt8 = 0
      let count = read(terminal, &byte, 1)
      if count < 0, errno == EINTR { continue }
      if count <= 0 { return nil }
      if byte == 0x0A { return String(decoding: line, as: UTF8.self).trimmingBlanks }
      line.append(byte)
    }
    return nil
  }
}

extension String {
  fileprivate var trimmingBlanks: String {
    let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" }
    let start = drop(while: isBlank)
    return String(start.reversed().drop(while: isBlank).reversed())
  }
}
