import Failures
import Redis

/// Adds events to Redis streams with the fields id, type, key and payload. An event has arrived when Redis has answered.
///
/// Fields whose column is NULL are left out. Streams are never trimmed; their consumers do that.
/// Source: https://redis.io/docs/latest/commands/xadd/
public final class RedisStreamPublisher: OutboxPublisher {
  private let connection: RedisConnection
  private var owed: [(ticket: RedisTicket, token: Int)] = []
  public private(set) var failures: [Int: PublishFailure] = [:]
  /// How many commands are sent before replies are read: enough to hide the round trip, few enough for the socket's buffers.
  private static let window = 512

  public init(_ connection: RedisConnection) {
    self.connection = connection
  }

  public var destination: String { "a stream in Redis at \(connection.target)" }

  public func topic(of mapping: OutboxMapping) throws -> OutboxTemplate {
    try mapping.publishing.stream ?? mapping.requiredTopic(for: "a Redis stream")
  }

  public func check(topics: [String]) throws -> [String] {
    var mistakes: [String] = []
    for topic in topics {
      let type = try connection.command("TYPE", RedisArgument(topic)).string
      guard type != "none", type != "stream" else { continue }
      mistakes.append("key '\(topic)' in Redis at \(connection.target) is a \(type), not a stream")
    }
    if let first = mistakes.first, mistakes.count == topics.count {
      throw Failure(.refused, first, hints: ["set outbox.publish.stream to a key that nothing else uses"])
    }
    return mistakes.map { "\($0): its events will fail" }
  }

  public func publish(_ record: OutboxRecord, token: Int) throws {
    if owed.count >= Self.window { readReplies(leaving: Self.window / 2) }
    if let lost = failures.ofDestination { throw lost }
    var words: [RedisArgument] = ["XADD", RedisArgument(record.topic), "*", "id", RedisArgument(record.id)]
    if let type = record.type { words += ["type", RedisArgument(type)] }
    if let key = record.key { words += ["key", RedisArgument(key)] }
    if let value = record.value { words += ["payload", RedisArgument(value)] }
    owed.append((try connection.append(words), token))
  }

  public func settle() throws -> [Int: PublishFailure] {
    readReplies(leaving: 0)
    defer { failures = [:] }
    return failures
  }

  private func readReplies(leaving rest: Int) {
    let due = owed.prefix(max(0, owed.count - rest))
    owed.removeFirst(due.count)
    for (ticket, token) in due {
      do {
        _ = try connection.checked(ticket)
      } catch {
        failures[token] = PublishFailure(error)
      }
    }
  }
}
