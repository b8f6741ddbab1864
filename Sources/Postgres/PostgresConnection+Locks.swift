extension PostgresConnection {
  /// Takes an advisory lock for this session, unless another session holds it. Each lock needs its own release.
  ///
  /// The server releases it when the session ends, however it ends.
  /// Source: https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
  public func tryAdvisoryLock(_ key: Int64) throws(PostgresError) -> Bool {
    guard let row = try query("SELECT pg_try_advisory_lock($1) AS taken", [PostgresValue(key)]).first else {
      return false
    }
    return try row.decode("taken")
  }

  /// Releases the lock once, also during Ctrl-C. Throws where this session does not hold it.
  public func releaseAdvisoryLock(_ key: Int64) throws(PostgresError) {
    let row = try ignoringInterrupts { () throws(PostgresError) in
      try query("SELECT pg_advisory_unlock($1) AS released", [PostgresValue(key)]).first
    }
    guard try row?.decode("released", as: Bool.self) == true else {
      throw PostgresError(.misuse, "this session does not hold advisory lock \(key)", target: target.description)
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
