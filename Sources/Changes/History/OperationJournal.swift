/// The history of one store: what both kinds of store record about a change.
public protocol OperationJournal {
  /// Records that it ended. A nil `changed` keeps what the change itself has counted.
  func finish(_ id: OperationID, state: OperationState, failed: Int, changed: Int?) throws
  /// Operations on this target whose process died in the middle, and that nobody has recorded as dead yet; the newest first.
  func unfinished(target: String) throws -> [OperationRecord]
  /// Records those operations as lost, and gives them, the newest first.
  @discardableResult func markLost(target: String) throws -> [OperationRecord]
  /// Marks an operation as undone by another.
  func markUndone(_ id: OperationID, by undoer: OperationID) throws
  /// The newest `limit` records, newest first; empty where nothing was ever changed.
  func list(limit: Int) throws -> [OperationRecord]
  /// The record of one operation; nil when this store has none.
  func find(_ id: OperationID) throws -> OperationRecord?
}

extension RedisJournal: OperationJournal {}
extension PostgresJournal: OperationJournal {}
