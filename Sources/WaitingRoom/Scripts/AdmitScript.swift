import Redis

/// Admits one batch: from the front of the waiting room into the active form, with the before-image, in one step.
enum AdmitScript {
  /// ARGV from 6: how many the operation may move in all, how many may be active (-1 for any number), how many a batch.
  ///
  /// A before-image is the list {token, score, token, score, …} as Redis wrote the scores, and the places of those tokens that
  /// were active already. Those leave the waiting room like the others and count as `already`.
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

    if batch == done + 1 then
      done = batch
      local size = math.min(limit, room())
      local moves = size > 0 and redis.call('ZRANGE', waiting, 0, size - 1, 'WITHSCORES') or {}
      local tokens = {}
      for i = 1, #moves / 2 do tokens[i] = moves[2 * i - 1] end
      local held = #tokens > 0 and places_of_active(tokens, now) or {}
      local fresh = tokens
      if #held > 0 then
        local next_held = 1
        fresh = {}
        for i = 1, #tokens do
          if i == held[next_held] then next_held = next_held + 1 else fresh[#fresh + 1] = tokens[i] end
        end
      end
      changed, already = changed + #fresh, already + #held
      redis.call('HSET', operation, 'waiting_key', waiting, 'active_key', active)
      redis.call('PEXPIRE', lease, ARGV[2])
      redis.call('ZREMRANGEBYRANK', waiting, 1, 0)
      if #tokens > 0 then
        redis.call('RPUSH', images, cmsgpack.pack({moves, held}))
        redis.call('EXPIRE', images, kept_for)
      end
      if #fresh > 0 then add_active(fresh, now) end
      redis.call('HSET', operation, 'batch', batch, 'changed', changed, 'already', already)
      if #tokens > 0 then redis.call('ZREMRANGEBYRANK', waiting, 0, #tokens - 1) end
    end
    local left = redis.call('ZCARD', waiting)
    return {done, changed, already, left, left > 0 and room() > 0 and 1 or 0}
    """
}
