import Changes
import Redis
import Testing

@testable import WaitingRoom

/// A form of the active store, a form of the line's members, and what of a member stands in the active.
struct Combination: Sendable, CustomTestStringConvertible {
  var shape: Shape
  var member: MemberForm
  /// The active store has tokens alone.
  var isNamed: Bool

  static let all = Shape.allCases.flatMap { shape in
    [(MemberForm.token, false), (.tokenAndUser, false), (.tokenAndUser, true), (document, false), (document, true)]
      .map { Combination(shape: shape, member: $0, isNamed: $1) }
  }
  static let document = MemberForm.document(token: ["t"], user: ["u"])

  var testDescription: String {
    let form =
      switch member {
      case .token: "tokens"
      case .tokenAndUser: "token:user"
      case .document: "documents"
      }
    return "\(shape), \(form), \(isNamed ? "tokens" : "members") active"
  }

  func queue(
    lifetimeMilliseconds: Int = 300_000, settings: [String] = [], sideKeys: SideKeys = SideKeys()
  ) throws -> QueueFixture {
    try QueueFixture(
      shape, lifetimeMilliseconds: lifetimeMilliseconds, settings: settings, member: member,
      naming: isNamed ? member : nil, sideKeys: sideKeys)
  }

  /// What somebody with this token is called in line; with another user, somebody else's word for the same token.
  func line(_ token: String, user: String = "kim") -> RedisArgument {
    switch member {
    case .token: RedisArgument(token)
    case .tokenAndUser: RedisArgument("\(token):\(user)")
    case .document: RedisArgument(#"{"u":"\#(user)","t":"\#(token)"}"#)
    }
  }

  /// What the active store calls them.
  func name(_ token: String, user: String = "kim") -> RedisArgument {
    isNamed ? RedisArgument(token) : line(token, user: user)
  }

  /// Puts people into the active store, each with another time.
  func activate(_ tokens: [String], user: String = "kim", lifetime: Int = 200_000, on queue: QueueFixture) throws {
    let now = try queue.journal.serverMilliseconds()
    let commands = tokens.enumerated().flatMap { number, token in
      shape.activate(name(token, user: user), at: now - number, lifetime: lifetime)
    }
    for reply in try queue.redis.pipeline(commands) {
      if case .error(let error) = reply { throw RedisError(.server(error)) }
    }
  }

  func enqueue(_ tokens: [String], user: String = "kim", from score: Int = 1_700_000_000_000, on queue: QueueFixture)
    throws
  {
    try queue.enqueue(tokens.enumerated().map { (line($1, user: user), String(score + $0)) })
  }

  func names(_ tokens: some Sequence<String>) -> Set<RedisArgument> { Set(tokens.map { name($0) }) }
}
