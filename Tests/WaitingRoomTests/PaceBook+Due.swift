@testable import WaitingRoom

extension PaceBook {
  /// The arithmetic of `AdmitScript` once more, to try the script against.
  ///
  /// The turns due `now` for a run in its middle, no faster than at double the pace.
  func due(now: Double, _ pace: Pace) -> Int {
    guard isTrue(now: now) else { return 1 }
    let interval = pace.intervalMicroseconds
    let late = ((now - next) / interval).rounded(.down) + 1
    let most = (2 * min(now - last, max(interval, Self.burst)) / interval).rounded(.down)
    return Int(max(0, min(late, most, 9e15)))
  }
}
