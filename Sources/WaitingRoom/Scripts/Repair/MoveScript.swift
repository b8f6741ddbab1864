import Changes
import Redis

/// Gives a batch of waiting people new scores.
enum MoveScript {
  /// Arguments: the member before which they are moved, and its score (both empty for front and back). Then
  /// follow a score and a member for each person.
  ///
  /// `images:BATCH` has the earlier scores, and `images:BATCH:to` the new ones.
  static func script(for layout: QueueLayout) -> BatchScript {
    RepairScript.make("move", layout, arguments: ["anchor", "place"], rest: "people", second: "absent", body: body)
  }

  // Each batch checks the anchor: another run may have changed it between two batches.
  private static let body = """
    local function keep(image, before, after)
      redis.call('ZADD', image, unpack(before))
      redis.call('ZADD', image .. ':to', unpack(after))
      redis.call('EXPIRE', image, kept_for)
      redis.call('EXPIRE', image .. ':to', kept_for)
      keep_entry({batch = batch, people = #before / 2})
    end

    local function step()
      if place ~= '' and redis.call('ZSCORE', waiting, anchor) ~= place then
        return redis.error_reply('USHERMOVED the one to move before has another place now')
      end
      local members, given = {}, {}
      for i = people_at, #ARGV, 2 do
        members[#members + 1] = ARGV[i + 1]
        given[#given + 1] = ARGV[i]
      end
      local scores, before, after = scores_of(waiting, members), {}, {}
      for i = 1, #members do
        if scores[i] then
          before[#before + 1] = scores[i]
          before[#before + 1] = members[i]
          after[#after + 1] = given[i]
          after[#after + 1] = members[i]
        end
      end
      local found = #before / 2
      changed, absent = changed + found, absent + #members - found
      open_batch()
      touch_counters()
      if found > 0 then keep(image_of(batch), before, after) end
      close_batch()
      if found > 0 then redis.call('ZADD', waiting, 'XX', unpack(after)) end
    end

    local function has_more() return nil end
    """
}

/// Restores the earlier scores of one batch of moved people.
enum UndoMoveScript {
  /// A person with another score than the move gave was moved again, or joined again, and keeps the present position.
  static func script(for layout: QueueLayout) -> BatchScript {
    TakeBackScript.make("undo move", layout, steps: steps)
  }

  private static let steps = """
    local function judge(image)
      local members, score_of = apart(redis.call('ZRANGE', image, 0, -1, 'WITHSCORES'))
      if #members == 0 then return nil end
      local given, current, returning = scores_of(image .. ':to', members), scores_of(waiting, members), {}
      for i, member in ipairs(members) do
        if given[i] and current[i] == given[i] then
          returning[#returning + 1] = score_of[member]
          returning[#returning + 1] = member
        end
      end
      return returning
    end

    local function carry_out(image, returning)
      if #returning > 0 then redis.call('ZADD', waiting, 'XX', unpack(returning)) end
      return #returning / 2, 0, 0
    end

    local function tidy(image) redis.call('UNLINK', image .. ':to') end
    """
}
