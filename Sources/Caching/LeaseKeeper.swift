import Journal
import Redis

/// Renews the lease of a long change now and then; without a lease it does nothing.
final class LeaseKeeper {
  private let lease: RedisLease?
  private let redis: RedisConnection
  private var renewed = ContinuousClock.now

  init(_ lease: RedisLease?, _ redis: RedisConnection) {
    self.lease = lease
    self.redis = redis
  }

  /// Renews a lease of 15 s every 4, so that only a long stall loses it; throws when it is lost.
  func keep() throws {
    guard let lease, ContinuousClock.now - renewed > .seconds(4) else { return }
    try lease.renew(on: redis)
    renewed = .now
  }
}
