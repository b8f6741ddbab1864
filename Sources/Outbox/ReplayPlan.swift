/// What a replay will send; planning only reads.
public struct ReplayPlan: Sendable {
  public let filter: ReplayFilter
  /// How many events match.
  public let count: Int
  /// Counts by event type, the largest first; nil is the type of events without one. Empty where the table has no type column.
  public let types: [(type: String?, count: Int)]
  /// Counts by topic, the largest first; at most a hundred topics.
  public let topics: [(topic: String, count: Int)]
  /// The first few events, in the order of sending.
  public let sample: [Event]
  /// The age of the oldest event; nil where there are none.
  public let oldestMilliseconds: Int?
  public let warnings: [String]
  /// Types that the filter names and no recent event has, which are probably misspelt.
  public let unknownTypes: [String]
  /// The types of recent events, where one was not found; at most twenty.
  public let knownTypes: [String]
  let selection: ReplaySelection
  let topic: OutboxTemplate

  /// One event of the sample.
  public struct Event: Equatable, Sendable {
    public let id: String
    public let type: String?
    public let key: String?
    public let status: String
    public let ageMilliseconds: Int
  }
}
