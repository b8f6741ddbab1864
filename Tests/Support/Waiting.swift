import Failures
import Glibc
import Postgres
import Synchronization

/// Looks again until it is so, for some seconds: for what has no other signal.
public func waitUntil(_ isSo: () throws -> Bool) throws {
  for _ in 0..<1_200 {
    if try isSo() { return }
    usleep(25_000)
  }
  throw Failure(.failed, "what the test waited for never came to be")
}

extension PostgresConnection {
  /// Waits until pg_stat_activity shows another session as `condition` says.
  public func waitFor(_ condition: String, pid: Int32) throws {
    try waitUntil {
      try !query("SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND \(condition)", [PostgresValue(pid)]).isEmpty
    }
  }
}

/// A flag for `isInterrupted` that a test raises from anywhere.
public final class Flag: Sendable {
  private let value = Atomic(false)
  public init() {}
  public func raise() { value.store(true, ordering: .releasing) }
  public func lower() { value.store(false, ordering: .releasing) }
  public var isRaised: Bool { value.load(ordering: .acquiring) }
}

/// Counts how often it was asked.
public final class Calls: Sendable {
  private let number = Atomic(0)
  public init() {}
  /// This call counted.
  public func count() -> Int { number.add(1, ordering: .relaxed).newValue }
  public var soFar: Int { number.load(ordering: .relaxed) }
}
