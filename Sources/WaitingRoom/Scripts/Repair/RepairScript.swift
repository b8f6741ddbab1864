import Redis

/// What every repairing script begins with, after `BatchPrelude`: the side keys, the people set aside, and the active form's ways
/// to take an entry out and to put it back.
///
/// KEYS from 6: the hash of all drains that wait to be restored; the record of what is taken back, where something is; the counters of
/// the waiting and of the active (see `CounterLibrary`).
/// ARGV from 6: what the keys of those set aside begin with, how many patterns of side keys, these, and then, from the local `at`, what
/// the script itself adds.
enum RepairScript {
  static func make(_ name: String, _ layout: QueueLayout, body: String) -> RedisScript {
    RedisScript(
      name: name,
      source: BatchPrelude.source(
        form: layout.active, body: "\(library)\n\(layout.active.entryLibrary)\n\(body)"))
  }

  // A counter that is no number is found before anything is written.
  private static let library = """
    local asides, original, waiting_counter, active_counter = KEYS[6], KEYS[7], KEYS[8], KEYS[9]
    local aside_prefix = ARGV[6]
    local at = 8 + tonumber(ARGV[7])

    \(CounterLibrary.source)
    local broken = broken_counter()
    if broken then return broken end

    local function set_of(tokens)
      local set = {}
      for _, token in ipairs(tokens) do set[token] = true end
      return set
    end

    -- Takes a flat list of members and scores apart, in its order.
    local function apart(flat)
      local tokens, score_of = {}, {}
      for i = 1, #flat, 2 do
        tokens[#tokens + 1] = flat[i]
        score_of[flat[i]] = flat[i + 1]
      end
      return tokens, score_of
    end

    \(AsideLibrary.source)

    local function trash_of(key) return images .. ':key:' .. key end

    -- Moves a key to the trash with its value and its time, and tells whether that time was endless.
    local function take_key(key)
      local trash = trash_of(key)
      redis.call('RENAME', key, trash)
      local is_endless = redis.call('PTTL', trash) == -1
      if is_endless then redis.call('EXPIRE', trash, kept_for) end
      return is_endless
    end

    -- Puts a key back; one that has ended, or was made anew, stays as it is.
    local function give_key(key, is_endless)
      local trash = trash_of(key)
      if redis.call('EXISTS', trash) == 0 then return false end
      if redis.call('RENAMENX', trash, key) == 0 then
        redis.call('UNLINK', trash)
        return false
      end
      if is_endless then redis.call('PERSIST', key) end
      return true
    end

    -- What tells somebody from others. A person is a list that begins with the name in line, empty where there is none, and the token.
    local function id_of(person) return person[1] ~= '' and person[1] or person[2] end

    -- The side keys that there are of these people: {key, is_endless, id}.
    local function found_side(people)
      local found, is_known = {}, {}
      for i = 8, at - 1 do
        local before, after = ARGV[i]:match('^(.-){token}(.*)$')
        for _, person in ipairs(people) do
          local key = before .. person[2] .. after
          local left = redis.call('PTTL', key)
          if left ~= -2 and not is_known[key] then
            found[#found + 1] = {key, left == -1, id_of(person)}
            is_known[key] = true
          end
        end
      end
      return found
    end

    local function take_side(side) for _, entry in ipairs(side) do take_key(entry[1]) end end

    local function give_side(side, back)
      for _, entry in ipairs(side) do
        if back[entry[3]] then give_key(entry[1], entry[2]) else redis.call('UNLINK', trash_of(entry[1])) end
      end
    end
    """
}
