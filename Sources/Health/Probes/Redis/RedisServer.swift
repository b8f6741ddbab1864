import Redis

/// A Redis server during a checkup, which reads INFO once.
final class RedisServer {
  let connection: RedisConnection
  private var known: Result<RedisInformation, RedisError>?

  init(_ connection: RedisConnection) {
    self.connection = connection
  }

  /// What INFO says; where the server refuses it, every call throws that.
  func information() throws(RedisError) -> RedisInformation {
    if let known { return try known.get() }
    let read = Result { () throws(RedisError) in try RedisInformation(connection) }
    known = read
    return try read.get()
  }
}
