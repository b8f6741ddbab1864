/// The flows of several consecutive looks at one queue together: two seconds alone have too few people to measure.
public struct RecentFlows: Sendable {
  /// How far back looks are counted, unless the last look covers more by itself.
  private static let windowMilliseconds = 60_000

  private var looks: [(arrivals: Flow, admissions: Flow)] = []

  public init() {}

  /// Counts a snapshot that was measured since the look before, and gives it the flows of the last minute of looks instead of its own.
  public mutating func count(_ snapshot: inout QueueSnapshot) {
    guard let arrivals = snapshot.arrivals, let admissions = snapshot.admissions else {
      looks = []
      return
    }
    looks.append((arrivals, admissions))
    while looks.count > 1, looks.reduce(0, { $0 + $1.arrivals.windowMilliseconds }) > Self.windowMilliseconds {
      looks.removeFirst()
    }
    snapshot.arrivals = Self.sum(looks.map(\.arrivals))
    snapshot.admissions = Self.sum(looks.map(\.admissions))
    snapshot.reckonDrain()
  }

  private static func sum(_ flows: [Flow]) -> Flow {
    Flow(
      count: flows.reduce(0) { $0 + $1.count }, windowMilliseconds: flows.reduce(0) { $0 + $1.windowMilliseconds },
      isAtLeast: flows.contains(where: \.isAtLeast))
  }
}
