/// One step of a plan, with the steps below it.
public struct PlanNode: Equatable, Sendable {
  /// EXPLAIN's name, with the kind of join or aggregate: `Hash Left Join`.
  public var type: String
  /// The relationship to the step above: `Outer`, `Inner`, `InitPlan`, `SubPlan`, `Member`.
  public var relationship: String?
  /// The name of an InitPlan or a SubPlan: `CTE recent`.
  public var subplan: String?
  public var schema: String?
  public var relation: String?
  public var alias: String?
  public var index: String?
  /// The CTE or function that is scanned.
  public var source: String?
  /// The cost of one execution, in the planner's unit.
  public var totalCost: Double
  /// The rows of one execution.
  public var estimatedRows: Double
  /// What was measured; nil where the statement was not run.
  public var actual: Actual?
  /// Filters, join conditions and index conditions, as the server writes them.
  public var conditions: [Condition]
  /// The keys of a sort or a group.
  public var keys: [Condition]
  /// Rows that were read and discarded, in all executions.
  public var removed: [Removal]
  /// How a sort was done: `external merge`.
  public var sortMethod: String?
  public var sortKilobytes: Int?
  /// Whether the sort used the disk.
  public var sortIsOnDisk: Bool
  public var hashBatches: Int?
  /// The amount that an aggregate wrote to disk.
  public var diskKilobytes: Int?
  public var workersPlanned: Int?
  public var workersLaunched: Int?
  /// Whether the processes of a parallel query share this node's work.
  public var isParallelAware = false
  /// Whether a join ends its search on the inner side at the first match.
  public var isInnerUnique = false
  /// The measurements of each worker; the leader's are in `actual` only, which has all of them.
  public var workers: [Worker] = []
  /// Buffers, caches and what else a node used; nil members were not measured.
  public var resources = PlanResources()
  /// The expressions of the node, as the server writes them, in which parameters of InitPlans are found.
  public var expressions: [String] = []
  /// The number of partitions that were excluded by their bounds.
  public var subplansRemoved: Int?
  /// The cost of this step without those below it, over all executions that are estimated.
  public var selfCost = 0.0
  /// The time of this step and those below it, over all executions; nil where the statement was not run.
  ///
  /// Elapsed time: processes that work at the same time count once.
  public var elapsedMilliseconds: Double?
  /// The time of this step without those below it; nil where the statement was not run.
  public var selfMilliseconds: Double?
  /// How much `selfMilliseconds` can be wrong, because the server rounds the time of one execution to a microsecond.
  public var selfErrorMilliseconds: Double?
  /// Whether this is the costliest step.
  public var isCostliest = false
  public var children: [PlanNode]

  /// The measurements of one step.
  public struct Actual: Equatable, Sendable {
    /// The average of one execution.
    public var rows: Double
    /// The number of executions; 0 for a step that was never executed.
    public var loops: Int
    /// The average of one execution, with the steps below.
    public var milliseconds: Double
  }

  /// The measurements of one worker, over all its executions.
  public struct Worker: Equatable, Sendable {
    public var number: Int
    public var loops: Int
    public var milliseconds: Double
    /// The time that the worker took to compile.
    public var jitMilliseconds: Double
  }

  public struct Condition: Equatable, Sendable {
    /// `filter`, `index condition`, `sort key` and similar names.
    public var name: String
    public var text: String
  }

  public struct Removal: Equatable, Sendable {
    /// The condition: `filter`, `join filter`, `index recheck`.
    public var condition: String
    public var rows: Int
  }

  /// The step and all below it, from the top down.
  public var all: [PlanNode] { [self] + children.flatMap(\.all) }

  /// The kind of the node without its prefixes and suffixes, where a statement changes rows.
  public var changesRows: Bool { ["Insert", "Update", "Delete", "Merge"].contains(type) }

  /// The table with its schema, unless that is `public`.
  public var relationName: String? {
    relation.map { name in schema.map { $0 == "public" ? name : "\($0).\(name)" } ?? name }
  }
}
