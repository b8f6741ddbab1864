import Failures
import Glibc
import Journal
import Redis

/// What a queue did between two looks.
public struct QueueMeasurement: Equatable, Sendable {
  public var seconds: Double
  /// Who came; nil where that cannot be told.
  public var arrived: Int?
  /// Who left the line, admitted or by themselves; nil where that cannot be told.
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

  /// Who was through: those who left the line, less those who were added to the active. Nil where that cannot be told.
  public var finished: Int? { left.map { max(0, $0 + activeBefore - activeAfter) } }
}

/// Where a line ends, for the next look: whoever stands there now stands before everybody who comes.
private struct LineMark {
  var last: RedisArgument?
  var count: Int
  /// Of the server's clock, in microseconds.
  var time: Int
}

extension WaitingRoom {
  /// Looks at the queue again and again for so long; changes nothing.
  ///
  /// The last in line is a mark: who stands behind it at the next look has come, and by as many places as it moved people have left.
  /// So any score will do that puts who comes to the end. A mark that is gone at the next look leaves the counts nil.
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
      let place: Int? = if let last = from.last { try place(of: last) } else { nil }
      if let place, let came = arrived, let went = left {
        (arrived, left) = (came + max(0, to.count - 1 - place), went + max(0, from.count - 1 - place))
      } else {
        (arrived, left) = (nil, nil)
      }
      from = to
    } while clock.now < end
    let after = try snapshot()
    return QueueMeasurement(
      seconds: max(Double(from.time - start.time) / 1_000_000, 0.001), arrived: arrived, left: left,
      activeBefore: before.active, activeAfter: after.active)
  }

  /// How many came in the last minute and still wait, by their scores; nil where scores are no time.
  ///
  /// Nobody who came after the first in line has been admitted, so only as much time counts as that one has waited; nil below
  /// five seconds.
  public func arrivalsByScore() throws -> (count: Int, seconds: Double)? {
    guard layout.score.isArrival, let unit = (layout.score.unit?.rawValue).map(Double.init) else { return nil }
    let now = Double(try checkTypesAndReadClock())
    let key = RedisArgument(layout.waitingKey)
    let first = try redis.command("ZRANGE", key, "0", "0", "WITHSCORES").pairs.first
    guard let score = try first?.1.double, score.isFinite else { return nil }
    let window = min(60_000, now - score * unit)
    guard window >= 5000 else { return nil }
    let (from, to) = ("(\((now - window) / unit)", "\(now / unit)")
    return (try redis.command("ZCOUNT", key, RedisArgument(from), RedisArgument(to)).integer, window / 1000)
  }

  private func mark() throws -> LineMark {
    let key = RedisArgument(layout.waitingKey)
    let last = try redis.append(["ZRANGE", key, "-1", "-1"])
    let count = try redis.append(["ZCARD", key])
    let clock = try redis.append(["TIME"])
    let member = try redis.checked(last).array.first.map { RedisArgument(try $0.bytes) }
    let size = try redis.checked(count).integer
    let time = try redis.checked(clock).array
    guard time.count == 2 else { throw Failure(.failed, "cannot read the clock of Redis at \(redis.target)") }
    return LineMark(last: member, count: size, time: try time[0].integer * 1_000_000 + time[1].integer)
  }

  private func place(of member: RedisArgument) throws -> Int? {
    try redis.command("ZRANK", RedisArgument(layout.waitingKey), member).optional?.integer
  }
}

/// What usher itself has admitted lately, by the history in Redis.
public struct AdmissionHistory: Equatable, Sendable {
  public var admitted: Int
  /// From the first of these admissions to the end of the last.
  public var seconds: Double

  /// Nil where usher has admitted nobody since then, or only at one moment: one moment is no rate.
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
