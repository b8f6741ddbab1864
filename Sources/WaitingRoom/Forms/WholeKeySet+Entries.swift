import Redis

extension WholeKeySet {
  public func entry(named name: RedisArgument) -> RedisArgument? { name }

  public func entries(
    on redis: RedisConnection, matching glob: RedisArgument?, nowMilliseconds: Int
  ) throws -> () throws -> [StoredEntry]? {
    var walk = ElementScan(redis, command: "SSCAN", key: RedisArgument(key), match: glob)
    return {
      try walk.nextPage()?.map { StoredEntry(entry: RedisArgument($0), name: $0, isLive: true) }
    }
  }

  // The image's score is when the whole key would have ended: where the set has gone meanwhile, it is made with that end again.
  public var entryLibrary: String {
    """
    \(setEntryLookup)

    local function live_entries(entries, now) return found_entries(entries) end

    local function take_entries(image, entries, now)
      local left = redis.call('PTTL', active)
      local ends, words = left >= 0 and string.format('%.0f', now + left) or '+inf', {}
      for i = 1, #entries do words[2 * i - 1], words[2 * i] = ends, entries[i] end
      redis.call('ZADD', image, unpack(words))
      redis.call('EXPIRE', image, kept_for)
      redis.call('SREM', active, unpack(entries))
    end

    local function give_entries(image, allowed, now)
      local held, score_of = apart(redis.call('ZRANGE', image, 0, -1, 'WITHSCORES'))
      local is_there, back, ends = redis.call('EXISTS', active) == 1, {}, math.huge
      for _, entry in ipairs(held) do
        ends = math.min(ends, tonumber(score_of[entry]))
        if allowed[entry] then back[#back + 1] = entry end
      end
      if #back == 0 or (not is_there and ends <= now) then return {} end
      redis.call('SADD', active, unpack(back))
      if not is_there and ends < math.huge then redis.call('PEXPIREAT', active, string.format('%.0f', ends)) end
      return back
    end
    """
  }
}
