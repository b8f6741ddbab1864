import Changes
import Redis

/// Sets everybody who waits aside, by renaming the key.
enum ParkScript {
  /// The argument is the id of the operation, under which people are parked.
  ///
  /// They go to the key `parked_prefix` ID, which has no end. The hash `parked` has an entry for each such operation: how many people, when
  /// the waiting key would have ended (0 for never), which way people come back (see `UnparkScript`), and how many are back or merged.
  static func script(for layout: QueueLayout) -> BatchScript {
    RepairScript.make("park", layout, arguments: ["id"], second: "other", body: body)
  }

  private static let body = """
    due = due and done == 0

    local function step()
      changed = redis.call('ZCARD', waiting)
      open_batch()
      touch_counters()
      if changed == 0 then return close_batch() end
      local left = redis.call('PTTL', waiting)
      local ends = left >= 0 and now + left or 0
      redis.call('HSET', parked, id, string.format('%d %.0f - 0', changed, ends))
      close_batch()
      redis.call('RENAME', waiting, parked_key(id))
      if ends > 0 then redis.call('PERSIST', parked_key(id)) end
      count(waiting_counter, -changed)
    end

    local function has_more() return false end
    """
}

/// Gives people who were set aside back to the waiting room: the smaller of the two goes into the larger, a batch at a time.
enum UnparkScript {
  /// Arguments: the id under which people are parked, and how many a batch moves. Then follow members of those set aside of whom a scan
  /// has found that they are active, each with the entry of the active. A batch with such members does nothing but let go of those whose
  /// entry still holds.
  ///
  /// Where fewer wait than are set aside, those who wait move to the others (way `in`), and when nobody waits any more the key is
  /// renamed in the same step; else those set aside move to the waiting room, the first in line first (way `out`). The way is chosen once
  /// and kept in the hash's entry, so that a run that was killed can be resumed. Who is in both has the score of the one set aside; who
  /// is active now only leaves those set aside.
  static func script(for layout: QueueLayout) -> BatchScript {
    RepairScript.make(
      "unpark", layout, arguments: ["id", .number("limit")], rest: "active_people", second: "again", body: body)
  }

  private static let body = """
    local aside = parked_key(id)

    -- Those of the members who are active now; the key for the server's comparison is gone again afterwards.
    local function active_of(members)
      if #members == 0 then return {} end
      local image, words = images .. ':look', {}
      for i, member in ipairs(members) do words[2 * i - 1], words[2 * i] = 0, member end
      redis.call('ZADD', image, unpack(words))
      redis.call('EXPIRE', image, 60)
      local found = active_among(image, members, now)
      redis.call('UNLINK', image)
      return found
    end

    -- Whoever was admitted while set aside leaves the aside.
    local function drop_found()
      local entries, leaving = {}, {}
      for i = active_people_at + 1, #ARGV, 2 do entries[#entries + 1] = ARGV[i] end
      local is_live = set_of(live_entries(entries, now))
      for i = active_people_at, #ARGV, 2 do if is_live[ARGV[i + 1]] then leaving[#leaving + 1] = ARGV[i] end end
      if #leaving > 0 then again = again + redis.call('ZREM', aside, unpack(leaving)) end
      if redis.call('EXISTS', aside) == 0 then redis.call('HDEL', parked, id) end
    end

    -- The same of those who became active since that walk. With thousands of active it would hold the server too long.
    local function drop_active()
      local kind = redis.call('TYPE', active).ok
      local size = kind == 'set' and redis.call('SCARD', active) or kind == 'zset' and redis.call('ZCARD', active) or 0
      if size == 0 or size > 3000 then return end
      local both = redis.pcall('ZINTER', 2, aside, active)
      if both.err then return end
      both = active_of(both)
      if #both == 0 then return end
      redis.call('ZREM', aside, unpack(both))
      again = again + #both
    end

    local function finish(ends, merged)
      changed = changed + redis.call('ZCARD', aside) - merged
      count(waiting_counter, redis.call('ZCARD', aside))
      if redis.call('EXISTS', aside) == 1 then
        redis.call('RENAMENX', aside, waiting)
        if ends > now then redis.call('PEXPIREAT', waiting, string.format('%.0f', ends)) end
      end
      redis.call('HDEL', parked, id)
    end

    -- Whoever comes while this goes on moves as well.
    local function move_in(ends, merged)
      local flat = redis.call('ZRANGE', waiting, 0, limit - 1, 'WITHSCORES')
      if #flat > 0 then
        local left = redis.call('PTTL', waiting)
        ends = left >= 0 and now + left or 0
        for i = 1, #flat, 2 do flat[i], flat[i + 1] = flat[i + 1], flat[i] end
        local added = redis.call('ZADD', aside, 'NX', unpack(flat))
        merged, again = merged + added, again + #flat / 2 - added
        redis.call('ZREMRANGEBYRANK', waiting, 0, #flat / 2 - 1)
        count(waiting_counter, -#flat / 2)
      end
      redis.call('HSET', parked, id, string.format('%d %.0f in %d', redis.call('ZCARD', aside), ends, merged))
      if redis.call('EXISTS', waiting) == 0 then
        drop_active()
        finish(ends, merged)
      end
    end

    local function move_out(people, ends, returned)
      local flat = redis.call('ZRANGE', aside, 0, limit - 1, 'WITHSCORES')
      local members, score_of = apart(flat)
      local is_active, words = set_of(active_of(members)), {}
      for _, member in ipairs(members) do
        if not is_active[member] then
          words[#words + 1] = score_of[member]
          words[#words + 1] = member
        end
      end
      local added = #words > 0 and redis.call('ZADD', waiting, unpack(words)) or 0
      changed, again = changed + #words / 2, again + #members - added
      redis.call('HSET', parked, id, string.format('%d %.0f out %d', people, ends, returned + #members))
      redis.call('ZREMRANGEBYRANK', aside, 0, #members - 1)
      count(waiting_counter, added)
      if redis.call('EXISTS', aside) == 0 then redis.call('HDEL', parked, id) end
    end

    local function step()
      local entry = redis.call('HGET', parked, id)
      open_batch()
      touch_counters()
      if entry and redis.call('EXISTS', aside) == 1 and ARGV[active_people_at] then
        drop_found()
      elseif entry and redis.call('EXISTS', aside) == 1 then
        local people, ends, way, moved = entry:match('^(%d+) (%d+) (%S+) (%d+)$')
        people, ends, moved = tonumber(people), tonumber(ends), tonumber(moved)
        if way == '-' then way = redis.call('ZCARD', waiting) <= redis.call('ZCARD', aside) and 'in' or 'out' end
        if way == 'in' then move_in(ends, moved) else move_out(people, ends, moved) end
      elseif entry then
        redis.call('HDEL', parked, id)
      end
      close_batch()
    end

    local function has_more() return redis.call('HEXISTS', parked, id) == 1 end
    """
}
