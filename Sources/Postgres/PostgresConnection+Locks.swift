extension PostgresConnection {
  /// Takes an advisory lock for the transaction that is open; false where another session holds it.
  ///
  /// The server releases it with the transaction, however that ends, so it is never left on a session of a pooler.
  /// Source: https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
  public func tryAdvisoryLock(_ key: Int64) throws(PostgresError) -> Bool {
    guard isInTransaction else {
      throw PostgresError(.misuse, "an advisory lock needs an open transaction", target: target.description)
    }
    // A simple query, because the portal of an extended one keeps its snapshot until the next statement.
    let sql = "SELECT pg_try_advisory_xact_lock(\(key))"
    try sendScript(sql)
    return try PostgresRow(result: soleResult(sql), index: 0, target: target.description).decode(0)
  }

  /// Opens a transaction that holds locks, reads nothing and may be idle for long. `close` ends it.
  ///
  /// It keeps no snapshot between two statements, so it holds back neither VACUUM nor an index build. The limits of the server
  /// for idle and for long transactions are lifted, because the lock must last as long as the work that it guards.
  public func openHolder() throws(PostgresError) {
    let limits = ["idle_in_transaction_session_timeout"] + (serverVersion >= 170_000 ? ["transaction_timeout"] : [])
    let lifted = limits.map { "set_config('\($0)', '0', true)" }.joined(separator: ", ")
    let sql = "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY; SELECT \(lifted); \(localSettings)"
    try sendScript(sql)
    learn(from: try soleResult(sql))
    server.mustStay = true
  }

  /// Ends the transaction of `openHolder`. Throws where the connection was lost before, and the locks with it.
  public func closeHolder() throws(PostgresError) {
    server.mustStay = false
    try ignoringInterrupts { () throws(PostgresError) in
      guard isInTransaction else { throw connectionError() }
      try execute("ROLLBACK")
    }
  }

  /// The key of the lock with this name. It is the same in every version of usher, so that two versions exclude each other.
  ///
  /// FNV-1a, 64 bits. Source: https://www.rfc-editor.org/rfc/rfc9923
  public static func advisoryKey(_ name: String) -> Int64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name.utf8 {
      hash ^= UInt64(byte)
      hash &*= 0x100_0000_01b3
    }
    return Int64(bitPattern: hash)
  }
}
