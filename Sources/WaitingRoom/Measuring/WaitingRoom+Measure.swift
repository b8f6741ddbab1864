import Redis

extension WaitingRoom {
  /// A snapshot with the paces, the pause and those set aside; reads only.
  ///
  /// - Parameter before: an earlier look at the same queue, against which arrivals and admissions are counted. Without one they are
  ///   what one look can tell: the arrivals that still wait, the admitted that are still active.
  public func measure(since before: QueueSnapshot? = nil) throws -> QueueSnapshot {
    var snapshot = try snapshot()
    let now = snapshot.nowMilliseconds
    let pause = try redis.append(["PTTL", RedisArgument(pauseKey)])
    let parked = try requestParked()
    if let before {
      try compare(&snapshot, with: before)
    } else {
      snapshot.arrivals = try recentArrivals(snapshot)
      snapshot.admissions = try layout.active.admitted(within: [60_000], on: redis, nowMilliseconds: now)?.first
    }
    let left = try redis.checked(pause).integer
    if left >= 0 { snapshot.pausedUntilMilliseconds = now + left }
    if left == -1 { snapshot.warnings.append("admission is paused, and the pause has no end") }
    snapshot.aside = try self.parked(parked).reduce(0) { $0 + $1.count }
    snapshot.reckonDrain()
    return snapshot
  }

  /// Who came in the last minute and still waits; nil if scores are no time.
  ///
  /// The line is left at the front, so who came after the first in line has not been admitted: only as much time counts as that one
  /// has waited, and less than five seconds tell nothing.
  private func recentArrivals(_ snapshot: QueueSnapshot) throws -> Flow? {
    let now = snapshot.nowMilliseconds
    guard let oldest = snapshot.oldestWaitMilliseconds, oldest >= 5000 else { return nil }
    let window = min(oldest, 60_000)
    guard let from = layout.score.score(arrival: now - window), let to = layout.score.score(arrival: now + 1000) else {
      return nil
    }
    let count = try redis.command("ZCOUNT", RedisArgument(layout.waitingKey), "(\(from)", "\(to)").integer
    return Flow(count: count, windowMilliseconds: window, isAtLeast: true)
  }

  private func compare(_ snapshot: inout QueueSnapshot, with before: QueueSnapshot) throws {
    let window = snapshot.nowMilliseconds - before.nowMilliseconds
    guard window > 0 else { return }
    let passage = try passage(since: before.mark, to: snapshot.mark)
    snapshot.arrivals = Flow(
      count: passage.arrived, windowMilliseconds: window, isAtLeast: passage.isAtLeast)
    snapshot.admissions = Flow(count: passage.left, windowMilliseconds: window, isAtLeast: passage.isAtLeast)
  }
}
