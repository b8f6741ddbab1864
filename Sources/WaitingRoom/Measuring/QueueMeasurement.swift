import Changes
import Failures
import Glibc
import Redis

/// The changes of a queue between two looks.
public struct QueueMeasurement: Equatable, Sendable {
  public var seconds: Double
  /// Arrivals; nil if they cannot be counted.
  public var arrived: Int?
  /// People who left the line, admitted or by themselves; nil if they cannot be counted.
  public var left: Int?
  public var activeBefore: Int
  public var activeAfter: Int

  public init(seconds: Double, arrived: Int?, left: Int?, activeBefore: Int, activeAfter: Int) {
    self.seconds = seconds
    self.arrived = arrived
    self.left = left
    self.activeBefore = activeBefore
    self.activeAfter = activeAfter
  }

  /// People who finished: those who left the line, less those added to the active store. Nil if they cannot be counted.
  public var finished: Int? { left.map { max(0, $0 + activeBefore - activeAfter) } }
}

extension WaitingRoom {
  /// Looks at the queue once per second for this time. Only reads.
  ///
  /// A last in line that is gone at the next look leaves the counts nil.
  public func measure(for length: Duration, isInterrupted: () -> Bool) throws -> QueueMeasurement? {
    let before = try snapshot()
    let start = try mark()
    var (from, arrived, left) = (start, 0 as Int?, 0 as Int?)
    let clock = ContinuousClock()
    let end = clock.now + length
    repeat {
      // Once a second, so that a line of a few seconds still has its mark.
      let nextLook = min(end, clock.now + .seconds(1))
      while clock.now < nextLook, !isInterrupted() {
        usleep(UInt32(max(0, min(nextLook - clock.now, .milliseconds(100)) / .microseconds(1))))
      }
      if isInterrupted() { return nil }
      let to = try mark()
      let passage = try passage(since: from, to: to)
      if !passage.isAtLeast, let came = arrived, let went = left {
        (arrived, left) = (came + passage.arrived, went + passage.left)
      } else {
        (arrived, left) = (nil, nil)
      }
      from = to
    } while clock.now < end
    let after = try snapshot()
    return QueueMeasurement(
      seconds: max(Double(from.milliseconds - start.milliseconds) / 1000, 0.001), arrived: arrived, left: left,
      activeBefore: before.active, activeAfter: after.active)
  }
}

/// What usher itself has admitted lately, by the history in Redis.
public struct AdmissionHistory: Equatable, Sendable {
  public var admitted: Int
  /// From the first of these admissions to the end of the last.
  public var seconds: Double

  /// Nil if usher has admitted nobody since then, or only at one moment: one moment is no rate.
  ///
  /// - Parameters:
  ///   - target: what history calls the queue.
  ///   - since: in milliseconds since 1970.
  public init?(_ records: [OperationRecord], target: String, since: Int, now: Int) {
    let admissions = records.filter {
      $0.request.command == "queue admit" && $0.request.target == target && $0.startedMilliseconds >= since
        && $0.state != .undone && $0.changed > 0
    }
    guard let first = admissions.map(\.startedMilliseconds).min() else { return nil }
    let last =
      admissions.map { $0.endedMilliseconds ?? ($0.state == .started ? now : $0.startedMilliseconds) }.max() ?? now
    // Less than half a minute says how fast usher works, and not at what rate people were let in.
    guard last - first >= 30_000 else { return nil }
    admitted = admissions.reduce(0) { $0 + $1.changed }
    seconds = Double(last - first) / 1000
  }
}
