import Changes
import Redis

/// Renews the lease of a long change now and then; without a lease it does nothing.
final class LeaseKeeper {
  /// Of a lease of 15 s, so that only a long stall loses it.
  static let usualPeriod = Duration.seconds(4)

  private let lease: RedisLease?
  private let redis: RedisConnection
  private let period: Duration
  private var renewed = ContinuousClock.now

  init(_ lease: RedisLease?, _ redis: RedisConnection, every period: Duration = LeaseKeeper.usualPeriod) {
    self.period = period
    self.lease = lease
    self.redis = redis
  }

  /// Renews the lease when it is time; throws when it is lost.
  func keep() throws {
    guard let lease, ContinuousClock.now - renewed > period else { return }
    try lease.renew(on: redis)
    renewed = .now
  }
}
