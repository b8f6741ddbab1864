import Changes
import Failures
import Postgres
import Redis

/// The lock on what is changed, of the kind that its store has.
enum HeldLock {
  case redis(RedisLock)
  case postgres(PostgresLock)
  /// The change is one atomic step, which needs none.
  case none

  var redis: RedisLock? {
    if case .redis(let lock) = self { return lock }
    return nil
  }

  /// How long any command waits for its turn: a run that holds the lock for long gives it back between two batches.
  private static let leastWait = Duration.seconds(1)

  /// Takes the lock; tells whether somebody else held it first.
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
          lock, on: try session.postgres(), wait: wait, isInterrupted: { Interruption.isRequested }))
    case .redis(_, isLocked: false): return .none
    }
  }

  func release(_ session: Session) throws {
    switch self {
    case .redis(let lock): try lock.release(on: try session.redis())
    case .postgres(let lock): try lock.release()
    case .none: break
    }
  }

  /// Gives the lock back without waiting for the answer; a lock in PostgreSQL goes with the connection.
  func abandon(_ session: Session) throws {
    if case .redis(let lock) = self { try lock.abandon(on: try session.redis()) }
  }
}
