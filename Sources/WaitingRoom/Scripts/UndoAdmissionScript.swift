import Redis

/// Takes one batch of an admission back: whoever is still active returns to the waiting room, with the score of before.
enum UndoAdmissionScript {
  /// KEYS[6] is the admission's own record; its field `taken_back` counts how far it was undone, over several tries.
  ///
  /// Somebody who is waiting again keeps the place of now; somebody who left the active form in the meantime stays away.
  static func script(for form: any ActiveForm) -> RedisScript {
    RedisScript(name: "undo admission", source: BatchPrelude.source(form: form, body: body))
  }

  // The first write is one that a full server refuses. The before-image goes last: should the server refuse any command
  // before, the batch can be taken back again.
  private static let body = """
    local admission = KEYS[6]
    local counts = redis.call('HMGET', operation, 'changed', 'gone')
    local changed, gone = tonumber(counts[1] or 0), tonumber(counts[2] or 0)

    if batch == done + 1 then
      done = batch
      local image = redis.call('LINDEX', images, -1)
      local tokens, returning, leaving = {}, {}, {}
      if image then
        local moves, held = unpack(cmsgpack.unpack(image))
        local was_held = {}
        for _, i in ipairs(held) do was_held[i] = true end
        for i = 1, #moves / 2 do tokens[i] = moves[2 * i - 1] end
        for _, i in ipairs(places_of_active(tokens, now)) do
          returning[#returning + 1] = moves[2 * i]
          returning[#returning + 1] = tokens[i]
          if not was_held[i] then leaving[#leaving + 1] = tokens[i] end
        end
      end
      changed, gone = changed + #returning / 2, gone + #tokens - #returning / 2
      redis.call('HINCRBY', admission, 'taken_back', 0)
      redis.call('PEXPIRE', lease, ARGV[2])
      if #returning > 0 then redis.call('ZADD', waiting, 'NX', unpack(returning)) end
      if #leaving > 0 then remove_active(leaving) end
      redis.call('HSET', operation, 'batch', batch, 'changed', changed, 'gone', gone)
      redis.call('HINCRBY', admission, 'taken_back', #tokens)
      if image then redis.call('RPOP', images) end
    end
    return {done, changed, gone, redis.call('ZCARD', waiting), redis.call('EXISTS', images)}
    """
}
