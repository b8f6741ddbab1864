import Changes
import Terminal

/// What a command is about to change, as a person is shown it, and the plan that is carried out.
struct PlannedChange<Plan> {
  var proposal: ChangeProposal
  let plan: Plan

  init(_ proposal: ChangeProposal, _ plan: Plan) {
    self.proposal = proposal
    self.plan = plan
  }
}

/// Where something is changed.
enum ChangePlace {
  /// In Redis, with the record beside this key of the service. A change that is one atomic step needs no lock.
  case redis(OwnKeys, isLocked: Bool = true)
  /// In PostgreSQL, under the lock of this name.
  case postgres(lock: String)

  var store: OperationRecord.Store {
    switch self {
    case .redis: .redis
    case .postgres: .postgres
    }
  }

  /// Whether others of the same target are kept out, so that a change may be found in its middle.
  var isLocked: Bool {
    if case .redis(_, let isLocked) = self { return isLocked }
    return true
  }
}

/// What a changing command is about to do, said before it is done: the same in a dry run, in the question, and in history.
struct ChangeProposal {
  /// The command's path, `queue admit`.
  var command: String
  /// What is changed, as history and locks name it: `queue tickets`.
  var target: String
  var place: ChangePlace
  /// The deed in the imperative with its counts: `admit 420 of 18,204 waiting people to queue 'tickets'`.
  var action: String
  /// Units that will change.
  var count: Int
  /// The count is extrapolated from a sample.
  var countIsEstimate = false
  /// A few of the units, in the order in which they will be changed.
  var sample: [String] = []
  /// What the operator should know before saying yes.
  var warnings: [String] = []
  /// How long it will take, as a range, where that is known.
  var estimate: ClosedRange<Duration>?
  /// Further facts of the plan: name as in JSON, and value.
  var details: [(name: String, value: FieldValue)] = []
  var undo: UndoPromise
  /// The operation that this one takes back.
  var undoes: OperationID?
  /// A store that is full must not refuse it, because it is what makes room.
  var freesMemory = false
  /// Why there is nothing to do, when the count is zero.
  var nothingToDo: String = "nothing to do"
  /// Standard output carries the change's own data, so the result goes to standard error.
  var leavesOutputAlone = false
  /// The deed in the past tense, from what came out: `admitted 420 of 18,204`.
  var done: (ChangeOutcome) -> String

  /// There is nothing to do, and that is certain.
  var isEmpty: Bool { count == 0 && !countIsEstimate }
  /// The store that changes and keeps the record.
  var store: OperationRecord.Store { place.store }
}
