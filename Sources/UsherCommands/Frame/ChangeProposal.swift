import Changes
import Terminal

/// The proposal that is shown to the user, and the plan that is carried out.
struct PlannedChange<Plan> {
  var proposal: ChangeProposal
  let plan: Plan

  init(_ proposal: ChangeProposal, _ plan: Plan) {
    self.proposal = proposal
    self.plan = plan
  }
}

/// The store that a change is made in, and its lock.
enum ChangePlace {
  /// In Redis, with the record under these keys of usher. A change that is one atomic step needs no lock.
  case redis(OwnKeys, isLocked: Bool = true)
  /// In PostgreSQL, under the lock of this name.
  case postgres(lock: String)

  var store: OperationRecord.Store {
    switch self {
    case .redis: .redis
    case .postgres: .postgres
    }
  }

  /// Whether the change holds a lock on its target. Only such a change has several steps and can remain unfinished.
  var isLocked: Bool {
    if case .redis(_, let isLocked) = self { return isLocked }
    return true
  }
}

/// What a command is about to change. The dry run, the question and the history show the same proposal.
struct ChangeProposal {
  /// The command's path, `queue admit`.
  var command: String
  /// What is changed, as history and locks name it: `queue tickets`.
  var target: String
  var place: ChangePlace
  /// What is done, in the imperative and with counts: `admit 420 of the 18,204 people waiting in queue 'tickets'`.
  var action: String
  /// Units that will change.
  var count: Int
  /// The count is extrapolated from a sample.
  var countIsEstimate = false
  /// A few of the units, in the order in which they will be changed.
  var sample: [String] = []
  /// What the operator should know before saying yes.
  var warnings: [String] = []
  /// The estimated duration; nil if it is not known.
  var estimate: ClosedRange<Duration>?
  /// Further details of the plan: name as in JSON, and value.
  var details: [(name: String, value: FieldValue)] = []
  var undo: UndoPromise
  /// The operation that this one undoes.
  var undoes: OperationID?
  /// Whether the change frees memory, so that a store whose memory is full must still accept it.
  var freesMemory = false
  /// Why there is nothing to do, when the count is zero.
  var nothingToDo: String = "nothing to do"
  /// Whether standard output carries the change's own data, so that the result goes to standard error.
  var leavesOutputAlone = false
  /// What was done, in the past tense, from the outcome: `admitted 420 of 18,204`.
  var done: (ChangeOutcome) -> String

  /// Whether there is certainly nothing to do.
  var isEmpty: Bool { count == 0 && !countIsEstimate }
  /// The store that changes and keeps the record.
  var store: OperationRecord.Store { place.store }
}
