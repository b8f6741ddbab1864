import Arguments
import Changes

/// One command: its specification and its code. Each command has its own file and one line in `Catalog`.
public protocol Command: Sendable {
  static var specification: CommandSpecification { get }
  /// Does the work and prints the result. Throws any error that `ErrorReport` can explain.
  static func run(_ values: ParsedValues, _ session: Session) throws
}

/// A command whose operations can be undone with `usher undo`.
protocol UndoableCommand: Command {
  /// The plan of the undo. Only reads.
  static func planUndo(_ record: OperationRecord, _ session: Session) throws -> UndoPlan
}

/// What an undo is about to do, and how it is carried out.
struct UndoPlan {
  /// What is done, in the imperative and with counts: `move 420 people back to the waiting room 'tickets'`.
  var action: String
  var count: Int
  var sample: [String] = []
  var warnings: [String] = []
  var place: ChangePlace
  /// What was done, in the past tense, from the outcome.
  var done: (ChangeOutcome) -> String
  /// Undoes the operation under a new operation id, as far as the before-images still apply.
  let apply: (RunningChange) throws -> ChangeOutcome
}
