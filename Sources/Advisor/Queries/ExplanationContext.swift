/// What was assumed to get a plan: types, values, a search path, and the query inside another statement.
public struct ExplanationContext: Equatable, Sendable {
  /// A parameter with its type or value.
  public struct Parameter: Equatable, Sendable {
    /// 1 for `$1`.
    public var number: Int
    public var type: String
    /// The value as text; nil where it is NULL.
    public var value: String?
    /// Where the value was taken from: `the most common value of seat.status`; nil for a value that was given.
    public var source: String?
  }

  /// The statement around the query that the plan is of: `CREATE TABLE AS`; nil where there is none.
  public var wrapper: String?
  /// The types that neither the statement nor a cast tells, and that were found by trying.
  public var assumedTypes: [Parameter] = []
  /// The values that the plan is for, in the order of the parameters; empty for a generic plan.
  public var values: [Parameter] = []
  /// The search path that was set for the statement, and whose it is; nil where the connection's was used.
  public var searchPath: String?
  public var searchPathSource: String?
  /// Whether the plan shows all partitions, because no value says which ones are read.
  public var showsAllPartitions = false

  init() {}

  /// The sentences for a person.
  public var notes: [String] {
    var notes: [String] = []
    if let wrapper { notes.append("the plan of the query in \(wrapper)") }
    if let searchPath, let searchPathSource { notes.append("search_path \(searchPath) (\(searchPathSource))") }
    if !assumedTypes.isEmpty {
      let types = assumedTypes.map { "$\($0.number) \($0.type)" }.joined(separator: ", ")
      notes.append("assumed types of parameters: \(types)")
    }
    notes += values.filter { $0.source != nil }.map { value in
      "$\(value.number) = \(value.value.map { "'\($0)'" } ?? "NULL") (\(value.source ?? ""))"
    }
    if showsAllPartitions {
      notes.append(
        "all partitions are shown, because the values decide which are read: give them with --param or --values")
    }
    return notes
  }
}
