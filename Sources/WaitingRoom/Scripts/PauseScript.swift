import Changes
import Redis

/// Begins, prolongs and ends a pause, each in one step with the state before it in the operation's record.
enum PauseScript {
  /// The prefix of the flag's value if usher has set it.
  static let flagMark = "usher "

  /// The flag is the service's; where it has none, the key of the pause itself.
  private static let keys = ["paused", "operation", "active", "flag"]

  private static let library = """
    if flag == paused then flag = nil end
    local time = redis.call('TIME')
    local now = time[1] * 1000 + math.floor(time[2] / 1000)
    local function number(value) return string.format('%.0f', value) end

    -- When a key ends, in ms since 1970; nil without a time, or without the key.
    local function ends(key)
      local left = redis.call('PTTL', key)
      return left >= 0 and now + left or nil
    end

    local function is_ours(mark) local held = redis.call('GET', flag) return not held or held:sub(1, #mark) == mark end

    """

  // Repeated after a lost answer, it finds its own pause and keeps the first state before it: HSETNX.
  /// Arguments: how long, in ms; the value of the pause; the lifetime of the active key in ms (0: leave it alone); the value of the flag;
  /// what the keys of records begin with.
  static let pause = ScriptDeclaration(
    "pause", keys: keys,
    arguments: [.number("length"), "value", .number("lifetime"), "flag_value", "record_prefix"],
    body: library + """
      -- When the active would have ended without any pause.
      local function original(before, active_ends)
        local id = before and before:match('^%S+')
        local earlier = id and redis.call('HMGET', record_prefix .. id, 'active_given_ms', 'active_original_ms') or {}
        local is_given = active_ends and math.abs(active_ends - tonumber(earlier[1] or 0)) < 10
        return is_given and tonumber(earlier[2] or 0) or active_ends or 0
      end

      local before, before_ends = redis.call('GET', paused), ends(paused)
      local own = flag and is_ours('\(flagMark)')
      local ending = math.max(now + length, before_ends or 0)
      local active_ends, changed = ends(active), 0
      redis.call('HSETNX', operation, 'pause_before', before or '')
      redis.call('HSETNX', operation, 'pause_before_until_ms', number(before_ends or 0))
      redis.call('HSETNX', operation, 'active_before_ms', number(active_ends or 0))
      redis.call('HSETNX', operation, 'active_original_ms', number(original(before, active_ends)))
      if not before_ends or now + length > before_ends then
        redis.call('SET', paused, value, 'PX', number(length))
        changed = 1
      end
      local needed = ending + lifetime
      -- A hundredth of a second is what two looks at the clock may differ by.
      if lifetime > 0 and active_ends and active_ends < needed - 10 then
        redis.call('PEXPIREAT', active, number(needed))
        redis.call('HSET', operation, 'active_given_ms', number(needed))
        active_ends, changed = needed, 1
      end
      if own then redis.call('SET', flag, flag_value, 'PX', number(ending - now)) end
      redis.call('HSET', operation, 'changed', 1, 'pause_until_ms', number(ending))
      return {changed, ending, lifetime > 0 and active_ends or 0, own and 1 or 0}
      """)

  // The record of the pause has the time to live that it set. Two readings of the clock may differ by a hundredth of a second.
  /// Arguments: the lifetime of the active key in ms (0: leave it alone); what the keys of records begin with; the pause to take back, or
  /// an empty text; what the value of a flag of usher begins with.
  static let resume = ScriptDeclaration(
    "resume", keys: keys, arguments: [.number("lifetime"), "record_prefix", "undone", "flag_mark"],
    body: library + """
      local value, until_now = redis.call('GET', paused), ends(paused)
      local id = value and value:match('^%S+')
      if not value or (undone ~= '' and id ~= undone) then return {0, until_now or 0, 0, 0} end
      local record = redis.call('HMGET', record_prefix .. id, 'active_given_ms', 'active_before_ms', 'pause_before',
        'pause_before_until_ms', 'active_original_ms')
      local given, earlier = tonumber(record[1] or 0), tonumber(record[4] or 0)
      local active_ends, goes_on = ends(active), undone ~= '' and earlier > now
      local active_before = tonumber(record[goes_on and 2 or 5] or 0)
      local own = flag and redis.call('EXISTS', flag) == 1 and is_ours(flag_mark)
      redis.call('HSET', operation, 'pause_before', value, 'pause_before_until_ms', number(until_now or 0),
        'active_before_ms', number(active_ends or 0))
      if lifetime > 0 and active_ends and math.abs(active_ends - given) < 10 then
        active_ends = math.min(active_ends, math.max(active_before, (goes_on and earlier or now) + lifetime))
        redis.call('PEXPIREAT', active, number(active_ends))
      else
        active_ends = nil
      end
      if goes_on then
        redis.call('SET', paused, record[3], 'PX', number(earlier - now))
        if own then redis.call('PEXPIREAT', flag, number(earlier)) end
      else
        redis.call('DEL', paused)
        if own then redis.call('DEL', flag) end
      end
      redis.call('HSET', operation, 'changed', 1)
      return {1, goes_on and earlier or now, active_ends or 0, own and 1 or 0}
      """)
}
