import CLibpq

/// The isolation level of a transaction.
public enum PostgresIsolation: String, Sendable {
  case readCommitted = "READ COMMITTED"
  case repeatableRead = "REPEATABLE READ"
  case serializable = "SERIALIZABLE"
}

extension PostgresConnection {
  /// Runs `body` in a transaction, which is committed when `body` returns and rolled back when it throws. A transaction in another is an
  /// error.
  ///
  /// Ctrl-C cancels the current statement, but not the COMMIT, so that the caller knows whether the transaction was committed.
  public func transaction<T>(
    isolation: PostgresIsolation = .readCommitted, readOnly: Bool = false, _ body: () throws -> T
  ) throws -> T {
    if isInTransaction {
      throw PostgresError(.misuse, "a transaction is open already", target: target.description)
    }
    // Not READ WRITE: a role that is read-only by default must stay so, and a standby refuses it.
    try begin("BEGIN ISOLATION LEVEL \(isolation.rawValue)\(readOnly ? " READ ONLY" : "")")
    let value: T
    do {
      value = try stayingInSession(body)
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
    try begin(readOnly ? "BEGIN READ ONLY" : "BEGIN")
    defer { rollBack() }
    return try stayingInSession(body)
  }

  /// Runs `body`, whose statements must all reach the session of the transaction, so that a lost connection stays lost.
  private func stayingInSession<T>(_ body: () throws -> T) throws -> T {
    server.mustStay = true
    defer { server.mustStay = false }
    return try body()
  }

  /// Begins the transaction and sets its settings, in one round trip.
  private func begin(_ statement: String) throws(PostgresError) {
    if server.isClaimed {
      try execute(statement)
      return
    }
    let sql = "\(statement); \(localSettings)"
    try sendScript(sql)
    learn(from: try soleResult(sql))
  }

  /// Runs `body` in the open transaction, or in one of its own.
  func inTransaction<T>(_ body: () throws -> T) throws -> T {
    isInTransaction || server.isClaimed ? try body() : try transaction(body)
  }

  /// Throws where the transaction has failed, because the server then takes COMMIT as ROLLBACK without an error.
  private func commit() throws(PostgresError) {
    if PQtransactionStatus(pointer) == PQTRANS_INERROR {
      rollBack()
      throw PostgresError(
        .misuse, "the transaction failed and was rolled back, although its body returned", target: target.description
      )
    }
    try execute("COMMIT")
  }

  /// Twice, because a late cancel request may cancel the first ROLLBACK.
  private func rollBack() {
    ignoringInterrupts {
      for _ in 0..<2 where isInTransaction { _ = try? execute("ROLLBACK") }
    }
  }

  /// Runs `body` with other time limits for its statements, which end with the transaction that is open; nil is no limit.
  public func withTimeouts<T>(statement: Duration?, lock: Duration?, _ body: () throws -> T) throws -> T {
    let former = (statement: statementTimeout, lock: lockTimeout)
    try setTimeouts(statement: statement, lock: lock)
    defer {
      // In a failed transaction this fails, but its rollback resets the limits.
      ignoringInterrupts { try? setTimeouts(statement: former.statement, lock: former.lock) }
      (statementTimeout, lockTimeout) = former
    }
    return try body()
  }

  private func setTimeouts(statement: Duration?, lock: Duration?) throws(PostgresError) {
    if isInTransaction || server.isClaimed {
      try execute(
        "SELECT set_config('statement_timeout', $1, $3::boolean), set_config('lock_timeout', $2, $3::boolean)",
        [
          PostgresValue(Self.milliseconds(statement)), PostgresValue(Self.milliseconds(lock)),
          PostgresValue(!server.isClaimed),
        ])
    }
    (statementTimeout, lockTimeout) = (statement, lock)
  }
}
