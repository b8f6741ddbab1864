import Redis

/// Admits one batch: from the front of the waiting room into the active form, with the before-image, in one step.
enum AdmitScript {
  /// ARGV from 6: how many the operation may move in all, how many may be active (-1 for any number), how many a batch.
  ///
  /// KEYS from 6, where the service keeps counters: that of the waiting, that of the active.
  ///
  /// The before-image of a batch is a sorted set of its own, `KEYS[3]:BATCH`, that the server copies from the waiting room:
  /// scores written out for Lua would cost a third of the whole script. The list `KEYS[3]` says of each batch, in order, its
  /// number and which tokens were active already. Those leave the waiting room like the others and count as `already`.
  static func script(for form: any ActiveForm) -> RedisScript {
    RedisScript(name: "admit", source: BatchPrelude.source(form: form, body: body))
  }

  // An error in the middle takes nothing back, so the order is: what a full server refuses, what a missing privilege to cut
  // the waiting room refuses (an empty cut), the before-image, the active form, the counts, and the cut itself at last.
  // Wherever it breaks off, nobody is lost.
  private static let body = """
    local wanted, fill_to, limit = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
    local counts = redis.call('HMGET', operation, 'changed', 'already')
    local changed, already = tonumber(counts[1] or 0), tonumber(counts[2] or 0)

    local function room()
      local room = wanted - changed - already
      local count = fill_to >= 0 and active_count(now)
      return count and math.min(room, fill_to - count) or room
    end

    -- ZRANGESTORE came with Redis 6.2; before it the scores go through here.
    local function keep(image, count)
      if type(redis.pcall('ZRANGESTORE', image, waiting, 0, count - 1)) == 'number' then return end
      local words = redis.call('ZRANGE', waiting, 0, count - 1, 'WITHSCORES')
      for i = 1, #words, 2 do words[i], words[i + 1] = words[i + 1], words[i] end
      redis.call('ZADD', image, unpack(words))
    end

    local function without(tokens, held)
      local is_held, rest = {}, {}
      for _, token in ipairs(held) do is_held[token] = true end
      for _, token in ipairs(tokens) do if not is_held[token] then rest[#rest + 1] = token end end
      return rest
    end

    if batch == done + 1 then
      done = batch
      local size = math.min(limit, room())
      local tokens = size > 0 and redis.call('ZRANGE', waiting, 0, size - 1) or {}
      local fresh = tokens
      redis.call('HSET', operation, 'waiting_key', waiting, 'active_key', active)
      redis.call('PEXPIRE', lease, ARGV[2])
      redis.call('ZREMRANGEBYRANK', waiting, 1, 0)
      if #tokens > 0 then
        local image = images .. ':' .. batch
        keep(image, #tokens)
        redis.call('EXPIRE', image, kept_for)
        local held = active_among(image, tokens, now)
        if #held > 0 then fresh = without(tokens, held) end
        changed, already = changed + #fresh, already + #held
        redis.call('RPUSH', images, cmsgpack.pack({batch, held}))
        redis.call('EXPIRE', images, kept_for)
      end
      if #fresh > 0 then add_active(fresh, now) end
      redis.call('HSET', operation, 'batch', batch, 'changed', changed, 'already', already)
      if #tokens > 0 then redis.call('ZREMRANGEBYRANK', waiting, 0, #tokens - 1) end
      step(KEYS[6], -#tokens)
      step(KEYS[7], #fresh)
    end
    local left = redis.call('ZCARD', waiting)
    return {done, changed, already, left, left > 0 and room() > 0 and 1 or 0}
    """
}
