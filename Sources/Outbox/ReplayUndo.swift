import Changes
import Failures
import Text

/// Undoes a replay in the table: rows that are still marked as the replay left them get their former status again.
///
/// What was sent remains sent. No configuration is needed: the before-images say where the rows are.
public struct ReplayUndo {
  private let undo: RowUndo

  public init(_ operation: OperationID, journal: PostgresJournal) { undo = RowUndo(operation, journal: journal) }

  /// What an undo would do now.
  public struct Plan: Equatable, Sendable {
    /// Rows that are still as the replay left them.
    public var count: Int
    /// Rows that have changed since; they stay as they are.
    public var moved: Int
    /// The tables' names, as locks and history have them.
    public var tables: [String]

    public var warnings: [String] {
      var warnings = ["what was sent remains sent; the next replay sends the events again"]
      if moved > 0 { warnings.append(ReplayUndo.sentence(moved, "are skipped", one: "is skipped")) }
      return warnings
    }
  }

  /// Reads only.
  public func plan() throws -> Plan {
    let plan = try undo.plan()
    return Plan(count: plan.count, moved: plan.moved, tables: plan.tables)
  }

  /// As `RowUndo` does it; one that was interrupted continues with the next.
  public func apply(as operation: OperationID, control: ChangeControl = .init()) throws -> ChangeOutcome {
    var outcome = try undo.apply(as: operation, control: control)
    if outcome.skipped > 0 {
      outcome.notes.append(Self.sentence(outcome.skipped, "were skipped", one: "was skipped"))
    }
    return outcome
  }

  private static func sentence(_ count: Int, _ ending: String, one: String) -> String {
    "\(count.counted("event")) \(count == 1 ? "has" : "have") changed since the replay and \(count == 1 ? one : ending)"
  }
}
