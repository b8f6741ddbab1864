import Failures
import Glibc
import Testing

@testable import Terminal

@Suite("The output stream", .serialized)
struct OutputStreamTests {
  /// Without this a closed pipe would end the tests; the program does the same.
  init() { signal(SIGPIPE, SIG_IGN) }

  @Test("bytes and text arrive in order, at the flush")
  func order() throws {
    let capture = Capture()
    try capture.stream.write("a")
    try capture.stream.write(bytes: [0xFF, 0x00])
    try capture.stream.writeLine("대기열")
    try capture.stream.writeLine()
    #expect(capture.sent.isEmpty)
    try capture.stream.flush()
    #expect(capture.sent == [0x61, 0xFF, 0x00] + Array("대기열\n\n".utf8))
    try capture.stream.flush()
    #expect(capture.sent.count == 14)
  }

  @Test("a terminal gets every write at once")
  func unbuffered() throws {
    let capture = Capture(terminalWidth: 80)
    try capture.stream.write("now")
    #expect(capture.sent == Array("now".utf8))
  }

  @Test("more than the buffer holds is sent on, and nothing is lost")
  func large() throws {
    let capture = Capture()
    for number in 0..<50_000 { try capture.stream.writeLine("line \(number)") }
    #expect(capture.sent.count > 64 * 1024)
    let lines = try capture.text.split(separator: "\n")
    #expect(lines.count == 50_000)
    #expect(lines.last == "line 49999")
  }

  @Test("a reader that has gone is told apart from a failure, and stays gone")
  func closedPipe() throws {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    close(ends[0])
    defer { close(ends[1]) }
    let stream = OutputStream(descriptor: ends[1], name: "standard output")
    try stream.write("into the void")
    #expect(throws: OutputError.closed(stream: "standard output")) { try stream.flush() }
    #expect(throws: OutputError.closed(stream: "standard output")) { try stream.write("again") }
    #expect(throws: OutputError.closed(stream: "standard output")) { try stream.flush() }
  }

  @Test("a full disk is a failure with status 74 and the system's reason")
  func fullDisk() throws {
    let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
    defer { close(full) }
    let stream = OutputStream(descriptor: full, name: "standard output")
    try stream.write("into the wall")
    let error = #expect(throws: OutputError.self) { try stream.flush() }
    #expect(
      error?.failure
        == Failure(.outputFailed, "cannot write standard output", causes: ["No space left on device"]))
  }

  @Test("a full disk is noticed while rows are written, not only at the end")
  func fullDiskMidway() throws {
    let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
    defer { close(full) }
    let stream = OutputStream(descriptor: full, name: "standard output")
    #expect(throws: OutputError.failed(stream: "standard output", reason: "No space left on device")) {
      try stream.render(0..., [Field("n", heading: "n") { .integer($0) }], format: .jsonl)
    }
  }

  @Test("a descriptor that is not open for writing says so")
  func badDescriptor() throws {
    let stream = OutputStream(descriptor: -1, name: "standard output")
    try stream.write("x")
    #expect(throws: OutputError.failed(stream: "standard output", reason: "it is closed, or not open for writing")) {
      try stream.flush()
    }
  }

  @Test("a slow reader on a non-blocking pipe gets everything")
  func nonBlocking() throws {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
    let reading = ends[0]
    let writing = ends[1]
    let total = 1_000_000
    let reader = Reader(reading)
    reader.start()
    let stream = OutputStream(descriptor: writing, name: "standard output")
    for _ in 0..<(total / 100) { try stream.write(String(repeating: "x", count: 100)) }
    try stream.flush()
    close(writing)
    #expect(reader.finish() == total)
    close(reading)
  }

  @Test("COLUMNS beats the terminal's width; nonsense in it doesn't")
  func columns() {
    let terminal = Pseudoterminal(columns: 132)
    func width(_ environment: [String: String]) -> Int? {
      OutputStream(descriptor: terminal.program, name: "standard output", environment: environment).width
    }
    #expect(width([:]) == 132)
    #expect(width(["COLUMNS": "60"]) == 60)
    #expect(width(["COLUMNS": "0"]) == 132)
    #expect(width(["COLUMNS": "wide"]) == 132)
    #expect(width(["COLUMNS": ""]) == 132)
    #expect(OutputStream(descriptor: -1, name: "standard output").width == nil)
  }

  @Test("a window that is resized is asked again")
  func resize() {
    let terminal = Pseudoterminal(columns: 132)
    let stream = OutputStream(descriptor: terminal.program, name: "standard output")
    #expect(stream.isTerminal)
    #expect(stream.width == 132)
    terminal.resize(columns: 40)
    #expect(stream.width == 40)
    terminal.resize(columns: 0)
    #expect(stream.width == nil)
  }

  @Test("painting needs colour, and a style")
  func paint() {
    let plain = Capture().stream
    let colored = Capture(isColored: true).stream
    #expect(plain.paint("x", .red) == "x")
    #expect(colored.paint("x", nil) == "x")
    #expect(colored.paint("x", .red) == "\u{1b}[31mx\u{1b}[0m")
    #expect(colored.paint("", .red) == "")
  }

  @Test("every style has its own sequence, and all of them end the same way")
  func styles() {
    let painted = Style.allCases.map { $0.applied(to: "x") }
    #expect(Set(painted).count == Style.allCases.count)
    #expect(painted.allSatisfy { $0.hasPrefix("\u{1b}[") && $0.hasSuffix("mx\u{1b}[0m") })
  }

  @Test(
    "a block of lines is cut to so many, and its last line tells how many are left out",
    arguments: [
      (nil, "a\nb\nc\nd\n"), (9, "a\nb\nc\nd\n"), (4, "a\nb\nc\nd\n"), (3, "a\nb\n2 more\n"), (2, "a\n3 more\n"),
      (1, "4 more\n"), (0, "4 more\n"), (-5, "4 more\n"),
    ])
  func cut(lines: Int?, expected: String) throws {
    let text = try Capture.of(terminalWidth: 80) { stream in
      try stream.together(lines: lines, rest: { "\($0) more" }) {
        for line in ["a", "b", "c", "d"] { try stream.writeLine(line) }
      }
    }
    #expect(text == expected)
  }

  @Test("only a terminal has a height, and it is the present one")
  func height() {
    #expect(Capture().stream.height == nil)
    let terminal = Pseudoterminal()
    let stream = OutputStream(descriptor: terminal.program, name: "standard output")
    for rows in [24, 7] {
      terminal.resize(columns: 80, rows: UInt16(rows))
      #expect(stream.height == rows)
    }
  }
}

/// Counts what comes out of a pipe, slowly, on a thread of its own.
private final class Reader {
  private let descriptor: Int32
  private var thread = pthread_t()

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  func start() {
    pthread_create(
      &thread, nil,
      { argument in
        let descriptor = Int32(Int(bitPattern: argument))
        var chunk = [UInt8](repeating: 0, count: 8192)
        var total = 0
        while true {
          let count = read(descriptor, &chunk, chunk.count)
          if count <= 0 { return UnsafeMutableRawPointer(bitPattern: total) }
          total += count
          usleep(50)
        }
      }, UnsafeMutableRawPointer(bitPattern: Int(descriptor)))
  }

  func finish() -> Int {
    var result: UnsafeMutableRawPointer?
    pthread_join(thread, &result)
    return Int(bitPattern: result)
  }
}

@Suite("Colour rules")
struct ColorChoiceTests {
  struct Case: Sendable {
    var choice: ColorChoice
    var terminal: Bool
    var environment: [String: String]
    var colored: Bool
  }

  @Test(
    "colour needs a terminal that can, no NO_COLOR, or an express wish",
    arguments: [
      Case(choice: .auto, terminal: true, environment: ["TERM": "xterm"], colored: true),
      Case(choice: .auto, terminal: false, environment: ["TERM": "xterm"], colored: false),
      Case(choice: .auto, terminal: true, environment: ["TERM": "dumb"], colored: false),
      Case(choice: .auto, terminal: true, environment: [:], colored: false),
      Case(choice: .auto, terminal: true, environment: ["TERM": "xterm", "NO_COLOR": "1"], colored: false),
      Case(choice: .auto, terminal: true, environment: ["TERM": "xterm", "NO_COLOR": ""], colored: true),
      Case(choice: .always, terminal: false, environment: ["NO_COLOR": "1", "TERM": "dumb"], colored: true),
      Case(choice: .never, terminal: true, environment: ["TERM": "xterm"], colored: false),
    ])
  func rules(_ example: Case) {
    #expect(
      example.choice.isColored(terminal: example.terminal, environment: example.environment) == example.colored)
  }

  @Test("a stream follows them")
  func stream() {
    let terminal = Pseudoterminal()
    let environment = ["TERM": "xterm"]
    #expect(OutputStream(descriptor: terminal.program, name: "o", environment: environment).isColored)
    #expect(!OutputStream(descriptor: terminal.program, name: "o", color: .never, environment: environment).isColored)
    #expect(!OutputStream(descriptor: -1, name: "o", environment: environment).isColored)
  }
}
