import Failures
import Glibc
import Redis
import Support
import Synchronization

/// A ticket service in full swing beside usher: people come, pay and leave, all over a connection of its own.
final class Service: Sendable {
  /// Everybody who ever came, with the score of the arrival; and those who were let go.
  struct Book {
    var arrived: [RedisArgument: String] = [:]
    var left: Set<RedisArgument> = []
  }

  let book = Mutex(Book())
  private let shape: Shape
  private let thread = Mutex<Background?>(nil)

  /// - Parameter admitsToo: runs the service's own admission loop as well, a token at a time and without atomicity.
  init(_ queue: QueueFixture, admitsToo: Bool = false) throws {
    shape = queue.shape
    let target = queue.server.target
    let line = try queue.line()
    book.withLock { book in for place in line { book.arrived[place.token] = place.score } }
    let background = Background { [self] thread in
      let redis = try RedisConnection(target)
      var round = 0
      while !thread.isStopping {
        try serve(redis, round)
        if admitsToo { try admit(redis) }
        round += 1
      }
    }
    thread.withLock { $0 = background }
  }

  func stop() throws { try thread.withLock { $0 }?.stop() }

  /// Ten people come in the same millisecond or a later one, and one who is active leaves.
  private func serve(_ redis: RedisConnection, _ round: Int) throws {
    for number in 0..<10 {
      let token = RedisArgument("new \(round)-\(number)")
      let score = String(1_800_000_000_000 + round / 3)
      book.withLock { $0.arrived[token] = score }
      _ = try redis.command("ZADD", "waiting", "NX", RedisArgument(score), token)
      _ = try redis.command("ZRANK", "waiting", token)
    }
    if let token = try shape.active(redis).randomElement(), try shape.leave(token, on: redis) {
      book.withLock { _ = $0.left.insert(token) }
    }
  }

  /// What PRODUCT.md says that services do: one ZRANGE, then add, arm and remove a token at a time.
  private func admit(_ redis: RedisConnection) throws {
    let now = Int(time(nil)) * 1000
    for value in try redis.command("ZRANGE", "waiting", "0", "2").array {
      let token = RedisArgument(try value.bytes)
      for words in shape.activate(token, at: now) { try redis.command(words) }
      try redis.command("ZREM", "waiting", token)
    }
  }
}
