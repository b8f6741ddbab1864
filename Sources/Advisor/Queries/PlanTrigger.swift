/// A trigger that fired while the statement was run, such as that of a foreign key. Its time is in no step of the plan.
///
/// Source: `report_triggers` of the server, explain.c.
public struct PlanTrigger: Equatable, Sendable, Decodable {
  public let name: String
  /// The constraint that it enforces; nil for a trigger of the user.
  public let constraint: String?
  public let relation: String?
  public let calls: Int
  public let milliseconds: Double

  init(name: String, constraint: String?, relation: String?, calls: Int, milliseconds: Double) {
    self.name = name
    self.constraint = constraint
    self.relation = relation
    self.calls = calls
    self.milliseconds = milliseconds
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: PlanDocument.Key.self)
    name = try values.decode(String.self, forKey: "Trigger Name")
    constraint = try values.decodeIfPresent(String.self, forKey: "Constraint Name")
    relation = try values.decodeIfPresent(String.self, forKey: "Relation")
    calls = Int(clamping: try values.decodeIfPresent(Double.self, forKey: "Calls") ?? 0)
    milliseconds = try values.decodeIfPresent(Double.self, forKey: "Time") ?? 0
  }
}
