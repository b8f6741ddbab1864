import Changes
import Redis

/// Takes a batch of people out of the waiting room, out of the active, or out of both.
enum RemoveScript {
  /// From where people are taken.
  enum Place: String {
    /// Out of the line. Who is active stays so.
    case line
    /// Removes people from both stores.
    case everywhere
    /// Removes only expired people from the active store.
    case overdue
  }

  /// Arguments: the place, and whether people are `plain`: all that matters of them is their name in line. Then follow the names, or for
  /// each person the name in line (empty where it is not known), the token, how many entries of the active may be theirs, and these.
  ///
  /// The entry of a batch holds the `members` of the line who left it and their `scores`, and says who of them stayed active (`held`), the
  /// `side` keys, and the `owners` of the entries of the active. `images:BATCH:active` keeps these entries as the form likes, and
  /// `images:key:NAME` side keys.
  static func script(for layout: QueueLayout) -> BatchScript {
    RepairScript.make(
      "remove", layout, arguments: ["place", "plain"], rest: "people", second: "absent", body: "\(body)\n\(steps)")
  }

  private static let body = """
    -- Those of the lines who wait, and their scores as Redis writes them: a text says a double exactly.
    local function waiting_among(lines)
      local scores, members, kept = scores_of(waiting, lines), {}, {}
      for i, line in ipairs(lines) do
        if scores[i] then members[#members + 1], kept[#kept + 1] = line, scores[i] end
      end
      return members, kept
    end

    -- For people of whom no more than the name in line matters.
    local function step_plain()
      local lines = {unpack(ARGV, people_at)}
      local leaving, scores = waiting_among(lines)
      local held = #leaving > 0 and active_among(nil, leaving, now) or {}
      open_batch()
      redis.call('ZREM', waiting, images)
      touch_counters()
      changed, absent = changed + #leaving, absent + #lines - #leaving
      if #leaving > 0 then
        keep_entry({
          batch = batch, people = #leaving, members = leaving, scores = scores, held = held, side = {}, owners = {},
        })
      end
      close_batch()
      if #leaving > 0 then redis.call('ZREM', waiting, unpack(leaving)) end
      count(waiting_counter, -#leaving)
    end

    -- Of people with one entry between them the first has it.
    local people, lines, entries, owner_of = {}, {}, {}, {}
    local function read_people()
      local i = people_at
      while i <= #ARGV do
        local person, stop = {line = ARGV[i], token = ARGV[i + 1], entries = {}}, i + 2 + tonumber(ARGV[i + 2])
        for k = i + 3, stop do
          person.entries[#person.entries + 1] = ARGV[k]
          if not owner_of[ARGV[k]] then
            entries[#entries + 1] = ARGV[k]
            owner_of[ARGV[k]] = person
          end
        end
        if person.line ~= '' then lines[#lines + 1] = person.line end
        people[#people + 1] = person
        i = stop + 1
      end
    end

    local function has_one(person, set)
      for _, entry in ipairs(person.entries) do if set[entry] then return true end end
      return false
    end

    -- The entries of the active that go, with their owners.
    local function judge_active(is_live)
      local present, owners = {}, {}
      for _, entry in ipairs(place == 'line' and {} or found_entries(entries)) do
        if place == 'everywhere' or not is_live[entry] then
          local owner = owner_of[entry]
          present[#present + 1] = entry
          owners[#owners + 1] = {entry = entry, line = owner.line, token = owner.token}
        end
      end
      return present, owners
    end

    local function number_of_owners(present)
      local number, is_counted = 0, {}
      for _, entry in ipairs(present) do
        local owner = owner_of[entry]
        if not is_counted[owner] then number, is_counted[owner] = number + 1, true end
      end
      return number
    end
    """

  // As in an admission: first what a full server refuses, and what a missing privilege to cut the line (a cut of nobody) or to count
  // does; then the before-image and the counts, and the cuts after them, that of the active first.
  private static let steps = """
    local function step_whole()
      read_people()
      local leaving, scores = waiting_among(lines)
      local waits = set_of(leaving)
      if place == 'overdue' then leaving, scores = {}, {} end
      local is_live = set_of(live_entries(entries, now))
      local present, owners = judge_active(is_live)
      local is_present, is_held = set_of(present), {}
      if place == 'line' and #leaving > 0 then is_held = set_of(active_among(nil, leaving, now)) end
      open_batch()
      redis.call('ZREM', waiting, images)
      touch_counters()
      local gone, held, found = {}, {}, 0
      for _, person in ipairs(people) do
        local is_leaving, is_taken = place ~= 'overdue' and waits[person.line], has_one(person, is_present)
        local stays = place == 'line' and (is_held[person.line] or has_one(person, is_live))
        if is_leaving or is_taken then
          found = found + 1
          if stays then held[#held + 1] = person.line end
          -- Who stays active, or in line, stays one of the service's people, with all that it keeps of them.
          if not stays and (is_leaving or not waits[person.line]) then gone[#gone + 1] = person end
        end
      end
      local side = found_side(gone)
      changed, absent = changed + found, absent + #people - found
      if found > 0 then
        keep_entry({
          batch = batch, people = found, members = leaving, scores = scores, held = held, side = side, owners = owners,
        })
      end
      close_batch()
      if #present > 0 then take_entries(image_of(batch) .. ':active', present, now) end
      if #leaving > 0 then redis.call('ZREM', waiting, unpack(leaving)) end
      take_side(side)
      count(waiting_counter, -#leaving)
      count(active_counter, -number_of_owners(present))
    end

    local function step() if plain == '1' then return step_plain() else return step_whole() end end
    local function has_more() return nil end
    """
}

/// Returns one batch of the people that `RemoveScript` removed.
enum UndoRemoveScript {
  /// The words that follow are those of the batch, by name in line or by entry, of whom a scan has found that they are back under another
  /// name.
  ///
  /// A person who waits, is active or is set aside now has come back, and keeps the present position.
  static func script(for layout: QueueLayout) -> BatchScript {
    TakeBackScript.make("undo remove", layout, rest: "returned", steps: steps)
  }

  private static let steps = """
    -- The names in line of the members, and of the owners of entries, each once.
    local function lines_of(members, owners)
      local lines, is_known = {}, {['']=true}
      local function add(line)
        if not is_known[line] then lines[#lines + 1], is_known[line] = line, true end
      end
      for _, member in ipairs(members) do add(member) end
      for _, owner in ipairs(owners) do add(owner.line) end
      return lines
    end

    -- Who is here now without our doing, by id.
    local function found_again(entry, entries)
      local members, owners, is_held, is_here = entry.members, entry.owners, set_of(entry.held), {}
      local is_found, is_there = {}, set_of(found_entries(entries))
      for i = returned_at, #ARGV do is_found[ARGV[i]] = true end
      local lines = lines_of(members, owners)
      local scores, is_parked = scores_of(waiting, lines), among_parked(lines)
      local is_active = #members > 0 and set_of(active_among(nil, members, now)) or {}
      for i, line in ipairs(lines) do
        is_here[line] = is_found[line] or scores[i] or is_parked[line] or (is_active[line] and not is_held[line]) or nil
      end
      for _, owner in ipairs(owners) do
        if is_there[owner.entry] or is_found[owner.entry] then is_here[id_of(owner)] = true end
      end
      return is_here
    end

    -- Whether the entries of the active are gone with what was kept of them. Where the server refused to keep them, they were not taken.
    local function is_lost(owners)
      local names = {}
      for i, owner in ipairs(owners) do names[i] = owner.entry end
      return #found_entries(names) < #names
    end

    local function judge(image, entry)
      local entries = redis.call('ZRANGE', image .. ':active', 0, -1)
      if #entry.members + #entries == 0 and is_lost(entry.owners) then return nil end
      local is_here = found_again(entry, entries)
      local plan = {members = {}, words = {}, entries = entries, allowed = {}, id = {}, side = entry.side}
      for i, member in ipairs(entry.members) do
        if not is_here[member] then
          plan.members[#plan.members + 1] = member
          plan.words[#plan.words + 1] = entry.scores[i]
          plan.words[#plan.words + 1] = member
        end
      end
      for _, owner in ipairs(entry.owners) do
        local id = id_of(owner)
        plan.id[owner.entry] = id
        plan.allowed[owner.entry] = not is_here[id] or nil
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

/// Returns the people of one batch of a removal. Only reads.
enum RemovedPeopleScript {
  /// The argument is the index of the batch in the list of before-images.
  ///
  /// The reply is three lists: those who waited, those of them who stayed active, and for each entry of the active the entry, the name
  /// in line (empty where it is not known) and the token.
  static let script = ScriptDeclaration(
    "removed people", keys: ["images"], arguments: ["place"],
    body: """
      local packed = redis.call('LINDEX', images, place)
      if not packed then return {{}, {}, {}} end
      local entry, flat = cmsgpack.unpack(packed), {}
      for _, owner in ipairs(entry.owners) do
        flat[#flat + 1] = owner.entry
        flat[#flat + 1] = owner.line
        flat[#flat + 1] = owner.token
      end
      return {entry.members, entry.held, flat}
      """)
}
