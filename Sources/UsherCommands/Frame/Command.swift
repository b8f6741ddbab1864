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
  /// What taking the operation back would do, and how it is done; reads only.
  static func planUndo(_ record: OperationRecord, _ session: Session) throws -> UndoPlan
}

/// What an undo is about to do, as a person is shown it, and how it is carried out.
struct UndoPlan {
  /// In the imperative, with counts: `move 420 people back to the waiting room 'tickets'`.
  var action: String
  var count: Int
  var sample: [String] = []
  var warnings: [String] = []
  var place: ChangePlace
  /// The deed in the past tense, from what came out.
  var done: (ChangeOutcome) -> String
  /// Takes the operation back under a new one, as far as the before-images still apply.
  let apply: (RunningChange) throws -> ChangeOutcome
}
