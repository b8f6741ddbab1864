import Redis

/// A sorted set of tokens, each scored with its own expiry (preset `zset-expiry`).
public struct ExpirySet: TimedSet {
  public let key: String
  public let lifetimeMilliseconds: Int?
  public let unit: TimeUnit
  public let naming: MemberForm?

  public init(key: String, lifetimeMilliseconds: Int, unit: TimeUnit = .milliseconds, naming: MemberForm? = nil) {
    self.key = key
    self.lifetimeMilliseconds = lifetimeMilliseconds
    self.unit = unit
    self.naming = naming
  }

  func oldest(_ now: Int) -> Int? { now }
  func score(admitted: Int) -> Int { admitted + (lifetimeMilliseconds ?? 0) }

  func entry(_ name: [UInt8], at time: Int) -> ActiveEntry { ActiveEntry(name: name, expiresMilliseconds: time) }

  public func admitted(within windows: [Int], on redis: RedisConnection, nowMilliseconds: Int) throws -> [Flow]? {
    // An expiry beyond the lifetime means that the service gives another one, and the admission cannot be calculated from it.
    let beyond = try redis.append([
      "ZCOUNT", RedisArgument(key), bound(score(admitted: nowMilliseconds + 1000)), "+inf",
    ])
    let flows = try flows(windows, on: redis, nowMilliseconds)
    return try redis.checked(beyond).integer == 0 ? flows : nil
  }

  public var library: String {
    """
    local function oldest_active(now) return now end
    local function admission_score(now) return now + lifetime end
    local unit = \(unit.rawValue)
    \(timedSetLibrary)
    """
  }
}

/// A sorted set of tokens, each scored with its admission (preset `proceed-zset`).
///
/// Without a lifetime everybody in it is active until the service takes them out.
public struct AdmissionTimeSet: TimedSet {
  public let key: String
  public let lifetimeMilliseconds: Int?
  public let unit: TimeUnit
  public let naming: MemberForm?

  public init(key: String, lifetimeMilliseconds: Int?, unit: TimeUnit = .milliseconds, naming: MemberForm? = nil) {
    self.key = key
    self.lifetimeMilliseconds = lifetimeMilliseconds
    self.unit = unit
    self.naming = naming
  }

  func oldest(_ now: Int) -> Int? { lifetimeMilliseconds.map { now - $0 } }
  func score(admitted: Int) -> Int { admitted }

  func entry(_ name: [UInt8], at time: Int) -> ActiveEntry {
    ActiveEntry(
      name: name, admittedMilliseconds: time,
      expiresMilliseconds: lifetimeMilliseconds.flatMap { lifetime in
        let (end, overflow) = time.addingReportingOverflow(lifetime)
        return overflow ? nil : end
      })
  }

  public func admitted(within windows: [Int], on redis: RedisConnection, nowMilliseconds: Int) throws -> [Flow]? {
    try flows(windows, on: redis, nowMilliseconds)
  }

  public var library: String {
    """
    local function oldest_active(now) return lifetime > 0 and now - lifetime or -math.huge end
    local function admission_score(now) return now end
    local unit = \(unit.rawValue)
    \(timedSetLibrary)
    """
  }
}

/// What both sorted sets share: a score above `oldest` is active.
protocol TimedSet: ActiveForm {
  var unit: TimeUnit { get }
  /// The time that an active one's is above; nil if all are active.
  func oldest(_ nowMilliseconds: Int) -> Int?
  /// The time that somebody is scored with who is admitted at that time.
  func score(admitted: Int) -> Int
  func entry(_ name: [UInt8], at time: Int) -> ActiveEntry
}

extension TimedSet {
  public var keyType: String? { "zset" }
  public var timelessReason: String? { nil }

  /// The bound of ZCOUNT for times above this one.
  func bound(_ milliseconds: Int?) -> RedisArgument { milliseconds.map { "(\(scoreText($0))" } ?? "-inf" }

  /// A time as the store scores it; scores of seconds may have fractions.
  func scoreText(_ milliseconds: Int) -> String {
    switch unit {
    case .milliseconds: "\(milliseconds)"
    case .seconds: "\(milliseconds / 1000).\(String(1000 + milliseconds % 1000).dropFirst())"
    }
  }

  /// Nil for a score that is no time at all.
  private func time(_ score: Double) -> Int? {
    let milliseconds = score * Double(unit.rawValue)
    return milliseconds.magnitude < 1e17 ? Int(milliseconds) : nil
  }

  public func observe(on redis: RedisConnection, nowMilliseconds: Int) throws -> ActiveObservation {
    ActiveObservation(
      count: try redis.command("ZCOUNT", RedisArgument(key), bound(oldest(nowMilliseconds)), "+inf").integer)
  }

  public func look(
    for name: RedisArgument, on redis: RedisConnection
  ) throws -> (_ nowMilliseconds: Int) throws -> ActiveEntry? {
    let ticket = try redis.append(["ZSCORE", RedisArgument(key), name])
    return { now in
      guard let score = try redis.checked(ticket).optional?.double else { return nil }
      if let oldest = oldest(now), score * Double(unit.rawValue) <= Double(oldest) { return nil }
      return time(score).map { entry(name.bytes, at: $0) } ?? ActiveEntry(name: name.bytes)
    }
  }

  public func pages(
    on redis: RedisConnection, from: Int, nowMilliseconds: Int
  ) throws -> () throws -> [ActiveEntry]? {
    var walk = SortedSetWalk(redis, key: RedisArgument(key), above: bound(oldest(nowMilliseconds)), from: from)
    return {
      try walk.nextPage()?.map { row in
        let name = try row.member.bytes
        return time(try row.score.double).map { entry(name, at: $0) } ?? ActiveEntry(name: name)
      }
    }
  }

  func flows(_ windows: [Int], on redis: RedisConnection, _ now: Int) throws -> [Flow] {
    let windows = remembered(windows)
    let tickets = try windows.map {
      // Nobody was admitted in the future; a second is what clocks of one shop may differ by.
      try redis.append([
        "ZCOUNT", RedisArgument(key), bound(score(admitted: now - $0)),
        RedisArgument(scoreText(score(admitted: now + 1000))),
      ])
    }
    return try zip(windows, tickets).map {
      Flow(count: try redis.checked($1).integer, windowMilliseconds: $0, isAtLeast: true)
    }
  }
}

// A score above `oldest_active` is active. ZINTER and ZMSCORE came with Redis 6.2; before it each token is asked for. Numbers
// are written with %.0f, because Lua's own form turns milliseconds into 1.7e+12.
private let timedSetLibrary = """
  local function active_count(now)
    local oldest = oldest_active(now)
    local bound = oldest == -math.huge and '-inf' or string.format(unit == 1 and '(%.0f' or '(%.3f', oldest / unit)
    return redis.call('ZCOUNT', active, bound, '+inf')
  end

  local function names(tokens)
    if not renames then return tokens end
    local list = {}
    for i = 1, #tokens do list[i] = name_of(tokens[i]) end
    return list
  end

  local function active_among(image, tokens, now)
    local present = (renames or not image) and tokens or redis.pcall('ZINTER', 2, image, active)
    if present.err then present = tokens end
    if #present == 0 then return present end
    local asked = names(present)
    local scores = redis.pcall('ZMSCORE', active, unpack(asked))
    if scores.err then
      scores = {}
      for i = 1, #asked do scores[i] = redis.call('ZSCORE', active, asked[i]) end
    end
    local oldest, found = oldest_active(now), {}
    for i = 1, #present do
      if scores[i] and tonumber(scores[i]) * unit > oldest then found[#found + 1] = present[i] end
    end
    return found
  end

  local function add_active(tokens, now)
    local score, words = string.format('%.0f', math.floor(admission_score(now) / unit)), {}
    for i = 1, #tokens do
      words[2 * i - 1] = score
      words[2 * i] = name_of(tokens[i])
    end
    redis.call('ZADD', active, unpack(words))
  end

  local function remove_active(tokens) redis.call('ZREM', active, unpack(names(tokens))) end
  """
