import Glibc
import Redis

/// A pattern over key names that accepts exactly what the server's own `SCAN … MATCH` accepts.
///
/// Bytes, never characters: `?` is one byte, so `concert::?` does not match a key that ends in one Korean syllable.
/// The server's odd corners are kept, because a protected key must be recognised as the server would: a class without
/// its `]` runs to the end of the pattern (`[a` is `[a]`, `[^` is any byte), `[]` matches nothing, `[c-a]` is `[a-c]`,
/// a range compares signed bytes, a trailing `\` stands for itself, and the empty key is matched by `*` alone.
///
/// Source: https://redis.io/docs/latest/commands/keys/, and `stringmatchlen` of the server for the corners.
public struct KeyGlob: Sendable {
  /// The pattern as the server receives it.
  public let source: [UInt8]
  /// The bytes that every match begins with, compared in one step.
  let literalPrefix: [UInt8]
  /// What follows them; no two stars stand side by side.
  let rest: [Token]

  public init(_ source: [UInt8]) {
    self.source = source
    var tokens = GlobReader(source).tokens()[...]
    var literal: [UInt8] = []
    while case .byte(let byte)? = tokens.first {
      literal.append(byte)
      tokens.removeFirst()
    }
    literalPrefix = literal
    rest = Array(tokens)
  }

  public init(_ source: String) {
    self.init(Array(source.utf8))
  }

  /// Every key that begins with these bytes, whatever glob characters they hold.
  public init(keysBeginningWith prefix: [UInt8]) {
    self.init(RedisGlob.escaped(prefix) + [UInt8(ascii: "*")])
  }

  /// Whether the pattern holds nothing but stars, so that it names the whole keyspace.
  public var matchesEveryKey: Bool { literalPrefix.isEmpty && rest == [.star] }
}

extension KeyGlob: Hashable {
  public static func == (one: KeyGlob, other: KeyGlob) -> Bool { one.source == other.source }
  public func hash(into hasher: inout Hasher) { hasher.combine(source) }
}

extension KeyGlob {
  public func matches(_ key: [UInt8]) -> Bool {
    key.withUnsafeBytes { matches($0) }
  }

  /// The same on bytes that somebody else owns, for reply buffers.
  public func matches(_ key: UnsafeRawBufferPointer) -> Bool {
    guard let base = key.baseAddress, !key.isEmpty else { return source.isEmpty || source == [UInt8(ascii: "*")] }
    guard key.count >= literalPrefix.count, memcmp(base, literalPrefix, literalPrefix.count) == 0 else { return false }
    return matchesRest(UnsafeRawBufferPointer(rebasing: key[literalPrefix.count...]))
  }

  /// Goes back to the last star only: what an earlier star could still give, a later one gives too.
  private func matchesRest(_ key: UnsafeRawBufferPointer) -> Bool {
    var position = 0
    var token = 0
    var star: (token: Int, position: Int)?
    while position < key.count {
      if token < rest.count, rest[token] == .star {
        if token == rest.count - 1 { return true }
        star = (token, position)
        token += 1
      } else if token < rest.count, rest[token].accepts(key[position]) {
        token += 1
        position += 1
      } else if let last = star {
        star = (last.token, last.position + 1)
        token = last.token + 1
        position = last.position + 1
      } else {
        return false
      }
    }
    return rest[token...].allSatisfy { $0 == .star }
  }

  /// Whether some key that begins with these bytes could match: false is certain, true is a possibility.
  ///
  /// Walks all readings of the pattern at once over the prefix and asks whether one is alive after it.
  public func couldMatch(keysBeginningWith prefix: [UInt8]) -> Bool {
    let tokens = literalPrefix.map(Token.byte) + rest
    var alive = KeyGlob.withStarsSkipped([0], tokens)
    for byte in prefix {
      var next: Set<Int> = []
      for position in alive where position < tokens.count {
        if tokens[position] == .star {
          next.insert(position)
        } else if tokens[position].accepts(byte) {
          next.insert(position + 1)
        }
      }
      alive = KeyGlob.withStarsSkipped(next, tokens)
    }
    return alive.contains { position in tokens[position...].allSatisfy { $0 != .oneOf(ByteSet()) } }
  }

  /// Adds the positions behind stars, which may stand for nothing.
  private static func withStarsSkipped(_ positions: Set<Int>, _ tokens: [Token]) -> Set<Int> {
    var all = positions
    for position in positions where position < tokens.count && tokens[position] == .star { all.insert(position + 1) }
    return all
  }
}
