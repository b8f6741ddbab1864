/// A span of time that has begun.
public struct TimeLimit: Sendable {
  private let end: ContinuousClock.Instant

  /// Begins now.
  public init(_ duration: Duration) {
    end = .now + duration
  }

  /// What is left; zero when it is over.
  public var left: Duration { max(.zero, end - .now) }

  public var isOver: Bool { left == .zero }
}
