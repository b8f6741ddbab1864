import Redis
import Text

/// The lints that need no further question to the server.
extension WaitingRoom {
  /// Scores that are no times of their meaning, or of another unit, or of a clock that is ahead; places that have ended.
  func scores(_ rows: [Row], _ snapshot: QueueSnapshot) -> [Lint] {
    guard layout.score != .counter, !rows.isEmpty else { return [] }
    let now = snapshot.nowMilliseconds
    let ages = rows.map { layout.score.age(score: $0.score, nowMilliseconds: now) }
    var lints: [Lint] = []
    let timeless = ages.count { $0 == nil }
    if timeless > 0 {
      let other = layout.score.inOtherUnit
      let fitting = rows.count { other.age(score: $0.score, nowMilliseconds: now) != nil }
      lints.append(
        Lint(
          "scores",
          "\(timeless.grouped) of \(rows.count.counted("score")) \(timeless == 1 ? "is not a valid" : "are not valid") \(layout.score.rawValue) \(timeless == 1 ? "value" : "values")",
          gravity: .problem,
          hint: fitting == rows.count
            ? "they are valid \(other.rawValue) values: set `score: \(other.rawValue)`"
            : "see them with \(layout.command("list")); set `score: counter` if they are not times"))
    }
    if layout.score.isExpiry { return lints + places(snapshot) }
    let ahead = ages.compactMap { $0 }.filter { $0 < -1000 }
    if let furthest = ahead.min() {
      lints.append(
        Lint(
          "clock",
          "\(ahead.count.grouped) of \(rows.count.counted("arrival")) \(ahead.count == 1 ? "is" : "are") ahead of the server's clock, by at most "
            + "\((-furthest / 1000).grouped) s",
          hint: "compare the clocks of the service's hosts with that of Redis"))
    }
    return lints
  }

  /// Expired people who still wait: they are in front of all others.
  private func places(_ snapshot: QueueSnapshot) -> [Lint] {
    guard let over = snapshot.placesOver, over > 0 else { return [] }
    return [
      Lint(
        "places",
        "\(over.grouped) of \(snapshot.waiting.counted("waiting person", plural: "waiting people")) \(over == 1 ? "has expired, and is" : "have expired, and are") in front of all others",
        hint: "check whether the service removes expired people from the line; see them with \(layout.command("list"))")
    ]
  }

  /// Scores that many share: among them the member's bytes decide, and not the arrival.
  func ties(_ rows: [Row], _ part: Part) -> [Lint] {
    var sharing = 0
    var largest = 0
    var start = 0
    for index in 1..<max(1, rows.count + 1) where index <= rows.count {
      if index < rows.count, rows[index].score == rows[start].score { continue }
      let group = index - start
      if group > 1 { sharing += group }
      largest = max(largest, group)
      start = index
    }
    // Two in one millisecond are chance. A counter gives each number once; else a score that twenty share was not made by one arrival.
    guard sharing > 0, layout.score == .counter || largest >= 20 else { return [] }
    return [
      Lint(
        "ties",
        "\(sharing.grouped) of \(rows.count.grouped) share their score with others, up to \(largest.grouped) have one score; their order is that of the tokens"
          + part.phrase,
        hint: "let the service use finer scores, or a counter")
    ]
  }

  /// The trap of one time to live for everybody.
  func wholeKey(_ snapshot: QueueSnapshot) -> [Lint] {
    guard layout.active is WholeKeySet, snapshot.active > 0, let left = snapshot.activeTTLMilliseconds else {
      return []
    }
    return [
      Lint(
        "whole key",
        (snapshot.active == 1
          ? "the only active user expires" : "all \(snapshot.active.grouped) active users expire together")
          + " in \(Figures.duration(milliseconds: left)) unless somebody is admitted",
        hint: "before admission stops for longer, extend their time with \(layout.command("pause --for 10m"))")
    ]
  }

  /// Whether anybody is let in; `snapshot` is of `measure()`.
  public func idle(_ snapshot: QueueSnapshot) -> [Lint] {
    guard snapshot.waiting > 0 else { return [] }
    if let until = snapshot.pausedUntilMilliseconds {
      let left = max(0, until - snapshot.nowMilliseconds) / 1000
      return [
        Lint(
          "paused", "admission is paused for another \(left.grouped) s", hint: "end it with \(layout.command("resume"))"
        )
      ]
    }
    let hint = "check whether the service admits people; admit them by hand with \(layout.command("admit 420"))"
    if snapshot.active == 0 {
      return [
        Lint(
          "idle", "\(snapshot.waiting.grouped) \(snapshot.waiting == 1 ? "waits" : "wait"), and nobody is active",
          hint: hint)
      ]
    }
    guard snapshot.free != 0 else { return [] }
    if let admissions = snapshot.admissions, admissions.count == 0, admissions.windowMilliseconds >= 60_000 {
      return [
        Lint(
          "idle",
          "\(snapshot.waiting.grouped) \(snapshot.waiting == 1 ? "waits" : "wait"), and nobody was admitted in the last minute",
          hint: hint)
      ]
    }
    // Each admission arms the whole key again, so what is gone of its time is the time since the last one.
    if layout.active is WholeKeySet, let left = snapshot.activeTTLMilliseconds,
      let lifetime = layout.active.lifetimeMilliseconds, lifetime - left >= 60_000
    {
      let since = (lifetime - left) / 1000
      return [
        Lint(
          "idle",
          "\(snapshot.waiting.grouped) \(snapshot.waiting == 1 ? "waits" : "wait"), and the last admission was \(since.grouped) s ago",
          hint: hint)
      ]
    }
    return []
  }

  /// Counters of the service that have drifted from what they count.
  func counters(_ snapshot: QueueSnapshot) throws -> [Lint] {
    let counters = [
      (layout.sideKeys.waitingCounter, "waiting people", snapshot.waiting),
      (layout.sideKeys.activeCounter, "active users", snapshot.active),
    ]
    return try counters.compactMap { key, what, count -> Lint? in
      guard let key else { return nil }
      guard case .bytes(let bytes) = try redis.reply(to: redis.append(["GET", RedisArgument(key)])),
        let number = Int(String(decoding: bytes, as: UTF8.self))
      else { return Lint("counters", "the counter '\(key)' of \(what) is not a number") }
      // The service counts and moves one after the other, and people move while this looks.
      return abs(number - count) <= max(10, count / 100)
        ? nil
        : Lint("counters", "the counter '\(key)' of \(what) is \(number.grouped), but there are \(count.grouped)")
    }
  }
}
