/// One step of a plan, with the steps that feed it.
public struct PlanNode: Equatable, Sendable {
  /// As EXPLAIN names it, with what kind of join or aggregate it is: `Hash Left Join`.
  public var type: String
  /// The part that it plays for the step above: `Outer`, `Inner`, `InitPlan`, `SubPlan`, `Member`.
  public var relationship: String?
  /// The name of an InitPlan or a SubPlan: `CTE recent`.
  public var subplan: String?
  public var schema: String?
  public var relation: String?
  public var alias: String?
  public var index: String?
  /// The CTE or function that is scanned.
  public var source: String?
  /// In the planner's unit, once through.
  public var totalCost: Double
  /// Each time through.
  public var estimatedRows: Double
  /// What happened, where the statement was run.
  public var actual: Actual?
  /// Filters, join and index conditions, in the server's own words.
  public var conditions: [Condition]
  /// What a sort or a group goes by.
  public var keys: [Condition]
  /// Rows that were read and thrown away, all times together.
  public var removed: [Removal]
  /// How a sort was done: `external merge`.
  public var sortMethod: String?
  public var sortKilobytes: Int?
  /// Whether the sort went to disk.
  public var sortIsOnDisk: Bool
  public var hashBatches: Int?
  /// What an aggregate wrote to disk.
  public var diskKilobytes: Int?
  public var workersPlanned: Int?
  /// Partitions that were not looked at, because of their bounds.
  public var subplansRemoved: Int?
  /// What this step costs by itself, over all times that it is estimated to run.
  public var selfCost = 0.0
  /// The time that passed in this step and below it, over all times that it was run; nil where the statement was not run.
  ///
  /// By the wall clock: processes that work at the same time count once.
  public var elapsedMilliseconds: Double?
  /// The time that passed in this step itself; nil where the statement was not run.
  public var selfMilliseconds: Double?
  /// Whether no other step costs, or took, more by itself.
  public var isCostliest = false
  public var children: [PlanNode]

  /// What a run of the statement measured.
  public struct Actual: Equatable, Sendable {
    /// Each time through, on average.
    public var rows: Double
    /// How often it was run; 0 for never.
    public var loops: Int
    /// Each time through, with everything below, on average.
    public var milliseconds: Double
  }

  public struct Condition: Equatable, Sendable {
    /// Such as `filter`, `index condition`, `sort key`.
    public var name: String
    public var text: String
  }

  public struct Removal: Equatable, Sendable {
    /// By which condition: `filter`, `join filter`, `index recheck`.
    public var condition: String
    public var rows: Int
  }

  /// The step and all below it, from the top down.
  public var all: [PlanNode] { [self] + children.flatMap(\.all) }

  /// The table with its schema, unless that is `public`.
  public var relationName: String? {
    relation.map { name in schema.map { $0 == "public" ? name : "\($0).\(name)" } ?? name }
  }
}
