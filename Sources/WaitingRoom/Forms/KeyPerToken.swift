import Redis

/// One string key an active token, with a time to live of its own (preset `key-per-token`).
///
/// Counting them takes a scan of all keys of the database.
public struct KeyPerToken: ActiveForm {
  /// The keys' pattern, with `{token}` where the token stands: `active_token:{token}`. Without it the token is at the end.
  public let key: String
  public let lifetimeMilliseconds: Int?
  public let naming: MemberForm?
  public var keyType: String? { nil }
  public var timelessReason: String? {
    "with one key per token, counting needs a scan of all keys, which takes too long here"
  }

  public init(pattern: String, lifetimeMilliseconds: Int, naming: MemberForm? = nil) {
    key = pattern
    self.lifetimeMilliseconds = lifetimeMilliseconds
    self.naming = naming
  }

  public func observe(on redis: RedisConnection, nowMilliseconds: Int) throws -> ActiveObservation {
    var scan = redis.scan(match: RedisArgument(glob))
    var found: Set<RedisArgument> = []  // a scan may give a key twice
    while let page = try scan.nextPage() { found.formUnion(page) }
    return ActiveObservation(count: found.count)
  }

  public func look(
    for name: RedisArgument, on redis: RedisConnection
  ) throws -> (_ nowMilliseconds: Int) throws -> ActiveEntry? {
    let (before, after) = parts
    let ticket = try redis.append(["PTTL", RedisArgument(Array(before.utf8) + name.bytes + Array(after.utf8))])
    return { now in Self.entry(name.bytes, left: try redis.checked(ticket).integer, now) }
  }

  public func pages(
    on redis: RedisConnection, from: Int, nowMilliseconds: Int
  ) throws -> () throws -> [ActiveEntry]? {
    var scan = redis.scan(match: RedisArgument(glob))
    var skipped = from
    let (before, after) = parts
    return {
      guard let keys = try scan.nextPage() else { return nil }
      let tickets = try keys.map { try redis.append(["PTTL", $0]) }
      let entries = try zip(keys, tickets).compactMap { key, ticket in
        let name = Array(key.bytes.dropFirst(before.utf8.count).dropLast(after.utf8.count))
        return Self.entry(name, left: try redis.checked(ticket).integer, nowMilliseconds)
      }
      return Array(entries.skipping(&skipped))
    }
  }

  public func admitted(
    within windows: [Int], on redis: RedisConnection, nowMilliseconds: Int
  ) throws -> [Flow]? { nil }

  /// PTTL says -2 where there is no key, -1 where it never ends.
  private static func entry(_ name: [UInt8], left: Int, _ now: Int) -> ActiveEntry? {
    left == -2 ? nil : ActiveEntry(name: name, expiresMilliseconds: left >= 0 ? now + left : nil)
  }

  /// The pattern as MATCH takes it: what is special there is escaped, and the token may be anything.
  var glob: String {
    let (before, after) = parts
    func escaped(_ text: Substring) -> String {
      String(decoding: RedisGlob.escaped(Array(text.utf8)), as: UTF8.self)
    }
    return escaped(before) + "*" + escaped(after)
  }

  var parts: (before: Substring, after: Substring) {
    guard let place = key.firstRange(of: "{token}") else { return (key[...], "") }
    return (key[..<place.lowerBound], key[place.upperBound...])
  }

  public var library: String {
    """
    local before, after = active:match('^(.-){token}(.*)$')
    local function key_of(token) return (before or active) .. name_of(token) .. (after or '') end

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
