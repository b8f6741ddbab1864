import Redis

extension TimedSet {
  public func entry(named name: RedisArgument) -> RedisArgument? { name }

  public func entries(
    on redis: RedisConnection, matching glob: RedisArgument?, nowMilliseconds: Int
  ) throws -> () throws -> [StoredEntry]? {
    var walk = ElementScan(redis, command: "ZSCAN", key: RedisArgument(key), match: glob)
    let oldest = oldest(nowMilliseconds).map(Double.init) ?? -.infinity
    return {
      try walk.nextScoredPage()?.map { row in
        let name = try row.member.bytes
        let isLive = try row.score.double * Double(unit.rawValue) > oldest
        return StoredEntry(entry: RedisArgument(name), name: name, isLive: isLive)
      }
    }
  }

  public func overdue(on redis: RedisConnection, nowMilliseconds: Int, limit: Int) throws -> Overdue? {
    guard let oldest = oldest(nowMilliseconds) else { return nil }
    let count = try redis.command("ZCOUNT", RedisArgument(key), "-inf", RedisArgument(scoreText(oldest))).integer
    var found = Overdue(count: count, people: [])
    let wanted = min(count, limit)
    // They are the first of the set. People who leave meanwhile shift the rest; the script checks each time again.
    while found.people.count < wanted {
      let start = found.people.count
      let page = try redis.command(
        "ZRANGE", RedisArgument(key), RedisArgument(start), RedisArgument(min(start + 1000, wanted) - 1)
      ).array
      if page.isEmpty { break }
      for member in page {
        let name = try member.bytes
        found.people.append(Overdue.Person(name: name, entries: [RedisArgument(name)]))
      }
    }
    return found
  }

  // The image has the scores of the form itself. Who was over comes back so.
  public var entryLibrary: String {
    """
    local function found_entries(entries)
      local scores, found = scores_of(active, entries), {}
      for i = 1, #entries do if scores[i] then found[#found + 1] = entries[i] end end
      return found
    end

    local function live_entries(entries, now)
      local scores, oldest, found = scores_of(active, entries), oldest_active(now), {}
      for i = 1, #entries do
        if scores[i] and tonumber(scores[i]) * unit > oldest then found[#found + 1] = entries[i] end
      end
      return found
    end

    local function take_entries(image, entries, now)
      local scores, words = scores_of(active, entries), {}
      for i = 1, #entries do words[2 * i - 1], words[2 * i] = scores[i], entries[i] end
      redis.call('ZADD', image, unpack(words))
      redis.call('EXPIRE', image, kept_for)
      redis.call('ZREM', active, unpack(entries))
    end

    local function give_entries(image, allowed, now)
      local held, score_of = apart(redis.call('ZRANGE', image, 0, -1, 'WITHSCORES'))
      local back, words = {}, {}
      for _, entry in ipairs(held) do
        if allowed[entry] then
          back[#back + 1] = entry
          words[#words + 1] = score_of[entry]
          words[#words + 1] = entry
        end
      end
      if #back > 0 then redis.call('ZADD', active, 'NX', unpack(words)) end
      return back
    end
    """
  }
}
