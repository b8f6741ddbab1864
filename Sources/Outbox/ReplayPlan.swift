/// What a replay is about to send; made by reading only.
public struct ReplayPlan: Sendable {
  public let filter: ReplayFilter
  /// How many events match.
  public let count: Int
  /// By event type, most first; nil is an event without one. Empty where the table has no type column.
  public let types: [(type: String?, count: Int)]
  /// By topic, most first; at most the hundred largest.
  public let topics: [(topic: String, count: Int)]
  /// The first few, in the order of sending.
  public let sample: [Event]
  /// Since the oldest of them was created.
  public let oldestMilliseconds: Int?
  public let warnings: [String]
  /// Types that were asked for and that no recent event has, which are probably misspelt.
  public let unknownTypes: [String]
  /// The types that there are, where one was not found; at most twenty.
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
