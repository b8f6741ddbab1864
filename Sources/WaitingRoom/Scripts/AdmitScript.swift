import Redis

/// Admits one batch: from the front of the waiting room into the active form, with the before-image, in one step.
enum AdmitScript {
  /// KEYS from 6: the pause, the pace, the counters of the waiting and of the active (see `CounterLibrary`).
  /// ARGV from 6: how many the operation may move in all, how many may be active (-1 for any number), how many a batch, the
  /// pace's interval in microseconds (0 for none), how many turns the operation has (-1 for as many as it needs).
  ///
  /// The before-image of a batch is a sorted set of its own, `KEYS[3]:BATCH`, that the server copies from the waiting room:
  /// scores written out for Lua would cost a third of the whole script. The list `KEYS[3]` says of each image, in order, its
  /// number and which tokens were active already. Those leave the waiting room like the others and count as `already`.
  ///
  /// With a pace, a batch is as large as turns are due by the server's clock, and without one that is due nothing happens and the
  /// number of the batch stays free. The sixth element of the reply is the microseconds until the next turn, the seventh the turns
  /// that the operation has taken, used or not.
  static func script(for form: any ActiveForm) -> RedisScript {
    RedisScript(name: "admit", source: BatchPrelude.source(form: form, body: names + CounterLibrary.source + body))
  }

  private static let names = """
    local paused, pace, waiting_counter, active_counter = KEYS[6], KEYS[7], KEYS[8], KEYS[9]

    """

  // An error in the middle takes nothing back, so the order is: what a full server refuses, what a missing privilege to cut
  // the waiting room or to count refuses (an empty cut, an empty count), the turns, the before-image, the active form, the counts,
  // the cut itself, and the service's counters at last. Wherever it breaks off, nobody is lost and no turn is taken twice.
  private static let body = """

    local wanted, fill_to, limit = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
    local interval, all_turns = tonumber(ARGV[9]), tonumber(ARGV[10])
    if redis.call('EXISTS', paused) == 1 then return redis.error_reply('USHERPAUSED the queue is paused') end
    local broken = broken_counter()
    if broken then return broken end
    local counts = redis.call('HMGET', operation, 'changed', 'already', 'turns')
    local changed, already, turns = tonumber(counts[1] or 0), tonumber(counts[2] or 0), tonumber(counts[3] or 0)

    local function room()
      local room = wanted - changed - already
      local count = fill_to >= 0 and active_count(now)
      return count and math.min(room, fill_to - count) or room
    end

    -- Turns, in microseconds; `Pace` says the same in Swift. A run that begins goes on with the turns of one that has just ended;
    -- in its middle it catches up with what it missed, at double the pace.
    local clock = time[1] * 1000000 + time[2]
    local next_turn, last_turn, due, most = clock, nil, math.huge, math.huge
    if interval > 0 then
      local book = redis.call('HMGET', pace, 'next_us', 'interval_us', 'last_us')
      local promised = tonumber(book[1] or clock)
      -- A turn is only taken when it is due: a next one further away than its interval means that the clock was set back.
      if promised <= clock + tonumber(book[2] or 0) + 1 then next_turn, last_turn = promised, tonumber(book[3] or 0) end
      last_turn = last_turn or 0
      if done == 0 and next_turn < clock - \(Int(PaceBook.patience)) then next_turn = clock end
      due = math.floor((clock - next_turn) / interval) + 1
      if all_turns >= 0 then due = math.min(due, all_turns - turns) end
      most = math.floor(2 * math.min(clock - last_turn, math.max(interval, \(Int(PaceBook.burst)))) / interval)
      if done == 0 then most = math.max(most, 1) end
    end

    -- Turns for which nobody waits, or for which there is no room, are gone.
    local function take_turns(asked, found)
      local taken = found < asked and due or asked
      next_turn, last_turn, turns = next_turn + taken * interval, clock, turns + taken
      redis.call('HSET', pace, 'next_us', string.format('%.3f', next_turn), 'interval_us', string.format('%.3f', interval),
        'last_us', string.format('%.0f', clock), 'operation', operation)
      redis.call('PEXPIRE', pace, math.ceil((next_turn - clock) / 1000) + 60000)
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

    -- The small batches of a pace share an image, as many people as Redis still packs tightly, unless one of them is in it already.
    local function share(image, tokens, held)
      local entry = interval > 0 and not keeps_batches_apart and redis.call('LINDEX', images, -1)
      if not entry then return false end
      local number, earlier = unpack(cmsgpack.unpack(entry))
      local shared = images .. ':' .. number
      if redis.call('ZCARD', shared) + #tokens > 128 then return false end
      for _, token in ipairs(tokens) do if redis.call('ZSCORE', shared, token) then return false end end
      for _, token in ipairs(held) do earlier[#earlier + 1] = token end
      redis.call('ZUNIONSTORE', shared, 2, shared, image)
      redis.call('EXPIRE', shared, kept_for)
      redis.call('LSET', images, -1, cmsgpack.pack({number, earlier}))
      redis.call('UNLINK', image)
      return true
    end

    local turns_now = math.min(limit, due, most)
    if batch == done + 1 and turns_now > 0 then
      done = batch
      local size = math.min(turns_now, room())
      local tokens = size > 0 and redis.call('ZRANGE', waiting, 0, size - 1) or {}
      local fresh = tokens
      redis.call('HSET', operation, 'waiting_key', waiting, 'active_key', active)
      redis.call('PEXPIRE', lease, ARGV[2])
      redis.call('ZREMRANGEBYRANK', waiting, 1, 0)
      touch_counters()
      if interval > 0 then take_turns(turns_now, #tokens) end
      if #tokens > 0 then
        local image = images .. ':' .. batch
        keep(image, #tokens)
        redis.call('EXPIRE', image, kept_for)
        local held = active_among(image, tokens, now)
        if #held > 0 then fresh = without(tokens, held) end
        changed, already = changed + #fresh, already + #held
        if not share(image, tokens, held) then redis.call('RPUSH', images, cmsgpack.pack({batch, held})) end
        redis.call('EXPIRE', images, kept_for)
      end
      if #fresh > 0 then add_active(fresh, now) end
      redis.call('HSET', operation, 'batch', batch, 'changed', changed, 'already', already, 'turns', turns)
      if #tokens > 0 then redis.call('ZREMRANGEBYRANK', waiting, 0, #tokens - 1) end
      count(waiting_counter, -#tokens)
      count(active_counter, #fresh)
    end
    local left, more = redis.call('ZCARD', waiting), nil
    if all_turns >= 0 then
      more = turns < all_turns and changed + already < wanted
    else
      more = left > 0 and room() > 0
    end
    local wait = 0
    if interval > 0 then
      wait = math.max(0, math.ceil(math.max(next_turn - clock, last_turn + interval / 2 - clock)))
    end
    return {done, changed, already, left, more and 1 or 0, wait, turns}
    """
}
