import Changes
import Redis

/// What every repairing script has beside `QueueScript`: the side keys of people, and the active form's ways to take an entry out and to
/// put it back.
enum RepairScript {
  static func make(
    _ name: String, _ layout: QueueLayout, arguments: [ScriptDeclaration.Argument] = [], rest: String? = nil,
    second: String, body: String
  ) -> BatchScript {
    let patterns = layout.sideKeys.perToken.compactMap { pattern in
      pattern.firstRange(of: "{token}").map { (pattern[..<$0.lowerBound], pattern[$0.upperBound...]) }
    }
    let texts = patterns.map { "{\(MemberForm.luaText($0.0)), \(MemberForm.luaText($0.1))}" }
    return QueueScript.make(
      name, layout, arguments: arguments, rest: rest, second: second,
      body: [
        "local side_patterns = {\(texts.joined(separator: ", "))}", library, layout.active.entryLibrary, body,
      ].joined(separator: "\n"))
  }

  private static let library = """
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

    -- What tells somebody from others: the name in line where there is one, else the token.
    local function id_of(person) return person.line ~= '' and person.line or person.token end

    -- The side keys that there are of these people, each with whose it is.
    local function found_side(people)
      local found, is_known = {}, {}
      for _, pattern in ipairs(side_patterns) do
        for _, person in ipairs(people) do
          local key = pattern[1] .. person.token .. pattern[2]
          local left = redis.call('PTTL', key)
          if left ~= -2 and not is_known[key] then
            found[#found + 1] = {key = key, is_endless = left == -1, owner = id_of(person)}
            is_known[key] = true
          end
        end
      end
      return found
    end

    local function take_side(side) for _, entry in ipairs(side) do take_key(entry.key) end end

    local function give_side(side, back)
      for _, entry in ipairs(side) do
        if back[entry.owner] then
          give_key(entry.key, entry.is_endless)
        else
          redis.call('UNLINK', trash_of(entry.key))
        end
      end
    end
    """
}
