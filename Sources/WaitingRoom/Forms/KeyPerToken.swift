import Redis

/// One string key an active token, with a time to live of its own (preset `key-per-token`).
///
/// How many there are is known only by walking over all keys of the database.
public struct KeyPerToken: ActiveForm {
  /// The keys' pattern, with `{token}` where the token stands: `active_token:{token}`. Without it the token comes last.
  public let key: String
  public let lifetimeMilliseconds: Int?
  public var keyType: String? { nil }

  public init(pattern: String, lifetimeMilliseconds: Int) {
    key = pattern
    self.lifetimeMilliseconds = lifetimeMilliseconds
  }

  public func observe(on redis: RedisConnection, nowMilliseconds: Int) throws -> ActiveObservation {
    var scan = redis.scan(match: RedisArgument(glob))
    var found: Set<RedisArgument> = []  // a scan may give a key twice
    while let page = try scan.nextPage() { found.formUnion(page) }
    return ActiveObservation(count: found.count)
  }

  /// The pattern as MATCH takes it: what is special there is escaped, and the token may be anything.
  var glob: String {
    let (before, after) = parts
    func escaped(_ text: Substring) -> String {
      text.reduce(into: "") { glob, character in
        if "*?[]^-\\".contains(character) { glob.append("\\") }
        glob.append(character)
      }
    }
    return escaped(before) + "*" + escaped(after)
  }

  private var parts: (before: Substring, after: Substring) {
    guard let place = key.firstRange(of: "{token}") else { return (key[...], "") }
    return (key[..<place.lowerBound], key[place.upperBound...])
  }

  public var library: String {
    """
    local before, after = active:match('^(.-){token}(.*)$')
    local function key_of(token) return (before or active) .. token .. (after or '') end

    local function active_count(now) return nil end

    local function active_among(image, tokens, now)
      local found = {}
      for _, token in ipairs(tokens) do
        if redis.call('EXISTS', key_of(token)) == 1 then found[#found + 1] = token end
      end
      return found
    end

    local function add_active(tokens, now)
      for i = 1, #tokens do redis.call('SET', key_of(tokens[i]), '1', 'PX', lifetime) end
    end

    local function remove_active(tokens)
      local keys = {}
      for i = 1, #tokens do keys[i] = key_of(tokens[i]) end
      redis.call('DEL', unpack(keys))
    end
    """
  }
}
