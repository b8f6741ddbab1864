import Redis

/// An active form out of which usher can take single people, and into which it can put them back as they were.
public protocol RepairableForm: ActiveForm {
  /// Lua beside `library`; `key_of` and the like of that stand before it, and so does all of `RepairScript`.
  ///
  /// `found_active(tokens, now)` → those that the form holds, whether or not their time is over;
  /// `take_active(image, tokens, now)` takes tokens out that were found, and keeps under `image` (a sorted set of them) what
  /// `give_active(image, allowed, now)` needs to put those back that are keys of `allowed` → a list of those who are back.
  var repairLibrary: String { get }
  /// Whether the form keeps people whose time is over, so that `expired_active(now, limit)` of the library finds them.
  var keepsExpired: Bool { get }
}

extension WholeKeySet: RepairableForm {
  public var keepsExpired: Bool { false }

  // The image's score is when the whole key would have ended: where the set has gone meanwhile, it is made with that end again.
  public var repairLibrary: String {
    """
    local function found_active(tokens, now)
      local found = {}
      for _, token in ipairs(tokens) do
        if redis.call('SISMEMBER', active, token) == 1 then found[#found + 1] = token end
      end
      return found
    end

    local function take_active(image, tokens, now)
      local left = redis.call('PTTL', active)
      local ends, words = left >= 0 and string.format('%.0f', now + left) or '+inf', {}
      for i = 1, #tokens do words[2 * i - 1], words[2 * i] = ends, tokens[i] end
      redis.call('ZADD', image, unpack(words))
      redis.call('EXPIRE', image, kept_for)
      redis.call('SREM', active, unpack(tokens))
    end

    local function give_active(image, allowed, now)
      local held, score_of = apart(redis.call('ZRANGE', image, 0, -1, 'WITHSCORES'))
      local is_there, back, ends = redis.call('EXISTS', active) == 1, {}, math.huge
      for _, token in ipairs(held) do
        ends = math.min(ends, tonumber(score_of[token]))
        if allowed[token] then back[#back + 1] = token end
      end
      if #back == 0 or (not is_there and ends <= now) then return {} end
      redis.call('SADD', active, unpack(back))
      if not is_there and ends < math.huge then redis.call('PEXPIREAT', active, string.format('%.0f', ends)) end
      return back
    end
    """
  }
}

extension ExpirySet: RepairableForm {
  public var keepsExpired: Bool { true }
  public var repairLibrary: String { timedRepairLibrary }
}

extension AdmissionTimeSet: RepairableForm {
  public var keepsExpired: Bool { true }
  public var repairLibrary: String { timedRepairLibrary }
}

extension KeyPerToken: RepairableForm {
  public var keepsExpired: Bool { false }

  // The keys themselves go to the trash, where their time runs on; the image's score is 1 where they had no end.
  public var repairLibrary: String {
    """
    local function found_active(tokens, now)
      local found = {}
      for _, token in ipairs(tokens) do
        if redis.call('EXISTS', key_of(token)) == 1 then found[#found + 1] = token end
      end
      return found
    end

    local function take_active(image, tokens, now)
      for _, token in ipairs(tokens) do
        local is_endless = redis.call('PTTL', key_of(token)) == -1
        redis.call('ZADD', image, is_endless and 1 or 0, token)
      end
      redis.call('EXPIRE', image, kept_for)
      for _, token in ipairs(tokens) do take_key(key_of(token)) end
    end

    local function give_active(image, allowed, now)
      local held, score_of = apart(redis.call('ZRANGE', image, 0, -1, 'WITHSCORES'))
      local back = {}
      for _, token in ipairs(held) do
        if not allowed[token] then
          redis.call('UNLINK', trash_of(key_of(token)))
        elseif give_key(key_of(token), score_of[token] == '1') then
          back[#back + 1] = token
        end
      end
      return back
    end
    """
  }
}

// The image has the scores of the form itself. Who was expired comes back expired.
private let timedRepairLibrary = """
  local function found_active(tokens, now)
    local scores, found = scores_of(active, tokens), {}
    for i = 1, #tokens do if scores[i] then found[#found + 1] = tokens[i] end end
    return found
  end

  local function take_active(image, tokens, now)
    local scores, words = scores_of(active, tokens), {}
    for i = 1, #tokens do words[2 * i - 1], words[2 * i] = scores[i], tokens[i] end
    redis.call('ZADD', image, unpack(words))
    redis.call('EXPIRE', image, kept_for)
    redis.call('ZREM', active, unpack(tokens))
  end

  local function give_active(image, allowed, now)
    local held, score_of = apart(redis.call('ZRANGE', image, 0, -1, 'WITHSCORES'))
    local back, words = {}, {}
    for _, token in ipairs(held) do
      if allowed[token] then
        back[#back + 1] = token
        words[#words + 1] = score_of[token]
        words[#words + 1] = token
      end
    end
    if #back > 0 then redis.call('ZADD', active, 'NX', unpack(words)) end
    return back
  end

  -- Whose score is no later than the oldest that is active.
  local function expired_active(now, limit)
    local oldest = oldest_active(now)
    if oldest == -math.huge then return {} end
    local bound = string.format(unit == 1 and '%.0f' or '%.3f', oldest / unit)
    return redis.call('ZRANGEBYSCORE', active, '-inf', bound, 'LIMIT', 0, limit)
  end
  """
