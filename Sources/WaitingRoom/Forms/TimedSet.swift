import Redis

/// A sorted set of tokens, each scored with its own expiry in milliseconds (preset `zset-expiry`).
public struct ExpirySet: ActiveForm {
  public let key: String
  public let lifetimeMilliseconds: Int?
  public var keyType: String? { "zset" }

  public init(key: String, lifetimeMilliseconds: Int) {
    self.key = key
    self.lifetimeMilliseconds = lifetimeMilliseconds
  }

  public func observe(on redis: RedisConnection, nowMilliseconds: Int) throws -> ActiveObservation {
    let count = try redis.command("ZCOUNT", RedisArgument(key), "(\(nowMilliseconds)", "+inf").integer
    return ActiveObservation(count: count)
  }

  public var library: String {
    """
    local function oldest_active(now) return now end
    local function admission_score(now) return now + lifetime end
    \(timedSetLibrary)
    """
  }
}

/// A sorted set of tokens, each scored with its admission in milliseconds (preset `proceed-zset`).
///
/// Without a lifetime everybody in it is active until the service takes them out.
public struct AdmissionTimeSet: ActiveForm {
  public let key: String
  public let lifetimeMilliseconds: Int?
  public var keyType: String? { "zset" }

  public init(key: String, lifetimeMilliseconds: Int?) {
    self.key = key
    self.lifetimeMilliseconds = lifetimeMilliseconds
  }

  public func observe(on redis: RedisConnection, nowMilliseconds: Int) throws -> ActiveObservation {
    let oldest = lifetimeMilliseconds.map { "(\(nowMilliseconds - $0)" } ?? "-inf"
    return ActiveObservation(
      count: try redis.command("ZCOUNT", RedisArgument(key), RedisArgument(oldest), "+inf").integer)
  }

  public var library: String {
    """
    local function oldest_active(now) return lifetime > 0 and now - lifetime or -math.huge end
    local function admission_score(now) return now end
    \(timedSetLibrary)
    """
  }
}

// A score above `oldest_active` is active. ZINTER and ZMSCORE came with Redis 6.2; before it each token is asked for. Numbers
// are written with %.0f, because Lua's own form turns milliseconds into 1.7e+12.
private let timedSetLibrary = """
  local function active_count(now)
    local oldest = oldest_active(now)
    local bound = oldest == -math.huge and '-inf' or string.format('(%.0f', oldest)
    return redis.call('ZCOUNT', active, bound, '+inf')
  end

  local function active_among(image, tokens, now)
    local present = redis.pcall('ZINTER', 2, image, active)
    if present.err then present = tokens end
    if #present == 0 then return present end
    local scores = redis.pcall('ZMSCORE', active, unpack(present))
    if scores.err then
      scores = {}
      for i = 1, #present do scores[i] = redis.call('ZSCORE', active, present[i]) end
    end
    local oldest, found = oldest_active(now), {}
    for i = 1, #present do
      if scores[i] and tonumber(scores[i]) > oldest then found[#found + 1] = present[i] end
    end
    return found
  end

  local function add_active(tokens, now)
    local score, words = string.format('%.0f', admission_score(now)), {}
    for i = 1, #tokens do
      words[2 * i - 1] = score
      words[2 * i] = tokens[i]
    end
    redis.call('ZADD', active, unpack(words))
  end

  local function remove_active(tokens) redis.call('ZREM', active, unpack(tokens)) end
  """
