/// Lua by which scripts find those whom a drain has set aside.
///
/// A script names the hash of the drains that wait to be restored `asides` before it, and what the keys of those set aside begin with
/// `aside_prefix`.
enum AsideLibrary {
  static let source = """
    -- ZMSCORE came with Redis 6.2.
    local function scores_of(key, tokens)
      if #tokens == 0 then return {} end
      local scores = redis.pcall('ZMSCORE', key, unpack(tokens))
      if not scores.err then return scores end
      scores = {}
      for i = 1, #tokens do scores[i] = redis.call('ZSCORE', key, tokens[i]) end
      return scores
    end

    local function aside_key(id) return aside_prefix .. id end

    -- Those of the tokens whom a drain has set aside, as a set.
    local function among_aside(tokens)
      local found = {}
      if #tokens == 0 then return found end
      for _, id in ipairs(redis.call('HKEYS', asides)) do
        local scores = scores_of(aside_key(id), tokens)
        for i = 1, #tokens do if scores[i] then found[tokens[i]] = true end end
      end
      return found
    end
    """
}
