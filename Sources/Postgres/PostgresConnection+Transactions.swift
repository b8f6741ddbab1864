import CLibpq

/// How far a transaction is shielded from others.
public enum PostgresIsolation: String, Sendable {
  case readCommitted = "READ COMMITTED"
  case repeatableRead = "REPEATABLE READ"
  case serializable = "SERIALIZABLE"
}

extension PostgresConnection {
  /// Runs `body` in a transaction: committed when it returns, rolled back when it throws. One in another is an error.
  ///
  /// Ctrl-C cancels the statement in hand, not the COMMIT, so that what a caller reports is what happened.
  public func transaction<T>(
    isolation: PostgresIsolation = .readCommitted, readOnly: Bool = false, _ body: () throws -> T
  ) throws -> T {
    if isInTransaction {
      throw PostgresError(.misuse, "a transaction is open already", target: target.description)
    }
    // Never READ WRITE: a role that is read-only by default stays so, and a standby would refuse it.
    try execute("BEGIN ISOLATION LEVEL \(isolation.rawValue)\(readOnly ? " READ ONLY" : "")")
    let value: T
    do {
      value = try body()
    } catch {
      rollBack()
      throw error
    }
    try ignoringInterrupts { try commit() }
    return value
  }

  /// Runs `body` in a transaction that is always rolled back.
  public func rolledBackTransaction<T>(readOnly: Bool = false, _ body: () throws -> T) throws -> T {
    if isInTransaction {
      throw PostgresError(.misuse, "a transaction is open already", target: target.description)
    }
    try execute(readOnly ? "BEGIN READ ONLY" : "BEGIN")
    defer { rollBack() }
    return try body()
  }

  /// A COMMIT of a failed transaction succeeds as a ROLLBACK: that is an error here.
  private func commit() throws(PostgresError) {
    if PQtransactionStatus(pointer) == PQTRANS_INERROR {
      rollBack()
      throw PostgresError(
        .misuse, "the transaction had failed and was rolled back, although its body went on", target: target.description
      )
    }
    try execute("COMMIT")
  }

  /// Twice, because a cancel that comes late may hit the first.
  private func rollBack() {
    ignoringInterrupts {
      for _ in 0..<2 where isInTransaction { _ = try? execute("ROLLBACK") }
    }
  }

  /// Runs `body` under other timeouts, then sets the former ones again; nil is no limit.
  public func withTimeouts<T>(statement: Duration?, lock: Duration?, _ body: () throws -> T) throws -> T {
    let former = (statement: statementTimeout, lock: lockTimeout)
    try setTimeouts(statement: statement, lock: lock)
    (statementTimeout, lockTimeout) = (statement, lock)
    defer {
      // In a failed transaction SET fails, but its rollback takes back ours.
      ignoringInterrupts { _ = try? setTimeouts(statement: former.statement, lock: former.lock) }
      (statementTimeout, lockTimeout) = former
    }
    return try body()
  }

  private func setTimeouts(statement: Duration?, lock: Duration?) throws(PostgresError) {
    try execute(
      "SELECT set_config('statement_timeout', $1, false), set_config('lock_timeout', $2, false)",
      [PostgresValue(Self.milliseconds(statement)), PostgresValue(Self.milliseconds(lock))])
  }
}
