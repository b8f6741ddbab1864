import Terminal
import Text
import WaitingRoom

/// What `usher doctor` looks at in each configured queue.
enum DoctorQueues {
  /// Of a family so many concerts: each costs some milliseconds of the server's time.
  private static let mostQueues = 50

  static func examine(_ session: Session) -> [Finding] {
    do {
      let context = try session.context()
      guard context.redis != nil, !context.queues.isEmpty else { return [] }
      let layouts = try session.queueLayouts(named: nil)
      let redis = try session.redis()
      let findings = layouts.prefix(mostQueues).flatMap { layout -> [Finding] in
        do {
          return Self.findings(layout.name, try WaitingRoom(layout, on: redis).lint())
        } catch {
          return [Finding("queue", layout.name, failed: error)]
        }
      }
      guard layouts.count > mostQueues else { return findings }
      return findings + [
        Finding(
          "queue", "others", .skipped, "\((layouts.count - mostQueues).grouped) more queues were not looked at")
      ]
    } catch {
      return [Finding("queue", "all", failed: error)]
    }
  }

  /// One line for a queue in order, else a line for each thing that is not.
  private static func findings(_ name: String, _ report: LintReport) -> [Finding] {
    guard report.lints.isEmpty else {
      return report.lints.map { lint in
        Finding(
          "queue", "\(name): \(lint.check)", lint.gravity == .problem ? .problem : .warning, lint.detail,
          hint: lint.hint)
      }
    }
    var detail = "\(report.waiting.grouped) waiting, \(report.active.grouped) active"
    if report.waitingLookedAt < report.waiting || report.activeLookedAt < report.active {
      detail +=
        "; \(report.waitingLookedAt.grouped) of the waiting and \(report.activeLookedAt.grouped) of the active "
        + "were looked at"
    }
    return [Finding("queue", name, .ok, detail)]
  }
}
