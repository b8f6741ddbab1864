import Redis

/// The frame of the scripts that take a repair back: one batch a call, the last one first.
///
/// An entry of the list `KEYS[3]` is the number of the batch, how many people it was about, and what the repair adds; `KEYS[3]:NUMBER`
/// is its before-image. The operation's fields `changed` and `elsewhere` count those who are back and those who are not.
enum TakeBackScript {
  /// The steps are three functions of Lua:
  ///
  /// `judge(image, entry)` → what is to be done, having read only; nil where the before-image is gone;
  /// `carry_out(image, plan)` does it → how many people are back, and by how much the counters of the waiting and the active change;
  /// `tidy(image, plan)` does away with what the repair has kept beside the before-image.
  static func make(_ name: String, _ layout: QueueLayout, steps: String) -> RedisScript {
    RepairScript.make(name, layout, body: "\(steps)\n\(frame)")
  }

  // The first write is one that a full server refuses, and the before-image goes last: should the server refuse any command before, the
  // batch can be taken back again.
  private static let frame = """
    local counts = redis.call('HMGET', operation, 'changed', 'elsewhere')
    local changed, elsewhere = tonumber(counts[1] or 0), tonumber(counts[2] or 0)

    if batch == done + 1 then
      done = batch
      local packed = redis.call('LINDEX', images, -1)
      local entry = packed and cmsgpack.unpack(packed) or {0, 0}
      local image, people = images .. ':' .. entry[1], entry[2]
      local plan = packed and judge(image, entry)
      if packed and not plan then return redis.error_reply('USHERGONE the before-image is no longer kept') end
      redis.call('HINCRBY', original, 'taken_back', 0)
      redis.call('PEXPIRE', lease, ARGV[2])
      touch_counters()
      local back, waiting_by, active_by = 0, 0, 0
      if plan then back, waiting_by, active_by = carry_out(image, plan) end
      changed, elsewhere = changed + back, elsewhere + people - back
      redis.call('HSET', operation, 'batch', batch, 'changed', changed, 'elsewhere', elsewhere)
      redis.call('HINCRBY', original, 'taken_back', people)
      count(waiting_counter, waiting_by)
      count(active_counter, active_by)
      if plan then
        tidy(image, plan)
        redis.call('RPOP', images)
        redis.call('UNLINK', image)
      end
    end
    return {done, changed, elsewhere, redis.call('ZCARD', waiting), redis.call('EXISTS', images)}
    """
}
