import Redis

/// A set of tokens whose key has one time to live, set again by each admission (preset `set-ttl`).
///
/// While people keep coming nobody ever expires, and when they stop everybody is cut off at once; no token's age can be read.
public struct WholeKeySet: ActiveForm {
  public let key: String
  public let lifetimeMilliseconds: Int?
  public let naming: MemberForm?
  public var keyType: String? { "set" }
  public var timelessReason: String? {
    "a set with one time to live for the whole key does not store when each token was admitted"
  }

  public init(key: String, lifetimeMilliseconds: Int, naming: MemberForm? = nil) {
    self.key = key
    self.lifetimeMilliseconds = lifetimeMilliseconds
    self.naming = naming
  }

  public func observe(on redis: RedisConnection, nowMilliseconds: Int) throws -> ActiveObservation {
    let key = RedisArgument(key)
    let count = try redis.append(["SCARD", key])
    let ttl = try redis.append(["PTTL", key])
    var observation = ActiveObservation(count: try redis.checked(count).integer)
    let left = try redis.checked(ttl).integer
    if left >= 0 { observation.wholeKeyTTLMilliseconds = left }
    if left == -1 {
      observation.warnings.append("the active set has no time to live: active users never expire")
    }
    return observation
  }

  public func look(
    for name: RedisArgument, on redis: RedisConnection
  ) throws -> (_ nowMilliseconds: Int) throws -> ActiveEntry? {
    let ticket = try redis.append(["SISMEMBER", RedisArgument(key), name])
    return { _ in try redis.checked(ticket).integer == 1 ? ActiveEntry(name: name.bytes) : nil }
  }

  public func pages(
    on redis: RedisConnection, from: Int, nowMilliseconds: Int
  ) throws -> () throws -> [ActiveEntry]? {
    var walk = ElementScan(redis, command: "SSCAN", key: RedisArgument(key))
    var left = from
    return { try walk.nextPage().map { page in page.skipping(&left).map { ActiveEntry(name: $0) } } }
  }

  public func admitted(
    within windows: [Int], on redis: RedisConnection, nowMilliseconds: Int
  ) throws -> [Flow]? { nil }

  // ZINTER takes sets too. It came with Redis 6.2, as SMISMEMBER did; before it each token is asked for.
  public var library: String {
    """
    local function active_count(now) return redis.call('SCARD', active) end

    local function names(tokens)
      if not renames then return tokens end
      local list = {}
      for i = 1, #tokens do list[i] = name_of(tokens[i]) end
      return list
    end

    local function active_among(image, tokens, now)
      local found = image and not renames and redis.pcall('ZINTER', 2, image, active)
      if found and not found.err then return found end
      local asked = names(tokens)
      local answers = #asked > 0 and redis.pcall('SMISMEMBER', active, unpack(asked)) or {}
      found = {}
      for i, token in ipairs(tokens) do
        local answer = answers.err and redis.call('SISMEMBER', active, asked[i]) or answers[i]
        if answer == 1 then found[#found + 1] = token end
      end
      return found
    end

    local function add_active(tokens, now)
      redis.call('SADD', active, unpack(names(tokens)))
      redis.call('PEXPIRE', active, lifetime)
    end

    local function remove_active(tokens) redis.call('SREM', active, unpack(names(tokens))) end
    """
  }
}
