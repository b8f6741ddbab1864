import Synchronization
import Testing

@testable import Terminal

@Suite("Progress")
struct ProgressTests {
  /// A clock that the test sets.
  final class Clock: Sendable {
    private let time = Mutex(Duration.seconds(1000))
    func advance(_ duration: Duration) { time.withLock { $0 += duration } }
    var now: @Sendable () -> Duration { { self.time.withLock { $0 } } }
  }

  static func drawn(_ lines: String...) -> String { lines.map { "\r\($0)\u{1b}[K" }.joined() }

  @Test("is drawn with count, total, rate and the time that is left, and erased at the end")
  func line() throws {
    let clock = Clock()
    let text = try Capture.of(terminalWidth: 80) { stream in
      let progress = Progress("admitting", total: 50_000, on: stream, now: clock.now)
      clock.advance(.milliseconds(100))
      progress.update(500)
      clock.advance(.milliseconds(900))
      progress.update(12_500)
      progress.finish()
      progress.finish()
    }
    #expect(
      text
        == Self.drawn(
          "admitting  500 of 50,000 (1%)", "admitting  12,500 of 50,000 (25%)  12,500/s  3.0s left", ""))
  }

  @Test("is redrawn at most ten times a second")
  func pace() throws {
    let clock = Clock()
    let text = try Capture.of(terminalWidth: 80) { stream in
      let progress = Progress("evicting", total: nil, on: stream, now: clock.now)
      for count in 1...1000 {
        progress.update(count)
        clock.advance(.milliseconds(1))
      }
    }
    #expect(text.split(separator: "\r").count == 10)
    #expect(text.hasPrefix(Self.drawn("evicting  1", "evicting  101")))
    #expect(text.hasSuffix(Self.drawn("evicting  901  1,001/s")))
  }

  @Test("is silent where nobody watches")
  func pipe() throws {
    let text = try Capture.of { stream in
      let progress = Progress("admitting", total: 10, on: stream)
      progress.update(5)
      progress.hide()
      progress.finish()
    }
    #expect(text == "")
  }

  @Test("is never wider than the terminal, whose last column stays free")
  func narrow() throws {
    let text = try Capture.of(terminalWidth: 12) { stream in
      Progress("대기열 admitting", total: 10, on: stream).update(5)
    }
    #expect(text == Self.drawn("대기열 adm…"))
  }

  @Test(
    "leaves out what does not fit rather than half of a figure",
    arguments: [
      (60, "admitting  12,500 of 50,000 (25%)  12,500/s  3.0s left"),
      (50, "admitting  12,500 of 50,000 (25%)  12,500/s"),
      (40, "admitting  12,500 of 50,000 (25%)"), (30, "admitting"), (6, "admi…"),
    ])
  func parts(width: Int, expected: String) throws {
    let clock = Clock()
    let text = try Capture.of(terminalWidth: width) { stream in
      let progress = Progress("admitting", total: 50_000, on: stream, now: clock.now)
      clock.advance(.seconds(1))
      progress.update(12_500)
    }
    #expect(text == Self.drawn(expected))
  }

  @Test("is silent on a terminal that cannot erase a line")
  func dumb() throws {
    let terminal = Pseudoterminal()
    for (term, isDrawn) in [("dumb", false), ("", false), ("xterm", true)] {
      let stream = OutputStream(descriptor: terminal.program, name: "x", environment: ["TERM": term])
      let progress = Progress("x", total: 2, on: stream)
      progress.update(1)
      progress.finish()
      #expect(terminal.screen.isEmpty == !isDrawn, "\(term)")
    }
  }

  @Test("hidden, it is drawn again at the next update that is due")
  func hide() throws {
    let clock = Clock()
    let text = try Capture.of(terminalWidth: 80) { stream in
      let progress = Progress("x", total: 4, on: stream, now: clock.now)
      progress.hide()
      progress.update(1)
      progress.hide()
      try stream.writeLine("a note")
      clock.advance(.milliseconds(100))
      progress.update(5)
    }
    #expect(text == Self.drawn("x  1 of 4 (25%)", "") + "a note\n" + Self.drawn("x  5 of 4 (100%)"))
  }

  @Test(
    "a total of nothing and a rate near nothing divide by nothing",
    arguments: [(0, 0, "x  0 of 0"), (1, 1_000_000_000, "x  1 of 1,000,000,000 (0%)  1.0/s  11,574d 1h left")])
  func extremes(_ count: Int, _ total: Int, _ expected: String) throws {
    let clock = Clock()
    let text = try Capture.of(terminalWidth: 80) { stream in
      let progress = Progress("x", total: total, on: stream, now: clock.now)
      clock.advance(.seconds(1))
      progress.update(count)
    }
    #expect(text == Self.drawn(expected))
  }

  @Test("the clock that it uses by itself goes forward")
  func clock() {
    let first = Progress.monotonicTime()
    #expect(Progress.monotonicTime() >= first)
    #expect(first > .zero)
  }
}
