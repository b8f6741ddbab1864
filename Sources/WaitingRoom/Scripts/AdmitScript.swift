import Changes
import Redis

/// Admits one batch: from the front of the waiting room into the active form, with the before-image, in one step.
enum AdmitScript {
  /// Arguments: how many the operation may move in all, how many may be active (-1 for any number), how many a batch, the pace's interval
  /// in microseconds (0 for none), and how many turns the run has from its first one on (-1 for as many as it needs).
  ///
  /// The before-image of a batch is copied by the server from the waiting room: scores written out for Lua would cost a third of the
  /// whole script. Its entry says which members were `held` by the active already. Those leave the waiting room like the others and count
  /// as `already`.
  ///
  /// With a pace, a batch is as large as turns are due by the server's clock, and without one that is due nothing happens. Several runs
  /// share the turns. A run with an end has a window of turns, `until_us` in its record, and is over when the last of them is taken,
  /// by any run. The further counts are how many still wait and how many turns this operation has taken, used or not.
  static func script(for layout: QueueLayout) -> BatchScript {
    QueueScript.make(
      "admit", layout,
      arguments: [
        .number("wanted"), .number("fill_to"), .number("limit"), .number("interval"), .number("all_turns"),
      ], second: "already", body: body)
  }

  // An error in the middle takes nothing back, so the order is: what a full server refuses, what a missing privilege to cut
  // the waiting room or to count refuses (an empty cut, an empty count), the turns, the before-image, the active form, the counts,
  // the cut itself, and the service's counters at last. Wherever it breaks off, nobody is lost and no turn is taken twice.
  private static let body = """
    if redis.call('EXISTS', paused) == 1 then return redis.error_reply('USHERPAUSED the queue is paused') end
    local own = redis.call('HMGET', operation, 'turns', 'until_us')
    local turns, until_us = tonumber(own[1] or 0), tonumber(own[2] or nil)

    local function room()
      local room = wanted - changed - already
      local count = fill_to >= 0 and active_count(now)
      return count and math.min(room, fill_to - count) or room
    end

    -- Turns, in microseconds; `Pace` says the same in Swift. A run that begins goes on with the turns of one that has just ended;
    -- in its middle it catches up with what it missed, at double the pace.
    local next_turn, last_turn, turns_due, most = clock, nil, math.huge, math.huge
    if interval > 0 then
      local book = redis.call('HMGET', pace, 'next_us', 'interval_us', 'last_us')
      local promised = tonumber(book[1] or clock)
      -- A turn is only taken when it is due: a next one further away than its interval means that the clock was set back.
      if promised <= clock + tonumber(book[2] or 0) + 1 then next_turn, last_turn = promised, tonumber(book[3] or 0) end
      last_turn = last_turn or 0
      if done == 0 and next_turn < clock - \(Int(PaceBook.patience)) then next_turn = clock end
      if all_turns >= 0 and not until_us then
        until_us = next_turn + all_turns * interval
        redis.call('HSET', operation, 'until_us', string.format('%.3f', until_us))
      end
      turns_due = math.floor((clock - next_turn) / interval) + 1
      if until_us then turns_due = math.min(turns_due, math.floor((until_us - next_turn) / interval + 0.5)) end
      most = math.floor(2 * math.min(clock - last_turn, math.max(interval, \(Int(PaceBook.burst)))) / interval)
      if done == 0 then most = math.max(most, 1) end
    end
    local turns_now = math.min(limit, turns_due, most)
    due = due and turns_now > 0

    -- Turns for which nobody waits, or for which there is no room, are gone.
    local function take_turns(asked, found)
      local taken = found < asked and turns_due or asked
      next_turn, last_turn, turns = next_turn + taken * interval, clock, turns + taken
      redis.call('HSET', pace, 'next_us', string.format('%.3f', next_turn), 'interval_us', string.format('%.3f', interval),
        'last_us', string.format('%.0f', clock), 'operation', operation)
      redis.call('PEXPIRE', pace, math.ceil((next_turn - clock) / 1000) + 60000)
    end

    -- ZRANGESTORE came with Redis 6.2; before it the scores go through here.
    local function copy_front(image, size)
      if type(redis.pcall('ZRANGESTORE', image, waiting, 0, size - 1)) == 'number' then return end
      local words = redis.call('ZRANGE', waiting, 0, size - 1, 'WITHSCORES')
      for i = 1, #words, 2 do words[i], words[i + 1] = words[i + 1], words[i] end
      redis.call('ZADD', image, unpack(words))
    end

    local function without(members, held)
      local is_held, rest = set_of(held), {}
      for _, member in ipairs(members) do if not is_held[member] then rest[#rest + 1] = member end end
      return rest
    end

    -- The small batches of a pace share an image, as many people as Redis still packs tightly, unless one of them is in it already.
    local function share(image, members, held)
      local entry = interval > 0 and not keeps_batches_apart and last_entry()
      if not entry then return false end
      local shared = image_of(entry.batch)
      if redis.call('ZCARD', shared) + #members > 128 then return false end
      for _, member in ipairs(members) do if redis.call('ZSCORE', shared, member) then return false end end
      for _, member in ipairs(held) do entry.held[#entry.held + 1] = member end
      entry.people = entry.people + #members
      redis.call('ZUNIONSTORE', shared, 2, shared, image)
      redis.call('EXPIRE', shared, kept_for)
      redis.call('LSET', images, -1, cmsgpack.pack(entry))
      redis.call('UNLINK', image)
      return true
    end

    local function step()
      local size = math.min(turns_now, room())
      local members = size > 0 and redis.call('ZRANGE', waiting, 0, size - 1) or {}
      local fresh = members
      open_batch()
      redis.call('ZREMRANGEBYRANK', waiting, 1, 0)
      touch_counters()
      if interval > 0 then
        take_turns(turns_now, #members)
        redis.call('HSET', operation, 'turns', turns)
      end
      if #members > 0 then
        local image = image_of(batch)
        copy_front(image, #members)
        redis.call('EXPIRE', image, kept_for)
        local held = active_among(image, members, now)
        if #held > 0 then fresh = without(members, held) end
        changed, already = changed + #fresh, already + #held
        if not share(image, members, held) then keep_entry({batch = batch, people = #members, held = held}) end
      end
      if #fresh > 0 then add_active(fresh, now) end
      close_batch()
      if #members > 0 then redis.call('ZREMRANGEBYRANK', waiting, 0, #members - 1) end
      count(waiting_counter, -#members)
      count(active_counter, #fresh)
    end

    local function has_more()
      local left = redis.call('ZCARD', waiting)
      extra = {left, turns}
      if interval > 0 then
        pause_us = math.max(0, math.ceil(math.max(next_turn - clock, last_turn + interval / 2 - clock)))
      end
      if until_us then return next_turn < until_us - interval / 2 and changed + already < wanted end
      return left > 0 and room() > 0
    end
    """
}
