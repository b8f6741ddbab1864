import Redis

/// Takes a batch of people out of the waiting room, and out of the active where that is asked for.
enum RemoveScript {
  /// ARGV from `at`: 1 to take them out of the active too, the number of the last batch, and then for each person the waiting member
  /// (empty for nobody) and the token.
  ///
  /// The before-image of batch N is a sorted set `KEYS[3]:N` of those who waited, `KEYS[3]:N:active` as the form keeps it, and side
  /// keys under `KEYS[3]:key:NAME`. An entry of the list `KEYS[3]` is the number, how many people, who stayed active (members),
  /// the side keys, and whether there is an image of the active.
  static func script(for layout: QueueLayout) -> RedisScript { RepairScript.make("remove", layout, body: body) }

  // As in an admission: first what a full server refuses, then the before-image and the counts, and the cut after them.
  private static let body = """
    local takes_active, last = ARGV[at] == '1', tonumber(ARGV[at + 1])
    local counts = redis.call('HMGET', operation, 'changed', 'absent')
    local changed, absent = tonumber(counts[1] or 0), tonumber(counts[2] or 0)

    if batch == done + 1 and batch <= last then
      done = batch
      local people, members, tokens = {}, {}, {}
      for i = at + 2, #ARGV, 2 do
        people[#people + 1] = {ARGV[i], ARGV[i + 1]}
        if ARGV[i] ~= '' then members[#members + 1] = ARGV[i] end
        tokens[#tokens + 1] = ARGV[i + 1]
      end
      local scores, leaving, kept = scores_of(waiting, members), {}, {}
      for i = 1, #members do
        if scores[i] then
          leaving[#leaving + 1] = members[i]
          kept[#kept + 1] = scores[i]
          kept[#kept + 1] = members[i]
        end
      end
      local present = takes_active and found_active(tokens, now) or {}
      local image, held, gone, found = images .. ':' .. batch, {}, {}, 0
      redis.call('HSET', operation, 'waiting_key', waiting, 'active_key', active)
      redis.call('PEXPIRE', lease, ARGV[2])
      touch_counters()
      if #leaving > 0 then
        redis.call('ZADD', image, unpack(kept))
        redis.call('EXPIRE', image, kept_for)
        if not takes_active then held = active_among(image, leaving, now) end
      end
      local is_leaving, is_present, is_held = set_of(leaving), set_of(present), set_of(held)
      for _, person in ipairs(people) do
        if is_leaving[person[1]] or is_present[person[2]] then
          found = found + 1
          -- Who stays active stays one of the service's people, with all that it keeps of them.
          if not is_held[person[1]] then gone[#gone + 1] = person end
        end
      end
      local side = found_side(gone)
      changed, absent = changed + found, absent + #people - found
      if found > 0 then
        redis.call('RPUSH', images, cmsgpack.pack({batch, found, held, side, #present > 0}))
        redis.call('EXPIRE', images, kept_for)
      end
      redis.call('HSET', operation, 'batch', batch, 'changed', changed, 'absent', absent)
      if #leaving > 0 then redis.call('ZREM', waiting, unpack(leaving)) end
      if #present > 0 then take_active(image .. ':active', present, now) end
      take_side(side)
      count(waiting_counter, -#leaving)
      count(active_counter, -#present)
    end
    return {done, changed, absent, redis.call('ZCARD', waiting), done < last and 1 or 0}
    """
}

/// Takes out a batch of those active whose time is over. Leaves what `RemoveScript` leaves.
enum ExpireScript {
  /// ARGV from `at`: how many in all, and how many a batch.
  static func script(for layout: QueueLayout) -> RedisScript { RepairScript.make("expire", layout, body: body) }

  private static let body = """
    local wanted, limit = tonumber(ARGV[at]), tonumber(ARGV[at + 1])
    local changed = tonumber(redis.call('HGET', operation, 'changed') or 0)

    if batch == done + 1 then
      done = batch
      local size = math.min(limit, wanted - changed)
      local tokens = size > 0 and expired_active(now, size) or {}
      redis.call('HSET', operation, 'waiting_key', waiting, 'active_key', active)
      redis.call('PEXPIRE', lease, ARGV[2])
      touch_counters()
      local still_waiting, gone = scores_of(waiting, tokens), {}
      for i = 1, #tokens do if not still_waiting[i] then gone[#gone + 1] = {'', tokens[i]} end end
      local side = found_side(gone)
      changed = changed + #tokens
      if #tokens > 0 then
        redis.call('RPUSH', images, cmsgpack.pack({batch, #tokens, {}, side, true}))
        redis.call('EXPIRE', images, kept_for)
      end
      redis.call('HSET', operation, 'batch', batch, 'changed', changed)
      if #tokens > 0 then take_active(images .. ':' .. batch .. ':active', tokens, now) end
      take_side(side)
      count(active_counter, -#tokens)
    end
    local has_more = changed < wanted and #expired_active(now, 1) > 0
    return {done, changed, 0, redis.call('ZCARD', waiting), has_more and 1 or 0}
    """
}

/// Puts one batch of those back whom `RemoveScript` or `ExpireScript` took out, the last batch first.
enum UndoRemoveScript {
  /// Somebody who waits, is active or is set aside now has come back by themselves, and keeps the place of now.
  static func script(for layout: QueueLayout) -> RedisScript { RepairScript.make("undo remove", layout, body: body) }

  private static let body = """
    local counts = redis.call('HMGET', operation, 'changed', 'elsewhere')
    local changed, elsewhere = tonumber(counts[1] or 0), tonumber(counts[2] or 0)

    if batch == done + 1 then
      done = batch
      local entry = redis.call('LINDEX', images, -1)
      local number, people, held, side, has_active
      local image, members, tokens, score_of, allowed = nil, {}, {}, {}, {}
      if entry then
        number, people, held, side, has_active = unpack(cmsgpack.unpack(entry))
        image = images .. ':' .. number
        members, score_of = apart(redis.call('ZRANGE', image, 0, -1, 'WITHSCORES'))
        if has_active then tokens = redis.call('ZRANGE', image .. ':active', 0, -1) end
        if #members + #tokens == 0 then return redis.error_reply('USHERGONE the before-image is no longer kept') end
        local is_held = set_of(held)
        local function allow(from, list)
          if #list == 0 then return end
          local is_aside, is_active = among_aside(list), set_of(active_among(from, list, now))
          local waits = scores_of(waiting, list)
          for i, one in ipairs(list) do
            allowed[one] = not (waits[i] or is_aside[one] or (is_active[one] and not is_held[one])) or nil
          end
        end
        allow(image, members)
        allow(image .. ':active', tokens)
      end
      local returning, back = {}, {}
      for _, member in ipairs(members) do
        if allowed[member] then
          returning[#returning + 1] = score_of[member]
          returning[#returning + 1] = member
          back[member] = true
        end
      end
      redis.call('HINCRBY', original, 'taken_back', 0)
      redis.call('PEXPIRE', lease, ARGV[2])
      touch_counters()
      if #returning > 0 then redis.call('ZADD', waiting, 'NX', unpack(returning)) end
      local active_again = #tokens > 0 and give_active(image .. ':active', allowed, now) or {}
      local returned = #returning / 2
      for _, token in ipairs(active_again) do
        if not back[token] then returned = returned + 1 end
        back[token] = true
      end
      if entry then
        changed, elsewhere = changed + returned, elsewhere + people - returned
        redis.call('HINCRBY', original, 'taken_back', people)
      end
      redis.call('HSET', operation, 'batch', batch, 'changed', changed, 'elsewhere', elsewhere)
      count(waiting_counter, #returning / 2)
      count(active_counter, #active_again)
      if entry then
        give_side(side, back)
        redis.call('RPOP', images)
        redis.call('UNLINK', image, image .. ':active')
      end
    end
    return {done, changed, elsewhere, redis.call('ZCARD', waiting), redis.call('EXISTS', images)}
    """
}
