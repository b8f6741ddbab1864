import Redis

/// Adds a batch of new people at the back.
enum IssueScript {
  /// ARGV from `at`: the number of the last batch, the milliseconds of the score's unit (0 for a counter), how far the score lies in the
  /// future in milliseconds, and then each member with `1` where a walk has found the token elsewhere.
  ///
  /// Nobody who waits, is active or is set aside is touched. The before-image of batch N is `KEYS[3]:N` with those who were added; an
  /// entry of the list `KEYS[3]` is the number and how many people.
  static func script(for layout: QueueLayout) -> RedisScript { RepairScript.make("issue", layout, body: body) }

  // The back is behind the last one, also where the clock of whoever wrote that score is ahead of the server's, or places last longer
  // than new ones.
  private static let body = """
    local last, unit_of_score, ahead = tonumber(ARGV[at]), tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
    local counts = redis.call('HMGET', operation, 'changed', 'known')
    local changed, known = tonumber(counts[1] or 0), tonumber(counts[2] or 0)

    if batch == done + 1 and batch <= last then
      local members, is_elsewhere = {}, {}
      for i = at + 3, #ARGV, 2 do
        members[#members + 1] = ARGV[i]
        is_elsewhere[ARGV[i]] = ARGV[i + 1] == '1'
      end
      local tail = tonumber(redis.call('ZRANGE', waiting, -1, -1, 'WITHSCORES')[2] or 0)
      if tail + #members >= 2 ^ 53 then return redis.error_reply('USHERSCORE no whole number comes behind the last') end
      local base = unit_of_score > 0 and math.floor((now + ahead) / unit_of_score) or 0
      -- Later batches share the score of the first, lest a long list reach far into the future.
      if tail > base or (tail == base and batch == 1) then base = batch == 1 and math.floor(tail) + 1 or math.ceil(tail) end
      done = batch
      local scores, is_aside, candidates, words = scores_of(waiting, members), among_aside(members), {}, {}
      for i = 1, #members do
        if not scores[i] and not is_aside[members[i]] and not is_elsewhere[members[i]] then
          candidates[#candidates + 1] = members[i]
          local score = unit_of_score == 0 and math.floor(tail) + #candidates or base
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
  static func script(for layout: QueueLayout) -> RedisScript {
    TakeBackScript.make("undo issue", layout, steps: steps)
  }

  private static let steps = """
    local function judge(image)
      local members, score_of = apart(redis.call('ZRANGE', image, 0, -1, 'WITHSCORES'))
      if #members == 0 then return nil end
      local current, leaving = scores_of(waiting, members), {}
      for i, member in ipairs(members) do
        if current[i] == score_of[member] then leaving[#leaving + 1] = member end
      end
      return leaving
    end

    local function carry_out(image, leaving)
      if #leaving > 0 then redis.call('ZREM', waiting, unpack(leaving)) end
      return #leaving, -#leaving, 0
    end

    local function tidy() end
    """
}
