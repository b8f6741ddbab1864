import Text
import WaitingRoom

/// How many people wait and are active in a queue, and whether anybody is admitted.
struct QueuePeople: Probe {
  let check = "people"
  let isSummary = true

  func examine(_ room: WaitingRoom) throws -> [Observation] {
    let snapshot = try room.measure()
    return [people(snapshot)] + idle(room, snapshot)
  }

  private func people(_ snapshot: QueueSnapshot) -> Observation {
    var parts = ["\(snapshot.waiting.grouped) waiting"]
    parts.append(
      snapshot.capacity.map { "\(snapshot.active.grouped) of \($0.grouped) active" }
        ?? "\(snapshot.active.grouped) active")
    if let oldest = snapshot.oldestWaitMilliseconds {
      parts.append("the first for \(Figures.duration(milliseconds: oldest))")
    }
    let reason = (parts + snapshot.warnings).joined(separator: ", ")
    let figures = [
      Figure("waiting", .integer(snapshot.waiting)), Figure("active", .integer(snapshot.active)),
      Figure("capacity", .integer(snapshot.capacity)),
      Figure("oldest_wait_ms", .milliseconds(snapshot.oldestWaitMilliseconds)),
    ]
    return snapshot.warnings.isEmpty ? .ok(reason, figures: figures) : .warning(reason, figures: figures)
  }

  /// What the lint finds, which knows the last admissions; else the room that is left unused.
  private func idle(_ room: WaitingRoom, _ snapshot: QueueSnapshot) -> [Observation] {
    let lints = room.idle(snapshot)
    guard lints.isEmpty else { return lints.map { Observation($0) } }
    // A tenth of the capacity is what a service that admits every few seconds leaves free between two admissions.
    guard snapshot.waiting > 0, let free = snapshot.free, free > (snapshot.capacity ?? 0) / 10 else { return [] }
    return [
      .warning(
        "capacity for \(free.grouped) more is unused",
        advice: "check whether the service admits fast enough: \(room.layout.command("status"))"
      ).of(check: "idle")
    ]
  }
}

extension Observation {
  /// The lint as an observation of a check of its own.
  init(_ lint: Lint) {
    self.init(
      verdict: lint.gravity == .problem ? .critical : .warning, reason: lint.detail, advice: lint.hint, figures: [],
      check: lint.check)
  }
}
