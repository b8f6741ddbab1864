/// What every changing script of the waiting room begins with: names for its words, the lease, the types, the server's clock.
///
/// KEYS waiting, operation, before-images, lease, active, and then what the script itself adds.
/// ARGV lease token, lease in ms, number of the batch, seconds that before-images are kept, lifetime in ms (0 for ever), …
///
/// Batches are numbered from 1, and the operation's field `batch` holds the last one done. A batch that was done already
/// changes nothing, so that a caller that lost the reply can ask again; a number too far ahead is refused with USHERGAP.
enum BatchPrelude {
  /// The whole source of a script: names, the form's functions, the body.
  static func source(form: any ActiveForm, body: String) -> String {
    "\(names)\n\(MemberForm.library(form.naming))\nlocal keeps_batches_apart = false\n\(form.library)\n\(guards)\n\(body)"
  }

  private static let names = """
    if redis.replicate_commands then redis.replicate_commands() end
    local waiting, operation, images, lease, active = unpack(KEYS)
    local batch, kept_for, lifetime = tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5])
    """

  // Nothing may be written before all of this held: a script is atomic, but an error in its middle takes nothing back.
  private static let guards = """
    if redis.call('GET', lease) ~= ARGV[1] then return redis.error_reply('USHERLOST the lease is not ours') end
    local waiting_type = redis.call('TYPE', waiting).ok
    if waiting_type ~= 'zset' and waiting_type ~= 'none' then
      return redis.error_reply('WRONGTYPE the waiting key holds a ' .. waiting_type)
    end
    local done = tonumber(redis.call('HGET', operation, 'batch') or 0)
    if batch > done + 1 then return redis.error_reply('USHERGAP the last batch done is ' .. done) end
    local time = redis.call('TIME')
    local now = time[1] * 1000 + math.floor(time[2] / 1000)
    """
}
