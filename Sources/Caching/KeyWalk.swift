import Changes
import Redis

/// Removes what one pattern matches by a script that scans and unlinks a page on the server: no key travels, and the record of
/// the operation counts each page in the step that removes it.
///
/// The cursor stands in the record too, so that a page can be asked for before the answer to the one before has come.
struct KeyWalk {
  /// Keys that one call looks at. It holds the server for a good half of a millisecond where half of them match. With 500 the whole took a
  /// twentieth longer, and another client's PING half a millisecond less.
  private static let pageSize = 650
  /// What the first of two calls is sent ahead of the second, in microseconds: less than a call takes, and more than a server needs to
  /// wake up.
  ///
  /// Redis works off all that it has read of a client before it looks at the next client, and answers all of it at once; two calls
  /// that it reads together would hold the others for both, and then find us with none under way. Sent apart they stay apart,
  /// because each answer lets one call go.
  private static let headStart: UInt32 = 200

  let redis: RedisConnection
  let pattern: KeyGlob
  let change: RunningChange

  /// Walks to the end, or to an interruption; `earlier` is what the operation has done already.
  func run(after earlier: BulkRun.Totals) throws -> BulkRun.Totals {
    // The order of keys is another one on a server that came back, so the scan is not resumed there.
    try BulkRun(
      Self.script, of: change, on: redis,
      arguments: ["pattern": RedisArgument(pattern.source), "page_size": RedisArgument(Self.pageSize)],
      batchSize: Self.pageSize, pipelining: .apart(Self.headStart), survivesRestart: false
    ).run(after: earlier)
  }

  // UNLINK takes a thousand keys at a time, because Lua's stack is bounded.
  private static let script = BatchScript(
    "evict", arguments: ["pattern", "page_size"], second: "absent", opening: .evenWhenFull,
    body: """
      local cursor = redis.call('HGET', operation, 'cursor') or '0'
      due = due and cursor ~= 'end'

      local function step()
        local page = redis.call('SCAN', cursor, 'MATCH', pattern, 'COUNT', page_size)
        local keys, removed = page[2], 0
        open_batch()
        for first = 1, #keys, 1000 do
          removed = removed + redis.call('UNLINK', unpack(keys, first, math.min(first + 999, #keys)))
        end
        cursor = page[1] == '0' and 'end' or page[1]
        changed, absent = changed + removed, absent + #keys - removed
        close_batch()
        redis.call('HSET', operation, 'cursor', cursor)
      end

      local function has_more() return cursor ~= 'end' end
      """)
}
