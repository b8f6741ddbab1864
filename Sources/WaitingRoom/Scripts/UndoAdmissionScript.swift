import Redis

/// Takes one batch of an admission back: whoever is still active returns to the waiting room, with the score of before.
enum UndoAdmissionScript {
  /// KEYS from 6: the admission's own record, the counters of the waiting and of the active (see `CounterLibrary`), the hash of
  /// drains (see `AsideLibrary`). The record's field `taken_back` counts how far it was undone, over several tries.
  ///
  /// ARGV from 6: how many people a batch, and what the keys of those set aside begin with.
  ///
  /// Somebody who is waiting again gets the better of the two places; somebody who left the active form in the meantime, or is set
  /// aside, stays there. The operation's field `gone` counts both, `set_aside` the latter.
  static func script(for form: any ActiveForm) -> RedisScript {
    RedisScript(
      name: "undo admission",
      source: BatchPrelude.source(
        form: form, body: [names, CounterLibrary.source, AsideLibrary.source, body].joined(separator: "\n")))
  }

  private static let names = """
    local admission, waiting_counter, active_counter, asides = KEYS[6], KEYS[7], KEYS[8], KEYS[9]
    local aside_prefix = ARGV[7]
    """

  // The first write is one that a full server refuses. The before-image goes last: should the server refuse any command
  // before, the batch can be taken back again.
  private static let body = """

    local broken = broken_counter()
    if broken then return broken end
    local limit = tonumber(ARGV[6])
    local counts = redis.call('HMGET', operation, 'changed', 'gone', 'set_aside')
    local changed, gone, set_aside = tonumber(counts[1] or 0), tonumber(counts[2] or 0), tonumber(counts[3] or 0)

    -- The scores of those of an image who wait already; ZINTER and ZMSCORE came with Redis 6.2.
    local function places_of_now(image, tokens)
      local again, scores = redis.pcall('ZINTER', 2, image, waiting), {}
      for _, token in ipairs(again.err and tokens or again) do scores[token] = redis.call('ZSCORE', waiting, token) end
      return scores
    end

    if batch == done + 1 then
      done = batch
      local entry = redis.call('LINDEX', images, -1)
      local image, tokens, returning, leaving = nil, {}, {}, {}
      if entry then
        local number, held = unpack(cmsgpack.unpack(entry))
        image = images .. ':' .. number
        local moved = redis.call('ZRANGE', image, 0, limit - 1, 'WITHSCORES')
        if #moved == 0 then return redis.error_reply('USHERGONE the before-image is no longer kept') end
        local score_of, was_held = {}, {}
        for i = 1, #moved, 2 do
          tokens[#tokens + 1] = moved[i]
          score_of[moved[i]] = moved[i + 1]
        end
        for _, token in ipairs(held) do was_held[token] = true end
        local place, is_aside = places_of_now(image, tokens), among_aside(tokens)
        for _ in pairs(is_aside) do set_aside = set_aside + 1 end
        for _, token in ipairs(active_among(image, tokens, now)) do
          local old, new = score_of[token], place[token]
          if old and not is_aside[token] then
            returning[#returning + 1] = new and tonumber(new) < tonumber(old) and new or old
            returning[#returning + 1] = token
            if not was_held[token] then leaving[#leaving + 1] = token end
          end
        end
      end
      changed, gone = changed + #returning / 2, gone + #tokens - #returning / 2
      redis.call('HINCRBY', admission, 'taken_back', 0)
      redis.call('PEXPIRE', lease, ARGV[2])
      touch_counters()
      local back = #returning > 0 and redis.call('ZADD', waiting, unpack(returning)) or 0
      if #leaving > 0 then remove_active(leaving) end
      redis.call('HSET', operation, 'batch', batch, 'changed', changed, 'gone', gone, 'set_aside', set_aside)
      redis.call('HINCRBY', admission, 'taken_back', #tokens)
      if image then
        if redis.call('ZCARD', image) > #tokens then
          redis.call('ZREM', image, unpack(tokens))
        else
          redis.call('RPOP', images)
          redis.call('UNLINK', image, image .. ':expiry')
          if redis.call('EXISTS', images) == 0 then redis.call('UNLINK', images .. ':known') end
        end
      end
      count(waiting_counter, back)
      count(active_counter, -#leaving)
    end
    return {done, changed, gone, redis.call('ZCARD', waiting), redis.call('EXISTS', images)}
    """
}
