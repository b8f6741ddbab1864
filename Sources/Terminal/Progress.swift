import Glibc
import Synchronization
import Text

/// One line on a terminal's standard error that says how far a piece of work has come; silent anywhere else, and where
/// a line cannot be erased.
///
/// `admitting  12,500 of 50,000 (25%)  8,300/s  4.5s left`. Redrawn at most ten times a second, and erased by `finish`.
/// A failure to draw is not worth an error.
public final class Progress: Sendable {
  private let stream: OutputStream
  private let label: String
  private let total: Int?
  private let now: @Sendable () -> Duration
  private let started: Duration
  private let state = Mutex(State())

  private struct State {
    var lastDrawn: Duration?
    var isShown = false
  }

  /// `total` is nil if it is not known; `now` is a clock that never goes back.
  public init(
    _ label: String, total: Int?, on stream: OutputStream,
    now: @escaping @Sendable () -> Duration = Progress.monotonicTime
  ) {
    self.label = label.escapingControls
    self.total = total
    self.stream = stream
    self.now = now
    started = now()
  }

  /// Says that `count` units are done by now. Cheap enough to be called for every unit.
  public func update(_ count: Int) {
    guard stream.isErasable else { return }
    let time = now()
    let isDue = state.withLock { state in
      if let last = state.lastDrawn, time - last < .milliseconds(100) { return false }
      state.lastDrawn = time
      state.isShown = true
      return true
    }
    guard isDue else { return }
    // In the last column a terminal would go on to the next line.
    let line = line(count, elapsed: time - started, columns: max(1, (stream.width ?? 80) - 1))
    try? stream.write("\r\(line)\u{1b}[K")
  }

  /// Erases the line, so that something else can be written; a later `update` draws it again.
  public func hide() {
    let wasShown = state.withLock { state in
      defer { state.isShown = false }
      return state.isShown
    }
    if wasShown { try? stream.write("\r\u{1b}[K") }
  }

  /// Erases the line for good.
  public func finish() { hide() }

  /// As much of it as fits, the least important left out first: half a figure is another figure.
  private func line(_ count: Int, elapsed: Duration, columns: Int) -> String {
    var parts = parts(count, elapsed: elapsed)
    while parts.count > 1, parts.joined(separator: "  ").displayWidth > columns { parts.removeLast() }
    return parts.joined(separator: "  ").truncated(toColumns: columns)
  }

  private func parts(_ count: Int, elapsed: Duration) -> [String] {
    var parts = [label, count.grouped]
    if let total {
      parts[1] += " of \(total.grouped)"
      if total > 0 { parts[1] += " (\(min(100, Int(Double(count) / Double(total) * 100)))%)" }
    }
    let seconds = Double(elapsed.milliseconds) / 1000
    // A rate from less than half a second is noise.
    guard seconds >= 0.5, count > 0 else { return parts }
    let rate = Double(count) / seconds
    parts.append("\(Figures.number(rate, decimals: rate < 10 ? 1 : 0))/s")
    if let total, total > count {
      let left = min(Double(total - count) / rate, 1e9)
      parts.append("\(Figures.duration(milliseconds: Int(left * 1000))) left")
    }
    return parts
  }

  /// The time since the machine started.
  public static let monotonicTime: @Sendable () -> Duration = {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
}
