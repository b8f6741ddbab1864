import Changes
import Failures
import Postgres
import Redis

/// The lock on the target of a change.
enum HeldLock: Sendable {
  case redis(RedisLock)
  case postgres(PostgresLock)
  /// No lock, because the change is one atomic step.
  case none

  var redis: RedisLock? {
    if case .redis(let lock) = self { return lock }
    return nil
  }

  var postgres: PostgresLock? {
    if case .postgres(let lock) = self { return lock }
    return nil
  }

  /// The minimum time that a command waits for the lock. A long run releases its lock between two batches, so this is enough.
  private static let leastWait = Duration.seconds(1)

  /// Takes the lock. `waited` is whether another process held it before.
  ///
  /// - Parameter wait: how long the user wants to wait.
  static func acquire(
    for proposal: ChangeProposal, as token: String, _ session: Session, wait: Duration
  ) throws -> (held: HeldLock, waited: Bool) {
    do {
      return (try acquire(proposal, token, session, wait: .zero), false)
    } catch let failure as Failure where failure.kind == .tryAgain {
      if wait > .zero { session.note("waiting: \(failure.message)") }
      do {
        return (try acquire(proposal, token, session, wait: max(wait, leastWait)), true)
      } catch {
        guard Interruption.isRequested else { throw error }
        throw Failure(Interruption.failureKind, "nothing was changed")
      }
    }
  }

  private static func acquire(
    _ proposal: ChangeProposal, _ token: String, _ session: Session, wait: Duration
  ) throws -> HeldLock {
    switch proposal.place {
    case .redis(let keys, isLocked: true):
      return .redis(
        try RedisLock.acquire(
          keys, called: proposal.target, as: token, on: try session.redis(), evenWhenFull: proposal.freesMemory,
          wait: wait, isInterrupted: { Interruption.isRequested }))
    case .postgres(let lock):
      return .postgres(
        try PostgresLock.acquire(
          lock, on: try session.newPostgres(), wait: wait, isInterrupted: { Interruption.isRequested }))
    case .redis(_, isLocked: false): return .none
    }
  }

  func release(_ session: Session) throws {
    switch self {
    case .redis(let lock):
      do {
        try lock.release(on: try session.redis())
      } catch {
        throw Failure(
          .failed,
          "the lock could not be released and will end by itself: \(ErrorReport.failure(for: error).message)")
      }
    case .postgres(let lock): try lock.release()
    case .none: break
    }
  }

  /// Releases the lock without waiting for the answer. A lock in PostgreSQL ends with the connection.
  func abandon(_ session: Session) throws {
    if case .redis(let lock) = self { try lock.abandon(on: try session.redis()) }
  }
}
