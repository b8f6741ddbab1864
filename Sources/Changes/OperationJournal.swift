/// The history of one store: what both kinds of store record about a change.
public protocol OperationJournal {
  /// Records that an operation starts, before anything is changed.
  ///
  /// - Parameter lease: what the operation holds in Redis, by which others see whether it still runs; nil for one that holds nothing
  ///   there. In PostgreSQL the journal takes a lock of its own for that.
  func begin(_ request: OperationRequest, under lease: RedisLease?) throws -> OperationID
  /// Records that it ended. A nil `changed` keeps what the change itself has counted.
  func finish(_ id: OperationID, state: OperationState, failed: Int, changed: Int?) throws
  /// Operations on this target whose process died in the middle, and that nobody has found dead yet; the newest first.
  func unfinished(target: String) throws -> [OperationRecord]
  /// Marks operations on this target that began and never ended as lost, and gives them, the newest first; the caller holds the
  /// target's lock.
  @discardableResult func markLost(target: String) throws -> [OperationRecord]
  /// Marks an operation as taken back by another.
  func markUndone(_ id: OperationID, by undoer: OperationID) throws
  /// The newest `limit` records, newest first; empty where nothing was ever changed.
  func list(limit: Int) throws -> [OperationRecord]
  /// The record of one operation; nil when this store has none.
  func find(_ id: OperationID) throws -> OperationRecord?
}

extension OperationJournal {
  /// Records the start of an operation that holds nothing in Redis.
  public func begin(_ request: OperationRequest) throws -> OperationID { try begin(request, under: nil) }
}

extension RedisJournal: OperationJournal {}
extension PostgresJournal: OperationJournal {}
