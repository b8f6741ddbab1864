import Redis

/// One string key an active token, with a time to live of its own (preset `key-per-token`).
///
/// How many there are is known only by walking over all keys of the database.
public struct KeyPerToken: ActiveForm {
  /// What each key begins with; the token follows.
  public let key: String
  public let lifetimeMilliseconds: Int?
  public var keyType: String? { nil }

  public init(prefix: String, lifetimeMilliseconds: Int) {
    key = prefix
    self.lifetimeMilliseconds = lifetimeMilliseconds
  }

  public func observe(on redis: RedisConnection, nowMilliseconds: Int) throws -> ActiveObservation {
    var scan = redis.scan(match: RedisArgument(Self.escapingGlob(key) + "*"))
    var found: Set<RedisArgument> = []  // a scan may give a key twice
    while let page = try scan.nextPage() { found.formUnion(page) }
    return ActiveObservation(count: found.count)
  }

  static func escapingGlob(_ text: String) -> String {
    text.reduce(into: "") { pattern, character in
      if "*?[]^-\\".contains(character) { pattern.append("\\") }
      pattern.append(character)
    }
  }

  public var library: String {
    """
    local function active_count(now) return nil end

    local function which_active(tokens, now)
      local found = {}
      for i = 1, #tokens do found[i] = redis.call('EXISTS', active .. tokens[i]) == 1 end
      return found
    end

    local function add_active(tokens, now)
      for i = 1, #tokens do redis.call('SET', active .. tokens[i], '1', 'PX', lifetime) end
    end

    local function remove_active(tokens)
      local keys = {}
      for i = 1, #tokens do keys[i] = active .. tokens[i] end
      redis.call('DEL', unpack(keys))
    end
    """
  }
}
