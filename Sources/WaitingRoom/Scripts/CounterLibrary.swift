/// Lua by which scripts keep a service's own counters in step with the people that they move.
///
/// Where the service has no counter, the waiting key stands in its place among the keys, because the user of the connection may write to
/// that in any case.
enum CounterLibrary {
  // A counter that the service has not made yet is not made negative, and one of the waiting only where it is the whole count.
  static let source = """
    if waiting_counter == waiting then waiting_counter = '' end
    if active_counter == waiting then active_counter = '' end

    -- A counter that is not a number is found before anything is written.
    for _, key in ipairs({waiting_counter, active_counter}) do
      local value = key ~= '' and redis.pcall('GET', key)
      if value and (value.err or not value:match('^%-?%d+$') or #value > 15) then
        return redis.error_reply('USHERCOUNTER ' .. key)
      end
    end

    -- What a missing privilege to count refuses, before anybody moves.
    local function touch_counters()
      for _, key in ipairs({waiting_counter, active_counter}) do
        if key ~= '' and redis.call('EXISTS', key) == 1 then redis.call('INCRBY', key, 0) end
      end
    end

    local function count(key, by)
      if key == '' or by == 0 then return end
      if redis.call('EXISTS', key) == 0 then
        if by < 0 or (key == waiting_counter and redis.call('ZCARD', waiting) ~= by) then return end
      end
      redis.call('INCRBY', key, by)
    end
    """
}
