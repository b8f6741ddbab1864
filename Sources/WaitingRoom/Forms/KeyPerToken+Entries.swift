import Redis

extension KeyPerToken {
  public func entry(named name: RedisArgument) -> RedisArgument? {
    let (before, after) = parts
    return RedisArgument(Array(before.utf8) + name.bytes + Array(after.utf8))
  }

  public func entries(
    on redis: RedisConnection, matching glob: RedisArgument?, nowMilliseconds: Int
  ) throws -> () throws -> [StoredEntry]? {
    let (before, after) = parts
    let pattern = glob.map {
      RedisArgument(RedisGlob.escaped(Array(before.utf8)) + $0.bytes + RedisGlob.escaped(Array(after.utf8)))
    }
    var scan = redis.scan(match: pattern ?? RedisArgument(self.glob))
    return {
      try scan.nextPage()?.map { key in
        let name = Array(key.bytes.dropFirst(before.utf8.count).dropLast(after.utf8.count))
        return StoredEntry(entry: key, name: name, isLive: true)
      }
    }
  }

  // The keys themselves go to the trash, where their time runs on; the image's score is 1 where they had no end.
  public var entryLibrary: String {
    """
    local function found_entries(entries)
      local found = {}
      for _, entry in ipairs(entries) do
        if redis.call('EXISTS', entry) == 1 then found[#found + 1] = entry end
      end
      return found
    end

    local function live_entries(entries, now) return found_entries(entries) end

    local function take_entries(image, entries, now)
      for _, entry in ipairs(entries) do
        local is_endless = redis.call('PTTL', entry) == -1
        redis.call('ZADD', image, is_endless and 1 or 0, entry)
      end
      redis.call('EXPIRE', image, kept_for)
      for _, entry in ipairs(entries) do take_key(entry) end
    end

    local function give_entries(image, allowed, now)
      local held, score_of = apart(redis.call('ZRANGE', image, 0, -1, 'WITHSCORES'))
      local back = {}
      for _, entry in ipairs(held) do
        if not allowed[entry] then
          redis.call('UNLINK', trash_of(entry))
        elseif give_key(entry, score_of[entry] == '1') then
          back[#back + 1] = entry
        end
      end
      return back
    end
    """
  }
}
