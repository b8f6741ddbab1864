/// A trigger that fired while the statement was run, such as that of a foreign key. The time of a BEFORE or INSTEAD OF trigger is taken out of the node that changed
/// the rows; that of an AFTER trigger is in no node.
///
/// Source: `report_triggers` of the server, explain.c.
public struct PlanTrigger: Equatable, Sendable {
  public let name: String
  /// The constraint that it enforces; nil for a trigger of the user.
  public let constraint: String?
  public let relation: String?
  public let calls: Int
  public let milliseconds: Double
  /// Whether it ran inside of a node: before a row or statement, or instead of it.
  public internal(set) var isInsideNode = false

  init(name: String, constraint: String?, relation: String?, calls: Int, milliseconds: Double) {
    self.name = name
    self.constraint = constraint
    self.relation = relation
    self.calls = calls
    self.milliseconds = milliseconds
  }

  init(_ values: PlanObject) throws(PlanMismatch) {
    name = try values.required("Trigger Name", try values.text("Trigger Name"))
    constraint = try values.text("Constraint Name")
    relation = try values.text("Relation")
    calls = Int(clamping: try values.number("Calls") ?? 0)
    milliseconds = try values.number("Time") ?? 0
  }
}
