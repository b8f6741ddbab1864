import Redis

/// Gives a batch of waiting people new scores.
enum MoveScript {
  /// ARGV from `at`: the number of the last batch, the member before whom they go and its score (both empty for front and back), and
  /// then a score and a member for each person.
  ///
  /// The before-image of batch N is `KEYS[3]:N` with the scores of before and `KEYS[3]:N:to` with those given; an entry of the list
  /// `KEYS[3]` is the number and how many people.
  static func script(for layout: QueueLayout) -> RedisScript { RepairScript.make("move", layout, body: body) }

  private static let body = """
    local last, anchor, place = tonumber(ARGV[at]), ARGV[at + 1], ARGV[at + 2]
    local counts = redis.call('HMGET', operation, 'changed', 'absent')
    local changed, absent = tonumber(counts[1] or 0), tonumber(counts[2] or 0)

    if batch == done + 1 and batch <= last then
      if batch == 1 and place ~= '' and redis.call('ZSCORE', waiting, anchor) ~= place then
        return redis.error_reply('USHERMOVED the one to move before has another place now')
      end
      done = batch
      local members, given = {}, {}
      for i = at + 3, #ARGV, 2 do
        members[#members + 1] = ARGV[i + 1]
        given[#given + 1] = ARGV[i]
      end
      local scores, before, after = scores_of(waiting, members), {}, {}
      for i = 1, #members do
        if scores[i] then
          before[#before + 1] = scores[i]
          before[#before + 1] = members[i]
          after[#after + 1] = given[i]
          after[#after + 1] = members[i]
        end
      end
      local image, found = images .. ':' .. batch, #before / 2
      changed, absent = changed + found, absent + #members - found
      redis.call('HSET', operation, 'waiting_key', waiting, 'active_key', active)
      redis.call('PEXPIRE', lease, ARGV[2])
      touch_counters()
      if found > 0 then
        redis.call('ZADD', image, unpack(before))
        redis.call('ZADD', image .. ':to', unpack(after))
        redis.call('EXPIRE', image, kept_for)
        redis.call('EXPIRE', image .. ':to', kept_for)
        redis.call('RPUSH', images, cmsgpack.pack({batch, found}))
        redis.call('EXPIRE', images, kept_for)
      end
      redis.call('HSET', operation, 'batch', batch, 'changed', changed, 'absent', absent)
      if found > 0 then redis.call('ZADD', waiting, 'XX', unpack(after)) end
    end
    return {done, changed, absent, redis.call('ZCARD', waiting), done < last and 1 or 0}
    """
}

/// Gives one batch of moved people the scores of before.
enum UndoMoveScript {
  /// Who has another score than the move gave was moved again, or came anew, and keeps the place of now.
  static func script(for layout: QueueLayout) -> RedisScript {
    TakeBackScript.make("undo move", layout, steps: steps)
  }

  private static let steps = """
    local function judge(image)
      local members, score_of = apart(redis.call('ZRANGE', image, 0, -1, 'WITHSCORES'))
      if #members == 0 then return nil end
      local given, current, returning = scores_of(image .. ':to', members), scores_of(waiting, members), {}
      for i, member in ipairs(members) do
        if given[i] and current[i] == given[i] then
          returning[#returning + 1] = score_of[member]
          returning[#returning + 1] = member
        end
      end
      return returning
    end

    local function carry_out(image, returning)
      if #returning > 0 then redis.call('ZADD', waiting, 'XX', unpack(returning)) end
      return #returning / 2, 0, 0
    end

    local function tidy(image) redis.call('UNLINK', image .. ':to') end
    """
}
