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

  // SMISMEMBER came with Redis 6.2; before it each token is asked for.
  public var library: String {
    """
    local function active_count(now) return redis.call('SCARD', active) end

    local function places_of_active(tokens, now)
      local found = redis.pcall('SMISMEMBER', active, unpack(tokens))
      if found.err then
        found = {}
        for i = 1, #tokens do found[i] = redis.call('SISMEMBER', active, tokens[i]) end
      end
      local places = {}
      for i = 1, #found do if found[i] == 1 then places[#places + 1] = i end end
      return places
    end

    local function add_active(tokens, now)
      redis.call('SADD', active, unpack(tokens))
      redis.call('PEXPIRE', active, lifetime)
    end

    local function remove_active(tokens) redis.call('SREM', active, unpack(tokens)) end
    """
  }
}
