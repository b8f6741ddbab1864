import Changes
import Redis

/// Undoes one batch of an admission: people who are still active return to the waiting room with their earlier score.
enum UndoAdmissionScript {
  /// Argument: how many people a batch. The field `taken_back` of the admission's record counts how far it was undone, over several tries.
  ///
  /// Somebody who is waiting again gets the better of the two places; somebody who left the active form in the meantime, or is set
  /// aside, stays there. The operation's field `gone` counts both, `set_aside` the latter.
  static func script(for layout: QueueLayout) -> BatchScript {
    QueueScript.make("undo admission", layout, arguments: [.number("limit")], second: "gone", body: body)
  }

  // The first write is one that a full server refuses. The before-image goes last: should the server refuse any command
  // before, the batch can be undone again.
  private static let body = """
    local set_aside = tonumber(redis.call('HGET', operation, 'set_aside') or 0)

    -- The scores of those of an image who wait already; ZINTER and ZMSCORE came with Redis 6.2.
    local function places_of_now(image, members)
      local again, scores = redis.pcall('ZINTER', 2, image, waiting), {}
      for _, member in ipairs(again.err and members or again) do scores[member] = redis.call('ZSCORE', waiting, member) end
      return scores
    end

    -- Who goes back with which score, flat, and who leaves the active for that.
    local function judge(image, members, score_of, held)
      local returning, leaving, was_held = {}, {}, set_of(held)
      local place, is_parked = places_of_now(image, members), among_parked(members)
      for _ in pairs(is_parked) do set_aside = set_aside + 1 end
      for _, member in ipairs(active_among(image, members, now)) do
        local old, new = score_of[member], place[member]
        if old and not is_parked[member] then
          returning[#returning + 1] = new and tonumber(new) < tonumber(old) and new or old
          returning[#returning + 1] = member
          if not was_held[member] then leaving[#leaving + 1] = member end
        end
      end
      return returning, leaving
    end

    local function forget(image, members)
      if redis.call('ZCARD', image) > #members then return redis.call('ZREM', image, unpack(members)) end
      redis.call('RPOP', images)
      redis.call('UNLINK', image, image .. ':expiry')
      if redis.call('EXISTS', images) == 0 then redis.call('UNLINK', images .. ':known') end
    end

    local function step()
      local entry, image, members, score_of, returning, leaving = last_entry(), nil, {}, nil, {}, {}
      if entry then
        image = image_of(entry.batch)
        members, score_of = apart(redis.call('ZRANGE', image, 0, limit - 1, 'WITHSCORES'))
        if #members == 0 then return redis.error_reply('USHERGONE the before-image is no longer kept') end
        returning, leaving = judge(image, members, score_of, entry.held)
      end
      changed, gone = changed + #returning / 2, gone + #members - #returning / 2
      redis.call('HINCRBY', original, 'taken_back', 0)
      open_batch()
      touch_counters()
      local back = #returning > 0 and redis.call('ZADD', waiting, unpack(returning)) or 0
      if #leaving > 0 then remove_active(leaving) end
      close_batch()
      redis.call('HSET', operation, 'set_aside', set_aside)
      redis.call('HINCRBY', original, 'taken_back', #members)
      if image then forget(image, members) end
      count(waiting_counter, back)
      count(active_counter, -#leaving)
    end

    local function has_more() return redis.call('EXISTS', images) == 1 end
    """
}
