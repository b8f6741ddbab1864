/// A span of time that has begun.
public struct TimeLimit: Sendable {
  public let duration: Duration
  private let end: ContinuousClock.Instant

  /// Begins now.
  public init(_ duration: Duration) {
    self.duration = duration
    end = .now + duration
  }

  /// What is left; zero when it is over.
  public var left: Duration { max(.zero, end - .now) }

  public var isOver: Bool { left == .zero }
}
