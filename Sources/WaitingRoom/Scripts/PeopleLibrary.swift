/// Lua by which all scripts of a queue look people up, in the line and among those set aside, and keep before-images.
enum PeopleLibrary {
  static let source = """
    local function set_of(members)
      local set = {}
      for _, member in ipairs(members) do set[member] = true end
      return set
    end

    -- Takes a flat list of members and scores apart, in its order.
    local function apart(flat)
      local members, score_of = {}, {}
      for i = 1, #flat, 2 do
        members[#members + 1] = flat[i]
        score_of[flat[i]] = flat[i + 1]
      end
      return members, score_of
    end

    -- ZMSCORE came with Redis 6.2.
    local function scores_of(key, members)
      if #members == 0 then return {} end
      local scores = redis.pcall('ZMSCORE', key, unpack(members))
      if not scores.err then return scores end
      scores = {}
      for i = 1, #members do scores[i] = redis.call('ZSCORE', key, members[i]) end
      return scores
    end

    local function parked_key(id) return parked_prefix .. id end

    -- Those of the members who are set aside, as a set.
    local function among_parked(members)
      local found = {}
      if #members == 0 then return found end
      for _, id in ipairs(redis.call('HKEYS', parked)) do
        local scores = scores_of(parked_key(id), members)
        for i = 1, #members do if scores[i] then found[members[i]] = true end end
      end
      return found
    end

    local function image_of(number) return images .. ':' .. number end

    -- Adds an entry to the list of before-images.
    local function keep_entry(entry)
      redis.call('RPUSH', images, cmsgpack.pack(entry))
      redis.call('EXPIRE', images, kept_for)
    end

    -- The last entry of the list, which is the first to be taken back; nil where there is none.
    local function last_entry()
      local packed = redis.call('LINDEX', images, -1)
      return packed and cmsgpack.unpack(packed) or nil
    end
    """
}
