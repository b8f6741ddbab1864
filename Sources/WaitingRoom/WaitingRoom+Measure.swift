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
    let drains = try requestAsides()
    if let before {
      try compare(&snapshot, with: before)
    } else {
      snapshot.arrivals = try recentArrivals(snapshot)
      snapshot.admissions = try layout.active.admitted(within: [60_000], on: redis, nowMilliseconds: now)?.first
    }
    let left = try redis.checked(pause).integer
    if left >= 0 { snapshot.pausedUntilMilliseconds = now + left }
    if left == -1 { snapshot.warnings.append("admission is paused, and the pause has no end") }
    snapshot.aside = try asides(drains).reduce(0) { $0 + $1.count }
    snapshot.reckonDrain()
    return snapshot
  }

  /// Who came in the last minute and still waits. Where the first in line has waited less, all who came since then still wait, because
  /// the line is left at the front; less than a second tells nothing.
  private func recentArrivals(_ snapshot: QueueSnapshot) throws -> Flow? {
    guard let oldest = snapshot.oldestWaitMilliseconds, oldest >= 1000 else { return nil }
    guard oldest >= 60_000 else { return Flow(count: snapshot.waiting, windowMilliseconds: oldest, isAtLeast: true) }
    let now = snapshot.nowMilliseconds
    guard let from = layout.score.score(arrival: now - 60_000), let to = layout.score.score(arrival: now + 1000) else {
      return nil
    }
    let count = try redis.command("ZCOUNT", RedisArgument(layout.waitingKey), "(\(from)", "\(to)").integer
    return Flow(count: count, windowMilliseconds: 60_000, isAtLeast: true)
  }

  /// What came behind the last in line of then has arrived; what is missing beside that has left the line.
  private func compare(_ snapshot: inout QueueSnapshot, with before: QueueSnapshot) throws {
    let window = snapshot.nowMilliseconds - before.nowMilliseconds
    guard window > 0 else { return }
    var arrived = snapshot.waiting
    if let last = before.lastScore {
      arrived = try redis.command("ZCOUNT", RedisArgument(layout.waitingKey), "(\(last)", "+inf").integer
    }
    snapshot.arrivals = Flow(count: arrived, windowMilliseconds: window)
    snapshot.admissions = Flow(
      count: max(0, before.waiting + arrived - snapshot.waiting), windowMilliseconds: window)
  }
}
