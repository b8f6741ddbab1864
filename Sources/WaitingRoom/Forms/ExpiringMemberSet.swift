import Redis
import Text

/// A set whose members hold the expiry behind the token: `token:1732445000000`.
///
/// Nobody can be found in it by the token alone: a search takes a scan of the set.
public struct ExpiringMemberSet: ActiveForm {
  public let key: String
  public let lifetimeMilliseconds: Int?
  public let unit: TimeUnit
  public let naming: MemberForm?
  public var keyType: String? { "set" }
  public var timelessReason: String? { nil }
  public var walkLimit: Int? { Self.walkLimit }

  public init(key: String, lifetimeMilliseconds: Int, unit: TimeUnit = .milliseconds, naming: MemberForm? = nil) {
    self.key = key
    self.lifetimeMilliseconds = lifetimeMilliseconds
    self.unit = unit
    self.naming = naming
  }

  /// The name and the expiry of a member; nil for a member without an expiry, which belongs to nobody.
  func reading(_ member: [UInt8]) -> (name: [UInt8], expiry: Int)? {
    guard let colon = member.lastIndex(of: UInt8(ascii: ":")),
      let number = Int(String(decoding: member[(colon + 1)...], as: UTF8.self)), number >= 0
    else { return nil }
    let (expiry, overflow) = number.multipliedReportingOverflow(by: unit.rawValue)
    return overflow ? nil : (Array(member[..<colon]), expiry)
  }

  public func observe(on redis: RedisConnection, nowMilliseconds: Int) throws -> ActiveObservation {
    var names: Set<RedisArgument> = []
    var (strange, size) = (0, 0)
    var walk = ElementScan(redis, command: "SSCAN", key: RedisArgument(key))
    while let page = try walk.nextPage() {
      size += page.count
      for member in page {
        guard let (name, expiry) = reading(member) else {
          strange += 1
          continue
        }
        if expiry > nowMilliseconds { names.insert(RedisArgument(name)) }
      }
    }
    var observation = ActiveObservation(count: names.count)
    if strange > 0 {
      observation.warnings.append(
        "\(strange.counted("member")) of the active set \(strange == 1 ? "has" : "have") no expiry after a colon")
    }
    if size > Self.walkLimit {
      observation.warnings.append(
        "the active set has more than \(Self.walkLimit.grouped) members with an expiry inside: a change scans it only once, before it "
          + "starts, and checks --fill-to only once")
    }
    return observation
  }

  public func look(
    for name: RedisArgument, on redis: RedisConnection
  ) throws -> (_ nowMilliseconds: Int) throws -> ActiveEntry? {
    let glob = RedisArgument(RedisGlob.escaped(name.bytes) + Array(":*".utf8))
    var walk = ElementScan(redis, command: "SSCAN", key: RedisArgument(key), match: glob)
    try walk.start()
    return { now in
      var latest: Int?
      while let page = try walk.nextPage() {
        for member in page {
          if let (found, expiry) = reading(member), found == name.bytes { latest = max(latest ?? expiry, expiry) }
        }
      }
      guard let latest, latest > now else { return nil }
      return ActiveEntry(name: name.bytes, expiresMilliseconds: latest)
    }
  }

  public func pages(
    on redis: RedisConnection, from: Int, nowMilliseconds: Int
  ) throws -> () throws -> [ActiveEntry]? {
    var walk = ElementScan(redis, command: "SSCAN", key: RedisArgument(key))
    var skipped = from
    return {
      try walk.nextPage().map { page in
        let entries = page.compactMap { member -> ActiveEntry? in
          guard let (name, expiry) = reading(member), expiry > nowMilliseconds else { return nil }
          return ActiveEntry(name: name, expiresMilliseconds: expiry)
        }
        return Array(entries.skipping(&skipped))
      }
    }
  }

  public func admitted(within windows: [Int], on redis: RedisConnection, nowMilliseconds: Int) throws -> [Flow]? {
    let windows = remembered(windows)
    let latest = nowMilliseconds + (lifetimeMilliseconds ?? 0)
    var counts = windows.map { _ in 0 }
    var walk = ElementScan(redis, command: "SSCAN", key: RedisArgument(key))
    while let page = try walk.nextPage() {
      for member in page {
        guard let (_, expiry) = reading(member) else { continue }
        // An expiry beyond the lifetime means that the service gives another one.
        if expiry > latest + 1000 { return nil }
        for index in windows.indices where expiry > latest - windows[index] { counts[index] += 1 }
      }
    }
    return zip(windows, counts).map { Flow(count: $1, windowMilliseconds: $0, isAtLeast: true) }
  }

  /// How many may be active for a script to scan them: a microsecond each, and half of the five milliseconds that a script has.
  static let walkLimit = 2500

  // One scan a script, kept. Above the limit a script knows only whom this operation has admitted (`IMAGE:expiry` says with which
  // expiry, and a batch shares its before-image with no other) and who was active before it began (`IMAGES:known`, see
  // `WaitingRoom.noteWhoIsActive`). Times of one length are compared as texts, because making numbers of them would take half as
  // long again.
  public var library: String {
    """
    local unit, digits, live, count = \(unit.rawValue), \(unit == .milliseconds ? 13 : 10), nil, 0
    local is_partial = false
    keeps_batches_apart = true
    local function is_small() return redis.call('SCARD', active) <= \(Self.walkLimit) end

    local function is_current(member, now)
      local expiry = member:match(':(%d+)$')
      return expiry and tonumber(expiry) * unit > now
    end

    -- A name's member, or a list of them.
    local function enter(name, member)
      local known = live[name]
      if not known then
        live[name], count = member, count + 1
      elseif type(known) == 'table' then
        known[#known + 1] = member
      else
        live[name] = {known, member}
      end
    end

    -- Those whose time is not over.
    local function walk(now)
      if live then return end
      live, count = {}, 0
      local sub, byte, find = string.sub, string.byte, string.find
      local over = string.format('%.0f', math.floor(now / unit))
      for _, member in ipairs(redis.call('SMEMBERS', active)) do
        local colon = #member - digits
        if #over == digits and byte(member, colon) == 58 and find(member, '^%d+$', colon + 1) then
          if sub(member, colon + 1) > over then enter(sub(member, 1, colon - 1), member) end
        else
          local name, expiry = member:match('^(.*):(%d+)$')
          if name and tonumber(expiry) * unit > now then enter(name, member) end
        end
      end
    end

    local function active_count(now)
      if is_partial or (not live and not is_small()) then return nil end
      walk(now)
      return count
    end

    local function active_among(image, tokens, now)
      local found = {}
      if not live and is_small() then walk(now) end
      if not live then
        local expiry = image and redis.call('GET', image .. ':expiry')
        local known = redis.call('HMGET', images .. ':known', unpack(tokens))
        live, is_partial = {}, true
        local function look(name, member)
          if is_current(member, now) and redis.call('SISMEMBER', active, member) == 1 then enter(name, member) end
        end
        for i, token in ipairs(tokens) do
          local name = name_of(token)
          local given = expiry and name .. ':' .. expiry
          if given then look(name, given) end
          if known[i] and known[i] ~= given then look(name, known[i]) end
        end
      end
      for _, token in ipairs(tokens) do
        if live[name_of(token)] then found[#found + 1] = token end
      end
      return found
    end

    local function add_active(tokens, now)
      local expiry, words = string.format('%.0f', math.floor((now + lifetime) / unit)), {}
      for i = 1, #tokens do
        local name = name_of(tokens[i])
        words[i] = name .. ':' .. expiry
        if live then enter(name, words[i]) end
      end
      redis.call('SET', images .. ':' .. batch .. ':expiry', expiry, 'EX', kept_for)
      redis.call('SADD', active, unpack(words))
    end

    local function remove_active(tokens)
      local words = {}
      if not live and is_small() then walk(0) end
      for _, token in ipairs(tokens) do
        local name = name_of(token)
        local known = live and live[name]
        if type(known) == 'table' then
          for _, member in ipairs(known) do words[#words + 1] = member end
        elseif known then
          words[#words + 1] = known
        end
        if known then live[name], count = nil, count - 1 end
      end
      if #words > 0 then redis.call('SREM', active, unpack(words)) end
    end
    """
  }
}
