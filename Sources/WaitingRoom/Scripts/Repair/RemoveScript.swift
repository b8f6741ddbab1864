import Redis

/// Takes a batch of people out of the waiting room, out of the active, or out of both.
enum RemoveScript {
  /// From where people are taken.
  enum Place: String {
    /// Out of the line. Who is active stays so.
    case line
    /// Out of both, wherever they are.
    case everywhere
    /// Out of the active, those alone whose time is over.
    case overdue
  }

  /// ARGV from `at`: the place, the number of the last batch, and then for each person the name in line (empty where it is not known),
  /// the token, how many entries of the active may be theirs, and these.
  ///
  /// The before-image of batch N is a sorted set `KEYS[3]:N` of those who waited, `KEYS[3]:N:active` as the form keeps it, and side
  /// keys under `KEYS[3]:key:NAME`. An entry of the list `KEYS[3]` is the number, how many people, who stayed active (names in line),
  /// the side keys, and whose the entries of the active are: {entry, name in line, token}.
  static func script(for layout: QueueLayout) -> RedisScript { RepairScript.make("remove", layout, body: body) }

  // As in an admission: first what a full server refuses, and what a missing privilege to cut the line (a cut of nobody) or to count
  // does; then the before-image and the counts, and the cuts after them, that of the active first.
  private static let body = """
    local place, last = ARGV[at], tonumber(ARGV[at + 1])
    local counts = redis.call('HMGET', operation, 'changed', 'absent')
    local changed, absent = tonumber(counts[1] or 0), tonumber(counts[2] or 0)

    -- Of people with one entry between them the first has it.
    local people, lines, entries, owner_of = {}, {}, {}, {}
    local function read_people()
      local i = at + 2
      while i <= #ARGV do
        local person, stop = {ARGV[i], ARGV[i + 1], {}}, i + 2 + tonumber(ARGV[i + 2])
        for k = i + 3, stop do
          person[3][#person[3] + 1] = ARGV[k]
          if not owner_of[ARGV[k]] then
            entries[#entries + 1] = ARGV[k]
            owner_of[ARGV[k]] = person
          end
        end
        if person[1] ~= '' then lines[#lines + 1] = person[1] end
        people[#people + 1] = person
        i = stop + 1
      end
    end

    local function has_one(person, set)
      for _, entry in ipairs(person[3]) do if set[entry] then return true end end
      return false
    end

    if batch == done + 1 and batch <= last then
      done = batch
      read_people()
      local scores, waits, leaving, kept = scores_of(waiting, lines), {}, {}, {}
      for i, line in ipairs(lines) do
        if scores[i] then
          waits[line] = true
          if place ~= 'overdue' then
            leaving[#leaving + 1] = line
            kept[#kept + 1] = scores[i]
            kept[#kept + 1] = line
          end
        end
      end
      local is_live, present, owners = set_of(live_entries(entries, now)), {}, {}
      for _, entry in ipairs(place == 'line' and {} or found_entries(entries)) do
        if place == 'everywhere' or not is_live[entry] then
          local owner = owner_of[entry]
          present[#present + 1] = entry
          owners[#owners + 1] = {entry, owner[1], owner[2]}
        end
      end
      local is_present, image, is_held = set_of(present), images .. ':' .. batch, {}
      redis.call('HSET', operation, 'waiting_key', waiting, 'active_key', active)
      redis.call('PEXPIRE', lease, ARGV[2])
      redis.call('ZREM', waiting, images)
      touch_counters()
      if #leaving > 0 then
        redis.call('ZADD', image, unpack(kept))
        redis.call('EXPIRE', image, kept_for)
        if place == 'line' then is_held = set_of(active_among(image, leaving, now)) end
      end
      local gone, held, found, inactive = {}, {}, 0, 0
      for _, person in ipairs(people) do
        local is_leaving, is_taken = place ~= 'overdue' and waits[person[1]], has_one(person, is_present)
        local stays = place == 'line' and (is_held[person[1]] or has_one(person, is_live))
        if is_leaving or is_taken then
          found = found + 1
          if stays then held[#held + 1] = person[1] end
          -- Who stays active, or in line, stays one of the service's people, with all that it keeps of them.
          if not stays and (is_leaving or not waits[person[1]]) then gone[#gone + 1] = person end
        end
      end
      local is_counted = {}
      for _, entry in ipairs(present) do
        local owner = owner_of[entry]
        if not is_counted[owner] then inactive, is_counted[owner] = inactive + 1, true end
      end
      local side = found_side(gone)
      changed, absent = changed + found, absent + #people - found
      if found > 0 then
        redis.call('RPUSH', images, cmsgpack.pack({batch, found, held, side, owners}))
        redis.call('EXPIRE', images, kept_for)
      end
      redis.call('HSET', operation, 'batch', batch, 'changed', changed, 'absent', absent)
      if #present > 0 then take_entries(image .. ':active', present, now) end
      if #leaving > 0 then redis.call('ZREM', waiting, unpack(leaving)) end
      take_side(side)
      count(waiting_counter, -#leaving)
      count(active_counter, -inactive)
    end
    return {done, changed, absent, redis.call('ZCARD', waiting), done < last and 1 or 0}
    """
}

/// Puts one batch of those back whom `RemoveScript` took out.
enum UndoRemoveScript {
  /// ARGV from `at`: those of the batch, by name in line or by entry, of whom a walk has found that they are back under another name.
  ///
  /// Somebody who waits, is active or is set aside now has come back by themselves, and keeps the place of now.
  static func script(for layout: QueueLayout) -> RedisScript {
    TakeBackScript.make("undo remove", layout, steps: steps)
  }

  private static let steps = """
    -- The names in line of the members, and of the owners of entries, each once.
    local function lines_of(members, owners)
      local lines, is_known = {}, {['']=true}
      local function add(line)
        if not is_known[line] then lines[#lines + 1], is_known[line] = line, true end
      end
      for _, member in ipairs(members) do add(member) end
      for _, owner in ipairs(owners) do add(owner[2]) end
      return lines
    end

    -- Who is here now without our doing, by id.
    local function found_again(image, members, entries, entry)
      local is_held, owners, is_here = set_of(entry[3]), entry[5], {}
      local is_found, is_there = {}, set_of(found_entries(entries))
      for i = at, #ARGV do is_found[ARGV[i]] = true end
      local lines = lines_of(members, owners)
      local scores, is_aside = scores_of(waiting, lines), among_aside(lines)
      local is_active = #members > 0 and set_of(active_among(image, members, now)) or {}
      for i, line in ipairs(lines) do
        is_here[line] = is_found[line] or scores[i] or is_aside[line] or (is_active[line] and not is_held[line]) or nil
      end
      for _, owner in ipairs(owners) do
        if is_there[owner[1]] or is_found[owner[1]] then is_here[id_of({owner[2], owner[3]})] = true end
      end
      return is_here
    end

    local function judge(image, entry)
      local members, score_of = apart(redis.call('ZRANGE', image, 0, -1, 'WITHSCORES'))
      local entries = redis.call('ZRANGE', image .. ':active', 0, -1)
      if #members + #entries == 0 then return nil end
      local is_here = found_again(image, members, entries, entry)
      local plan = {members = {}, words = {}, entries = entries, allowed = {}, id = {}, side = entry[4]}
      for _, member in ipairs(members) do
        if not is_here[member] then
          plan.members[#plan.members + 1] = member
          plan.words[#plan.words + 1] = score_of[member]
          plan.words[#plan.words + 1] = member
        end
      end
      for _, owner in ipairs(entry[5]) do
        local id = id_of({owner[2], owner[3]})
        plan.id[owner[1]] = id
        plan.allowed[owner[1]] = not is_here[id] or nil
      end
      return plan
    end

    local function carry_out(image, plan)
      -- Adds nobody: who may not write to the line is not to give half of the people back either.
      redis.call('ZADD', waiting, 'XX', 0, images)
      local again = #plan.entries > 0 and give_entries(image .. ':active', plan.allowed, now) or {}
      local added = #plan.words > 0 and redis.call('ZADD', waiting, 'NX', unpack(plan.words)) or 0
      local people, back, is_active, active_again = #plan.members, set_of(plan.members), {}, 0
      for _, entry in ipairs(again) do
        local id = plan.id[entry]
        if not back[id] then people = people + 1 end
        if not is_active[id] then active_again = active_again + 1 end
        back[id], is_active[id] = true, true
      end
      plan.back = back
      return people, added, active_again
    end

    local function tidy(image, plan)
      give_side(plan.side, plan.back)
      redis.call('UNLINK', image .. ':active')
    end
    """
}

/// Tells whom a batch of a removal is about; writes nothing.
enum RemovedPeopleScript {
  /// KEYS before-images; ARGV the place of the batch in their list.
  ///
  /// The reply is three lists: those who waited, those of them who stayed active, and for each entry of the active the entry, the name
  /// in line (empty where it is not known) and the token.
  static let script = RedisScript(
    name: "removed people",
    source: """
      local images = KEYS[1]
      local packed = redis.call('LINDEX', images, ARGV[1])
      if not packed then return {{}, {}, {}} end
      local number, _, held, _, owners = unpack(cmsgpack.unpack(packed))
      local flat = {}
      for _, owner in ipairs(owners) do for i = 1, 3 do flat[#flat + 1] = owner[i] end end
      return {redis.call('ZRANGE', images .. ':' .. number, 0, -1), held, flat}
      """)
}
