import Redis

/// One way of keeping the admitted: what usher has to know about it, and the Lua by which its scripts work on it.
public protocol ActiveForm: Sendable {
  /// The key, or what the keys of a family begin with; scripts find it in `KEYS[5]`.
  var key: String { get }
  /// How long an admission holds; scripts find it in `ARGV[5]`, where 0 stands for nil.
  var lifetimeMilliseconds: Int? { get }
  /// What TYPE says of `key` when somebody is active; nil for a family of keys.
  var keyType: String? { get }
  /// Functions that scripts call; `active` and `lifetime` stand before them as locals, `now` is milliseconds by the server's clock.
  ///
  /// `active_count(now)` → a number, or nil where only a walk over the keys could tell;
  /// `active_among(image, tokens, now)` → a list of those who are active, in any order; `image` is a sorted set of the same
  /// tokens, for what the server can compare by itself;
  /// `add_active(tokens, now)`, `remove_active(tokens)` → nothing. No list of tokens is ever empty or longer than a batch.
  var library: String { get }
  /// Reads how many are active, and what an operator has to know about it.
  func observe(on redis: RedisConnection, nowMilliseconds: Int) throws -> ActiveObservation
}

/// What one look at the admitted gave.
public struct ActiveObservation: Equatable, Sendable {
  public var count: Int
  /// What is left of the whole key's time to live; nil where there is none.
  public var wholeKeyTTLMilliseconds: Int?
  /// Sentences about what is wrong.
  public var warnings: [String]

  public init(count: Int, wholeKeyTTLMilliseconds: Int? = nil, warnings: [String] = []) {
    self.count = count
    self.wholeKeyTTLMilliseconds = wholeKeyTTLMilliseconds
    self.warnings = warnings
  }
}
