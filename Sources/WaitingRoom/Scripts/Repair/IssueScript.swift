import Changes
import Redis

/// Adds a batch of new people at the back.
enum IssueScript {
  /// Arguments: the milliseconds of the score's unit (0 for a counter), and how far the score lies in the future in milliseconds. Then
  /// follows each member with `1` where a scan has found the token elsewhere.
  ///
  /// Nobody who waits, is active or is set aside is touched. `images:BATCH` has those who were added.
  static func script(for layout: QueueLayout) -> BatchScript {
    RepairScript.make(
      "issue", layout, arguments: [.number("unit_of_score"), .number("ahead")], rest: "people", second: "known",
      body: body)
  }

  // The back is behind the last one, also if the clock that wrote that score is ahead of the server's, or places last longer
  // than new ones.
  private static let body = """
    -- The score of the first, as a number that a double holds exactly.
    local function back(tail)
      local base = unit_of_score > 0 and math.floor((now + ahead) / unit_of_score) or 0
      -- Later batches share the score of the first, lest a long list reach far into the future.
      if tail > base or (tail == base and batch == 1) then base = batch == 1 and math.floor(tail) + 1 or math.ceil(tail) end
      return base
    end

    -- Who is new, and scores and members of them, flat.
    local function candidates_of(members, is_elsewhere, tail)
      local scores, is_parked, candidates, words = scores_of(waiting, members), among_parked(members), {}, {}
      local base = back(tail)
      for i = 1, #members do
        if not scores[i] and not is_parked[members[i]] and not is_elsewhere[members[i]] then
          candidates[#candidates + 1] = members[i]
          local score = unit_of_score == 0 and math.floor(tail) + #candidates or base
          words[#words + 1] = string.format('%.0f', score)
          words[#words + 1] = members[i]
        end
      end
      return candidates, words
    end

    -- Writes the before-image, and leaves out who is active.
    local function keep_inactive(image, candidates, words)
      redis.call('ZADD', image, unpack(words))
      redis.call('EXPIRE', image, kept_for)
      local held, fresh = active_among(image, candidates, now), {}
      local is_held = set_of(held)
      for i = 1, #candidates do
        if not is_held[candidates[i]] then
          fresh[#fresh + 1] = words[2 * i - 1]
          fresh[#fresh + 1] = words[2 * i]
        end
      end
      if #held > 0 then redis.call('ZREM', image, unpack(held)) end
      return fresh
    end

    local function step()
      local members, is_elsewhere = {}, {}
      for i = people_at, #ARGV, 2 do
        members[#members + 1] = ARGV[i]
        is_elsewhere[ARGV[i]] = ARGV[i + 1] == '1'
      end
      local tail = tonumber(redis.call('ZRANGE', waiting, -1, -1, 'WITHSCORES')[2] or 0)
      if tail + #members >= 2 ^ 53 then return redis.error_reply('USHERSCORE no whole number comes behind the last') end
      local candidates, words = candidates_of(members, is_elsewhere, tail)
      open_batch()
      touch_counters()
      local fresh = #candidates > 0 and keep_inactive(image_of(batch), candidates, words) or {}
      local added = #fresh / 2
      changed, known = changed + added, known + #members - added
      if added > 0 then keep_entry({batch = batch, people = added}) end
      close_batch()
      if added > 0 then redis.call('ZADD', waiting, 'NX', unpack(fresh)) end
      count(waiting_counter, added)
    end

    local function has_more() return nil end
    """
}

/// Takes one batch of added people out again.
enum UndoIssueScript {
  /// Who was admitted, moved or taken out meanwhile is left unchanged.
  static func script(for layout: QueueLayout) -> BatchScript {
    TakeBackScript.make("undo issue", layout, steps: steps)
  }

  private static let steps = """
    local function judge(image)
      local members, score_of = apart(redis.call('ZRANGE', image, 0, -1, 'WITHSCORES'))
      if #members == 0 then return nil end
      local current, leaving = scores_of(waiting, members), {}
      for i, member in ipairs(members) do
        if current[i] == score_of[member] then leaving[#leaving + 1] = member end
      end
      return leaving
    end

    local function carry_out(image, leaving)
      if #leaving > 0 then redis.call('ZREM', waiting, unpack(leaving)) end
      return #leaving, -#leaving, 0
    end

    local function tidy() end
    """
}
