import Redis

/// Adds a batch of new people at the back.
enum IssueScript {
  /// ARGV from `at`: the number of the last batch, what the score means (`arrival-ms`, `arrival-s` or `counter`), and then the members.
  ///
  /// Nobody who waits, is active or is set aside is touched. The before-image of batch N is `KEYS[3]:N` with those who were added; an
  /// entry of the list `KEYS[3]` is the number and how many people.
  static func script(for layout: QueueLayout) -> RedisScript { RepairScript.make("issue", layout, body: body) }

  // The back is behind the last one, also where the clock of whoever wrote that score is ahead of the server's.
  private static let body = """
    local last, meaning = tonumber(ARGV[at]), ARGV[at + 1]
    local counts = redis.call('HMGET', operation, 'changed', 'known')
    local changed, known = tonumber(counts[1] or 0), tonumber(counts[2] or 0)

    if batch == done + 1 and batch <= last then
      local members = {}
      for i = at + 2, #ARGV do members[#members + 1] = ARGV[i] end
      local tail = tonumber(redis.call('ZRANGE', waiting, -1, -1, 'WITHSCORES')[2] or 0)
      if tail + #members >= 2 ^ 53 then return redis.error_reply('USHERSCORE no whole number comes behind the last') end
      local base = meaning == 'arrival-s' and math.floor(now / 1000) or now
      done = batch
      local scores, is_aside, candidates, words = scores_of(waiting, members), among_aside(members), {}, {}
      for i = 1, #members do
        if not scores[i] and not is_aside[members[i]] then
          candidates[#candidates + 1] = members[i]
          local score = meaning == 'counter' and math.floor(tail) + #candidates or math.max(base, math.ceil(tail))
          words[#words + 1] = string.format('%.0f', score)
          words[#words + 1] = members[i]
        end
      end
      local image, held, fresh = images .. ':' .. batch, {}, {}
      redis.call('HSET', operation, 'waiting_key', waiting, 'active_key', active)
      redis.call('PEXPIRE', lease, ARGV[2])
      touch_counters()
      if #candidates > 0 then
        redis.call('ZADD', image, unpack(words))
        redis.call('EXPIRE', image, kept_for)
        held = active_among(image, candidates, now)
        local is_held = set_of(held)
        for i = 1, #candidates do
          if not is_held[candidates[i]] then
            fresh[#fresh + 1] = words[2 * i - 1]
            fresh[#fresh + 1] = words[2 * i]
          end
        end
        if #held > 0 then redis.call('ZREM', image, unpack(held)) end
      end
      local added = #fresh / 2
      changed, known = changed + added, known + #members - added
      if added > 0 then
        redis.call('RPUSH', images, cmsgpack.pack({batch, added}))
        redis.call('EXPIRE', images, kept_for)
      end
      redis.call('HSET', operation, 'batch', batch, 'changed', changed, 'known', known)
      if added > 0 then redis.call('ZADD', waiting, 'NX', unpack(fresh)) end
      count(waiting_counter, added)
    end
    return {done, changed, known, redis.call('ZCARD', waiting), done < last and 1 or 0}
    """
}

/// Takes one batch of added people out again.
enum UndoIssueScript {
  /// Who was admitted, moved or taken out meanwhile is left alone.
  static func script(for layout: QueueLayout) -> RedisScript { RepairScript.make("undo issue", layout, body: body) }

  private static let body = """
    local counts = redis.call('HMGET', operation, 'changed', 'elsewhere')
    local changed, elsewhere = tonumber(counts[1] or 0), tonumber(counts[2] or 0)

    if batch == done + 1 then
      done = batch
      local entry = redis.call('LINDEX', images, -1)
      local image, people, leaving = nil, 0, {}
      if entry then
        local number
        number, people = unpack(cmsgpack.unpack(entry))
        image = images .. ':' .. number
        local members, score_of = apart(redis.call('ZRANGE', image, 0, -1, 'WITHSCORES'))
        if #members == 0 then return redis.error_reply('USHERGONE the before-image is no longer kept') end
        local current = scores_of(waiting, members)
        for i, member in ipairs(members) do
          if current[i] == score_of[member] then leaving[#leaving + 1] = member end
        end
      end
      changed, elsewhere = changed + #leaving, elsewhere + people - #leaving
      redis.call('HINCRBY', original, 'taken_back', 0)
      redis.call('PEXPIRE', lease, ARGV[2])
      touch_counters()
      if #leaving > 0 then redis.call('ZREM', waiting, unpack(leaving)) end
      redis.call('HSET', operation, 'batch', batch, 'changed', changed, 'elsewhere', elsewhere)
      redis.call('HINCRBY', original, 'taken_back', people)
      count(waiting_counter, -#leaving)
      if image then
        redis.call('RPOP', images)
        redis.call('UNLINK', image)
      end
    end
    return {done, changed, elsewhere, redis.call('ZCARD', waiting), redis.call('EXISTS', images)}
    """
}
