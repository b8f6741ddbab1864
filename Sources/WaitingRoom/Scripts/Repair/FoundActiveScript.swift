import Redis

/// Which tokens the active form holds; writes nothing.
enum FoundActiveScript {
  /// KEYS active; ARGV the tokens.
  static func script(for layout: QueueLayout) -> RedisScript {
    RedisScript(name: "find active", source: source(layout.active))
  }

  // TYPE tells the three ways to ask apart: each is a constant-time look at one token.
  private static func source(_ form: any ActiveForm) -> String {
    """
    local active, lifetime, found = KEYS[1], 0, {}
    \(MemberForm.library(form.naming))
    \(form.library)
    for _, token in ipairs(ARGV) do
      local is_there
      \(look(form))
      if is_there then found[#found + 1] = token end
    end
    return found
    """
  }

  private static func look(_ form: any ActiveForm) -> String {
    switch form.keyType {
    case "set": "is_there = redis.call('SISMEMBER', active, token) == 1"
    case "zset": "is_there = redis.call('ZSCORE', active, token)"
    default: "is_there = redis.call('EXISTS', key_of(token)) == 1"
    }
  }
}
