/// Lua by which scripts keep a service's own counters in step with the people that they move.
///
/// A script names the two keys `waiting_counter` and `active_counter` before it; where the service has none, the waiting key stands
/// for it, because it is a name that the user of the connection may write to in any case.
enum CounterLibrary {
  // A counter that is missing counts nothing: it is made only by the first who are active, as INCR would make it.
  static let source = """
    local counters = {waiting_counter, active_counter}

    local function broken_counter()
      for _, key in ipairs(counters) do
        local value = key ~= waiting and redis.pcall('GET', key)
        if value and (value.err or not value:match('^%-?%d+$')) then
          return redis.error_reply('USHERCOUNTER ' .. key)
        end
      end
    end

    local function touch_counters()
      for _, key in ipairs(counters) do
        if key ~= waiting and redis.call('EXISTS', key) == 1 then redis.call('INCRBY', key, 0) end
      end
    end

    local function count(key, by)
      if key == waiting or by == 0 then return end
      if (key == active_counter and by > 0) or redis.call('EXISTS', key) == 1 then redis.call('INCRBY', key, by) end
    end
    """
}
