/// The keys of a database, a page at a time, with the next page under way while this one is worked on.
///
/// A key that is there from start to end comes at least once, perhaps more often; one that comes or goes meanwhile may or may
/// not. Commands of the caller's own may be queued between pages; take their replies by ticket, not with `nextReply`.
/// Source: https://redis.io/docs/latest/commands/scan/
public struct RedisScan {
  private let connection: RedisConnection
  private let options: [RedisArgument]
  private var ahead: RedisTicket?
  private var isStarted = false

  init(_ connection: RedisConnection, options: [RedisArgument]) {
    self.connection = connection
    self.options = options
  }

  /// Nil at the end; a page may be empty without being the last.
  public mutating func nextPage() throws(RedisError) -> [RedisArgument]? {
    if !isStarted {
      isStarted = true
      ahead = try request(cursor: "0")
    }
    guard let ticket = ahead else { return nil }
    ahead = nil
    let reply = try connection.checked(ticket).array
    guard reply.count == 2 else {
      throw RedisError(
        .unexpectedReply(wanted: "a cursor and keys", found: "an array of \(reply.count)"),
        target: connection.target.description, command: "SCAN")
    }
    let cursor = try reply[0].bytes
    if cursor != [UInt8(ascii: "0")] {
      ahead = try request(cursor: RedisArgument(cursor))
      // At once, so that the server looks for the next page while this one is copied and worked on.
      try connection.flush()
    }
    var keys: [RedisArgument] = []
    let elements = try reply[1].array
    keys.reserveCapacity(elements.count)
    for element in elements { keys.append(RedisArgument(try element.bytes)) }
    return keys
  }

  private func request(cursor: RedisArgument) throws(RedisError) -> RedisTicket {
    let ticket = try connection.append(["SCAN", cursor] + options)
    connection.pass(ticket)
    return ticket
  }
}

extension RedisConnection {
  /// A scan of the keys; `match` is a glob pattern of Redis, `type` a type's name (Redis 6), `count` the work a page.
  public func scan(match: RedisArgument? = nil, type: String? = nil, count: Int = 1000) -> RedisScan {
    var options: [RedisArgument] = []
    if let match { options += ["MATCH", match] }
    options += ["COUNT", RedisArgument(count)]
    if let type { options += ["TYPE", RedisArgument(type)] }
    return RedisScan(self, options: options)
  }

  /// The keys that a scan meets when so much of it is done, from 0 up to 1, and how much of the scan that page is; for samples.
  ///
  /// The server counts its buckets with the bits of the cursor turned round, so any number is a place in the scan, whatever the size of
  /// the table. A page goes on until it has about `count` keys, so where there are few it is a larger part of the scan.
  /// Source: `dictScan` of the server.
  public func scanPage(at place: Double, count: Int) throws(RedisError) -> (keys: [RedisArgument], share: Double) {
    let place = max(0, min(place, 0.999_999))
    let cursor = Self.turned(UInt64(place * 0x1p63) << 1)
    let reply = try command("SCAN", RedisArgument(String(cursor)), "COUNT", RedisArgument(count)).array
    guard reply.count == 2, let next = UInt64(try reply[0].string) else {
      throw RedisError(
        .unexpectedReply(wanted: "a cursor and keys", found: "an array of \(reply.count)"),
        target: target.description, command: "SCAN")
    }
    let end = next == 0 ? 1 : Double(Self.turned(next)) / 0x1p64
    let keys = try reply[1].array.map { (key) throws(RedisError) in RedisArgument(try key.bytes) }
    return (keys, max(0, end - place))
  }

  /// The number with its bits in the other order.
  private static func turned(_ number: UInt64) -> UInt64 {
    var (rest, result) = (number, UInt64(0))
    for _ in 0..<64 { (result, rest) = (result << 1 | rest & 1, rest >> 1) }
    return result
  }
}
