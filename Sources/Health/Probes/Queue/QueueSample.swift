import Text
import WaitingRoom

/// Traps in how the service keeps a queue, found in a sample of its people.
struct QueueSample: Probe {
  let check = "sample"
  let purpose = Purpose.fitness

  /// What `QueuePeople` observes already.
  private static let others: Set = ["state", "idle", "paused"]

  func examine(_ room: WaitingRoom) throws -> [Observation] {
    let report = try room.lint()
    let lints = report.lints.filter { !Self.others.contains($0.check) }
    guard lints.isEmpty else { return lints.map { Observation($0) } }
    let isWhole = report.waitingLookedAt >= report.waiting && report.activeLookedAt >= report.active
    return [
      .ok(
        isWhole
          ? "members and scores are as configured"
          : "members and scores are as configured for the \(report.waitingLookedAt.grouped) of \(report.waiting.grouped) "
            + "waiting and the \(report.activeLookedAt.grouped) of \(report.active.grouped) active that were read")
    ]
  }
}
