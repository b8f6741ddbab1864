import Arguments
import Changes

/// One command: its specification and its run. It stands in a file of its own and in one line of `Catalog`.
public protocol Command: Sendable {
  static var specification: CommandSpecification { get }
  /// Does the work and prints the result; throws what no caller needs to tell apart, for `ErrorReport` to explain.
  static func run(_ values: ParsedValues, _ session: Session) throws
}

/// A command whose operations `usher undo` takes back from their before-images.
protocol UndoableCommand: Command {
  /// What taking the operation back would do; reads only.
  static func planUndo(_ record: OperationRecord, _ session: Session) throws -> UndoPlan
  /// Takes it back under the operation `undo`, as far as the before-images still apply.
  static func applyUndo(
    _ record: OperationRecord, as undo: OperationID, _ session: Session, _ guardian: ChangeGuard,
    _ control: ChangeControl
  ) throws -> ChangeOutcome
}

/// What an undo is about to do.
struct UndoPlan {
  /// In the imperative, with counts: `move 420 people back to the waiting room 'tickets'`.
  var action: String
  var count: Int
  var sample: [String] = []
  var warnings: [String] = []
  var lock: String?
  /// The deed in the past tense, from what came out.
  var done: (ChangeOutcome) -> String
}
