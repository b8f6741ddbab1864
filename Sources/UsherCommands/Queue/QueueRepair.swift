import Changes
import Failures
import Terminal
import Text
import WaitingRoom

/// What the repairing commands of a queue share.
enum QueueRepair {
  /// A plan is carried out only under the lease that its proposal asked for.
  static func lease(_ guardian: ChangeGuard) throws -> RedisLease {
    guard let lease = guardian.lease else { throw Failure(.bug, "a queue was repaired without its lock") }
    return lease
  }

  /// The room of a queue as it is configured now.
  static func room(named name: String?, _ session: Session) throws -> WaitingRoom {
    WaitingRoom(try session.queueLayout(named: name), on: try session.redis())
  }

  /// The room that a record is about.
  static func room(of record: OperationRecord, _ session: Session) throws -> WaitingRoom {
    try room(named: try QueueOption.name(inTarget: record.request.target), session)
  }

  /// The plan of an undo that works on before-images; `action` is given the count.
  static func undoPlan(
    _ record: OperationRecord, _ session: Session, isAboutPlaces: Bool = false,
    action: (String, QueueLayout) -> String, done: String
  ) throws -> UndoPlan {
    let room = try room(of: record, session)
    let plan = try room.planUndo(of: record.id)
    // Whom a drain has set aside it would not find, and then take for gone for good.
    if isAboutPlaces, let aside = try room.asides().first {
      throw Failure(
        .refused, "people of queue '\(room.layout.name)' are set aside, so their places cannot be given back now",
        hints: ["give them back first: \(room.layout.command("restore \(aside.drain)"))"])
    }
    let count = plan.count.grouped
    return UndoPlan(
      action: action(count, room.layout), count: plan.count, warnings: plan.snapshot.warnings, lock: room.leaseName,
      done: { "\(done) \($0.changedText) of \(count)" })
  }
}

extension QueueSnapshot {
  /// The facts that every plan about a queue shows.
  var planDetails: [(name: String, value: FieldValue)] {
    [("queue", .text(queue)), ("waiting", .integer(waiting)), ("active", .integer(active))]
  }
}
