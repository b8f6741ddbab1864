import Redis

/// A script that does one numbered batch of a change, in the frame that all of them share.
///
/// The frame declares the operation, its heartbeat and the lock; refuses a run that has lost its heartbeat (USHERLOST) or whose turn it
/// is not (USHERBUSY), or without its record (USHERNORECORD); does each batch once, however often it is sent, and refuses a number too far ahead (USHERGAP); and gives the
/// counts of the whole operation so far.
///
/// The body finds the locals `batch`, `done` (the number of the last batch done), `now` (ms by the server's clock), `clock` (the same in
/// microseconds), `changed` and the second count under its name, and `kept_for` (how long before-images stay, in seconds). It defines:
///
/// - `step()`, which does the batch: it calls `open_batch()` before any other write and `close_batch()` after the before-image is
///   written and before the cuts; it returns nothing, or an error reply before anything is written;
/// - `has_more()`, whether there is work left; nothing where only the caller knows;
/// - and may set `due` to false where there is nothing to do now: then the number of the batch stays free. `pause_us` is how long such a
///   script wants to be left unchanged, and `extra` a list of further counts.
public struct BatchScript: Sendable {
  /// The first write of a batch.
  public enum Opening: Sendable {
    /// For a change that a full server must refuse before anybody moves: fields of the record, as Lua words.
    case noting(String)
    /// For a change that frees memory: a write that a full server takes, so that it takes those that follow.
    case evenWhenFull
  }

  let declaration: ScriptDeclaration

  /// - Parameters:
  ///   - second: the name of the second count, of units that needed no change: a field of the record.
  ///   - rest, restKeys: see `ScriptDeclaration`.
  public init(
    _ name: String, keys: [String] = [], arguments: [ScriptDeclaration.Argument] = [], rest: String? = nil,
    restKeys: String? = nil, second: String, opening: Opening, body: String
  ) {
    declaration = ScriptDeclaration(
      name, keys: ["operation", "heartbeat", "lock", "lock_queue"] + keys,
      arguments: ["token", .number("batch"), .number("hold_ms")] + arguments, rest: rest, restKeys: restKeys,
      body: [Self.head(second, opening), body, Self.tail(second)].joined(separator: "\n"))
  }

  // Nothing may be written before all of this held: a script is atomic, but an error in its middle takes nothing back.
  private static func head(_ second: String, _ opening: Opening) -> String {
    let firstWrite =
      switch opening {
      case .noting(let words): "redis.call('HSET', operation, \(words))"
      case .evenWhenFull: "redis.call('EXPIRE', operation, \(RedisJournal.recordRetentionSeconds))"
      }
    return """
      local kept_for = \(RedisJournal.beforeImageRetentionSeconds)
      if redis.call('GET', heartbeat) ~= token then return redis.error_reply('USHERLOST the heartbeat is gone') end
      local holder = redis.call('GET', lock)
      if holder and holder ~= token then return redis.error_reply('USHERBUSY another run has the lock') end
      local counts = redis.call('HMGET', operation, 'batch', 'changed', '\(second)')
      if not counts[2] then return redis.error_reply('USHERNORECORD the record is gone') end
      local done, changed, \(second) = tonumber(counts[1] or 0), tonumber(counts[2] or 0), tonumber(counts[3] or 0)
      if batch > done + 1 then return redis.error_reply('USHERGAP the last batch done is ' .. done) end
      local time = redis.call('TIME')
      local now, clock = time[1] * 1000 + math.floor(time[2] / 1000), time[1] * 1000000 + time[2]
      local due, pause_us, extra = batch == done + 1, 0, {}

      local function open_batch()
        \(firstWrite)
        redis.call('PEXPIRE', heartbeat, \(Heartbeat.milliseconds))
        if hold_ms > 0 then
          redis.call('SET', lock, token, 'PX', hold_ms)
        elseif holder then
          redis.call('UNLINK', lock)
        end
      end

      local function close_batch()
        redis.call('HSET', operation, 'batch', batch, 'changed', changed, '\(second)', \(second))
        return nil
      end

      """
  }

  private static func tail(_ second: String) -> String {
    """

    if due then
      done = batch
      local refused = step()
      if refused then return refused end
    end
    local left = has_more()
    local is_awaited = redis.call('EXISTS', lock_queue)
    return {done, changed, \(second), left == nil and -1 or left and 1 or 0, pause_us, is_awaited, unpack(extra)}
    """
  }
}
