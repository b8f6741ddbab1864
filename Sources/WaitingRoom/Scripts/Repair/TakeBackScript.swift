import Changes
import Redis

/// The frame of the scripts that undo a repair: one batch per call, the last batch first.
///
/// The operation's fields `changed` and `elsewhere` count those who are back and those who are not.
enum TakeBackScript {
  /// The steps are three functions of Lua:
  ///
  /// `judge(image, entry)` → what is to be done, having read only; nil if the before-image is gone;
  /// `carry_out(image, plan)` does it → how many people are back, and by how much the counters of the waiting and the active change;
  /// `tidy(image, plan)` deletes what the repair has kept besides the before-image.
  static func make(_ name: String, _ layout: QueueLayout, rest: String? = nil, steps: String) -> BatchScript {
    RepairScript.make(name, layout, rest: rest, second: "elsewhere", body: "\(steps)\n\(frame)")
  }

  // The first write is one that a full server refuses, and the before-image goes last: should the server refuse any command before, the
  // batch can be undone again.
  private static let frame = """
    local function step()
      local entry = last_entry()
      local people = entry and entry.people or 0
      local image = entry and image_of(entry.batch)
      local plan = entry and judge(image, entry)
      if entry and not plan then return redis.error_reply('USHERGONE the before-image is no longer kept') end
      redis.call('HINCRBY', original, 'taken_back', 0)
      open_batch()
      touch_counters()
      local back, waiting_by, active_by = 0, 0, 0
      if plan then back, waiting_by, active_by = carry_out(image, plan) end
      changed, elsewhere = changed + back, elsewhere + people - back
      close_batch()
      redis.call('HINCRBY', original, 'taken_back', people)
      count(waiting_counter, waiting_by)
      count(active_counter, active_by)
      if plan then
        tidy(image, plan)
        redis.call('RPOP', images)
        redis.call('UNLINK', image)
      end
    end

    local function has_more() return redis.call('EXISTS', images) == 1 end
    """
}
