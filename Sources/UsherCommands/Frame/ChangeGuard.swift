import Changes
import Failures
import Postgres
import Redis

/// What a change holds while it is applied: the lock on its target, of the kind that its store has.
enum ChangeGuard {
  case redis(RedisLease)
  case postgres(PostgresLock)
  /// The room guards itself.
  case none

  /// The lease that Redis scripts check.
  var lease: RedisLease? {
    if case .redis(let lease) = self { return lease }
    return nil
  }

  /// Takes the lock; tells whether somebody else held it first.
  static func acquire(
    for proposal: ChangeProposal, _ session: Session, wait: Duration
  ) throws -> (held: ChangeGuard, waited: Bool) {
    guard let name = proposal.lock else { return (.none, false) }
    do {
      return (try acquire(name, proposal, session, wait: .zero), false)
    } catch let failure as Failure where failure.kind == .tryAgain && wait > .zero {
      session.note("waiting: \(failure.message)")
      do {
        return (try acquire(name, proposal, session, wait: wait), true)
      } catch {
        guard Interruption.isRequested else { throw error }
        throw Failure(Interruption.failureKind, "nothing was changed")
      }
    }
  }

  private static func acquire(
    _ name: String, _ proposal: ChangeProposal, _ session: Session, wait: Duration
  ) throws -> ChangeGuard {
    switch proposal.store {
    case .redis:
      return .redis(
        try RedisLease.acquire(
          name, on: try session.redis(), by: session.actor, evenWhenFull: proposal.freesMemory, wait: wait,
          isInterrupted: { Interruption.isRequested }))
    case .postgres:
      return .postgres(
        try PostgresLock.acquire(
          name, on: try session.postgres(), wait: wait, isInterrupted: { Interruption.isRequested }))
    }
  }

  func release(_ session: Session) throws {
    switch self {
    case .redis(let lease): try lease.release(on: try session.redis())
    case .postgres(let lock): try lock.release()
    case .none: break
    }
  }

  /// Gives the lock back without waiting for the answer; a lock in PostgreSQL goes with the connection.
  func abandon(_ session: Session) throws {
    if case .redis(let lease) = self { try lease.abandon(on: try session.redis()) }
  }
}
