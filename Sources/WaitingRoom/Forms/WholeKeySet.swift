import Redis

/// A set of tokens whose key has one time to live, armed anew by each admission (preset `set-ttl`).
///
/// While people keep coming nobody ever expires, and when they stop everybody is cut off at once; no token's age can be read.
public struct WholeKeySet: ActiveForm {
  public let key: String
  public let lifetimeMilliseconds: Int?
  public var keyType: String? { "set" }

  public init(key: String, lifetimeMilliseconds: Int) {
    self.key = key
    self.lifetimeMilliseconds = lifetimeMilliseconds
  }

  public func observe(on redis: RedisConnection, nowMilliseconds: Int) throws -> ActiveObservation {
    let key = RedisArgument(key)
    let count = try redis.append(["SCARD", key])
    let ttl = try redis.append(["PTTL", key])
    var observation = ActiveObservation(count: try redis.checked(count).integer)
    let left = try redis.checked(ttl).integer
    if left >= 0 { observation.wholeKeyTTLMilliseconds = left }
    if left == -1 {
      observation.warnings.append("the active set has no time to live: nobody admitted ever expires")
    }
    return observation
  }

  // ZINTER takes sets too; it came with Redis 6.2, and before it each token is asked for.
  public var library: String {
    """
    local function active_count(now) return redis.call('SCARD', active) end

    local function active_among(image, tokens, now)
      local found = redis.pcall('ZINTER', 2, image, active)
      if not found.err then return found end
      found = {}
      for _, token in ipairs(tokens) do
        if redis.call('SISMEMBER', active, token) == 1 then found[#found + 1] = token end
      end
      return found
    end

    local function add_active(tokens, now)
      redis.call('SADD', active, unpack(tokens))
      redis.call('PEXPIRE', active, lifetime)
    end

    local function remove_active(tokens) redis.call('SREM', active, unpack(tokens)) end
    """
  }
}
