/// How far an operation has come.
public enum OperationState: String, CaseIterable, Sendable {
  /// Began and has not said that it ended: it runs now, or its process died.
  case started
  /// Never said that it ended, and does not change anything any more: its process was killed, or lost its server.
  case lost
  case done
  /// Some units failed.
  case partial
  case failed
  /// Ended early on request, with what was done kept.
  case interrupted
  /// Taken back by a later operation.
  case undone
}

/// One operation as the history of its store has it.
public struct OperationRecord: Equatable, Sendable {
  /// The store that was changed and that keeps the record.
  public enum Store: String, Sendable {
    case redis
    case postgres
  }

  public var id: OperationID
  public var store: Store
  public var request: OperationRequest
  /// `user@host` of the process.
  public var actor: String
  /// By the store's clock, since 1970.
  public var startedMilliseconds: Int
  public var endedMilliseconds: Int?
  public var state: OperationState
  /// Units changed; written with the changes themselves, so it is right also when the process was killed.
  public var changed: Int
  public var failed: Int
  public var undoneBy: OperationID?
  /// Beside which key of the service Redis keeps what belongs to the operation; nil in PostgreSQL.
  public var keys: OwnKeys?

  public init(
    id: OperationID, store: Store, request: OperationRequest, actor: String, startedMilliseconds: Int,
    endedMilliseconds: Int? = nil, state: OperationState, changed: Int, failed: Int, undoneBy: OperationID? = nil,
    keys: OwnKeys? = nil
  ) {
    self.id = id
    self.store = store
    self.request = request
    self.actor = actor
    self.startedMilliseconds = startedMilliseconds
    self.endedMilliseconds = endedMilliseconds
    self.state = state
    self.changed = changed
    self.failed = failed
    self.undoneBy = undoneBy
    self.keys = keys
  }
}
