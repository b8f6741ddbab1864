import Changes
import Redis

/// What every changing script of a waiting room has inside the frame of `BatchScript`: the keys of the queue, the functions of its active
/// form, and the functions below.
///
/// Keys: `waiting`, `active`, `images` (the list of before-images, see below), `original` (the record of the operation that is taken
/// back, or of this one), `parked` (the hash of people set aside), `paused`, `pace`, and the counters of the service.
/// Arguments: `lifetime` (ms; 0 without end), and `parked_prefix`, the prefix of the keys of people set aside.
///
/// The before-image of a batch is the sorted set `images:BATCH`, or stands in the batch's entry. An entry of the list `images` is a table that
/// names its `batch`, how many `people` the batch was about, and what the script keeps beside that.
enum QueueScript {
  static let keys = [
    "waiting", "active", "images", "original", "parked", "paused", "pace", "waiting_counter", "active_counter",
  ]
  static let arguments: [ScriptDeclaration.Argument] = [.number("lifetime"), "parked_prefix"]

  static func make(
    _ name: String, _ layout: QueueLayout, arguments: [ScriptDeclaration.Argument] = [], rest: String? = nil,
    second: String, body: String
  ) -> BatchScript {
    let form = layout.active
    return BatchScript(
      name, keys: keys, arguments: Self.arguments + arguments, rest: rest, second: second,
      opening: .noting("'waiting_key', waiting, 'active_key', active"),
      body: [
        guards, MemberForm.library(form.naming), "local keeps_batches_apart = false", form.library,
        CounterLibrary.source, PeopleLibrary.source, body,
      ].joined(separator: "\n"))
  }

  // The type of the waiting key is looked at before anything is written.
  private static let guards = """
    local waiting_type = redis.call('TYPE', waiting).ok
    if waiting_type ~= 'zset' and waiting_type ~= 'none' then
      return redis.error_reply('WRONGTYPE the waiting key holds a ' .. waiting_type)
    end

    """
}
