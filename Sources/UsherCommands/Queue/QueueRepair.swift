import Changes
import Failures
import Terminal
import Text
import WaitingRoom

/// What the repairing commands of a queue share.
enum QueueRepair {
  /// The room of a queue as it is configured now.
  static func room(named name: String?, _ session: Session) throws -> WaitingRoom {
    WaitingRoom(try session.queueLayout(named: name), on: try session.redis())
  }

  /// The room that a record is about.
  ///
  /// Fails with `configuration` where the queue has another waiting key now than the record.
  static func room(of record: OperationRecord, _ session: Session) throws -> WaitingRoom {
    let room = try room(named: try QueueOption.name(inTarget: record.request.target), session)
    guard record.keys == nil || record.keys == room.keys else {
      throw Failure(
        .configuration, "\(record.id) changed another waiting key than queue '\(room.layout.name)' has now",
        causes: ["the waiting key is '\(room.layout.waitingKey)' now"],
        hints: ["run it with the configuration that was in use then"])
    }
    return room
  }

  /// The plan of an undo that works on before-images; `action` is given the count.
  static func undoPlan(
    _ record: OperationRecord, _ session: Session, isAboutPlaces: Bool = false,
    action: (String, QueueLayout) -> String, done: String,
    apply: @escaping (WaitingRoom, OperationID, RunningChange) throws -> ChangeOutcome
  ) throws -> UndoPlan {
    let room = try room(of: record, session)
    let plan = try room.planUndo(of: record.id)
    // It would not find people who are set aside, and would treat them as gone.
    if isAboutPlaces, let parked = try room.parked().first {
      throw Failure(
        .refused, "people of queue '\(room.layout.name)' are set aside, so positions in it cannot be restored now",
        hints: ["return them first: \(room.layout.command("unpark \(parked.operation)"))"])
    }
    let count = plan.count.grouped
    return UndoPlan(
      action: action(count, room.layout), count: plan.count, warnings: plan.snapshot.warnings,
      place: .redis(room.keys), done: { "\(done) \($0.changedText) of \(count)" },
      apply: { try apply(room, plan.operation, $0) })
  }
}

extension QueueSnapshot {
  /// The facts that every plan about a queue shows.
  var planDetails: [(name: String, value: FieldValue)] {
    [("queue", .text(queue)), ("waiting", .integer(waiting)), ("active", .integer(active))]
  }
}
