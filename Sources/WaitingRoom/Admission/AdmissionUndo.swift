import Changes
import Failures
import Redis
import Text

/// What undoing an admission would do now.
public struct AdmissionUndoPlan: Sendable {
  public var operation: OperationID
  /// How many tokens the before-images contain, including people who have left the service meanwhile.
  public var count: Int
  public var snapshot: QueueSnapshot
}

extension WaitingRoom {
  /// What is left to undo of an admission. Only reads.
  ///
  /// Fails with `failed` when the before-images are gone, and with `configuration` when the queue has other keys now.
  public func planUndo(of operation: OperationID) throws -> AdmissionUndoPlan {
    let record = try redis.append(
      ["HMGET", RedisArgument(keys.operation(operation))]
        + ["changed", "already", "taken_back", "waiting_key", "active_key"])
    let images = try redis.append(["LLEN", RedisArgument(keys.beforeImages(operation))])
    let fields = try redis.checked(record).array
    let imageCount = try redis.checked(images).integer
    guard fields.count == 5 else { throw Failure(.failed, "cannot read the record of \(operation)") }
    let numbers = try fields[0..<3].map { try $0.optional?.integer ?? 0 }
    let left = max(0, numbers[0] + numbers[1] - numbers[2])
    try checkKeys(fields[3], layout.waitingKey, "waiting", of: operation)
    try checkKeys(fields[4], layout.active.key, "active", of: operation)
    if imageCount == 0, left > 0 {
      throw Failure(
        .failed, "cannot undo \(operation): its before-images are no longer kept",
        causes: ["they are kept for \(RedisJournal.beforeImageRetentionSeconds / 3600) hours"])
    }
    return AdmissionUndoPlan(operation: operation, count: left, snapshot: try snapshot())
  }

  /// Undoes an admission in atomic batches: people who are still active wait again, at the old position or a better one. May be repeated
  /// after an interruption. `skipped` counts people who have left the service meanwhile, or are set aside.
  public func undo(_ admission: OperationID, _ change: RunningChange) throws -> ChangeOutcome {
    let size = change.control.batchSize(upTo: Self.batchLimit)
    let totals = try run(
      UndoAdmissionScript.script(for: layout), change, takingBack: admission, batchSize: size,
      arguments: ["limit": RedisArgument(size)])
    var outcome = ChangeOutcome(changed: totals.changed, skipped: totals.other)
    outcome.wasInterrupted = !totals.isComplete && change.control.isInterrupted()
    let setAside = totals.other > 0 ? try countSetAside(by: change.id) : 0
    let gone = totals.other - setAside
    if gone > 0 {
      outcome.notes.append(
        "\(gone.grouped) had left the service meanwhile and \(gone == 1 ? "was" : "were") not returned")
    }
    if setAside > 0 {
      outcome.notes.append(
        "\(setAside.grouped) came back and \(setAside == 1 ? "is" : "are") set aside; \(layout.command("unpark")) returns everybody"
      )
    }
    return outcome
  }

  /// How many people an undo has skipped because they are set aside.
  private func countSetAside(by undo: OperationID) throws -> Int {
    try redis.command("HGET", RedisArgument(keys.operation(undo)), "set_aside").optional?.integer ?? 0
  }

  /// Fails with `configuration` when the operation worked on other keys than the queue has now.
  public func checkKeys(of operation: OperationID) throws {
    let fields = try redis.command(
      "HMGET", RedisArgument(keys.operation(operation)), "waiting_key", "active_key"
    ).array
    guard fields.count == 2 else { throw Failure(.failed, "cannot read the record of \(operation)") }
    try checkKeys(fields[0], layout.waitingKey, "waiting", of: operation)
    try checkKeys(fields[1], layout.active.key, "active", of: operation)
  }

  private func checkKeys(_ recorded: RedisValue, _ configured: String, _ what: String, of id: OperationID) throws {
    guard let recorded = try recorded.optional?.string, recorded != configured else { return }
    throw Failure(
      .configuration,
      "\(id) changed the \(what) key '\(recorded)', but that of queue '\(layout.name)' is now '\(configured)'",
      hints: ["undo it with the configuration of that time"])
  }
}
