import Failures
import Redis

/// The history of changes to one Redis database, kept in that database.
///
/// `usher:operations` is a sorted set of ids scored with the start in milliseconds, `usher:operation:ID` a hash a record, and
/// `usher:trash:ID`, with keys of its own after a further colon, what the changing scripts keep of the state before, in the same
/// atomic step as the change.
public final class RedisJournal {
  /// Every key of usher's own starts with this.
  public static let keyPrefix = "usher:"
  /// How long a record stays: long enough for the report after an incident.
  public static let recordRetentionSeconds = 30 * 24 * 3600
  /// How long a before-image stays. A day, because undoing an older admission helps nobody, and a service that admits every
  /// minute would otherwise fill memory with them.
  public static let beforeImageRetentionSeconds = 24 * 3600

  private let connection: RedisConnection
  private let actor: Actor

  public init(_ connection: RedisConnection, actor: Actor) {
    self.connection = connection
    self.actor = actor
  }

  /// The hash of one operation. Changing scripts add to its field `changed` in the same step as they change.
  public static func operationKey(_ id: OperationID) -> String { "\(operationKeyPrefix)\(id)" }
  /// What `operationKey` puts before an id, for scripts that find another operation's record.
  public static let operationKeyPrefix = "\(keyPrefix)operation:"
  /// The list of one operation's before-images, kept as its room likes; give it and what it leads to
  /// `beforeImageRetentionSeconds`.
  public static func beforeImageKey(_ id: OperationID) -> String { "\(keyPrefix)trash:\(id)" }
  static let indexKey = "\(keyPrefix)operations"

  /// Records that the operation starts now, by the server's clock.
  public func begin(_ request: OperationRequest, under lease: RedisLease? = nil) throws -> OperationID {
    let now = try serverMilliseconds()
    let id = OperationID(milliseconds: now)
    var fields: [(String, String)] = [
      ("command", request.command), ("command_line", request.commandLine), ("target", request.target),
      ("actor", actor.text), ("planned", String(request.planned)), ("undo", request.undo.encoded),
      ("started_ms", String(now)), ("state", OperationState.started.rawValue), ("changed", "0"), ("failed", "0"),
    ]
    if let context = request.context { fields.append(("context", context)) }
    if let reason = request.reason { fields.append(("reason", reason)) }
    if let undoes = request.undoes { fields.append(("undoes", undoes.description)) }
    if let lease { fields += [("lease_key", lease.key), ("lease_token", lease.token)] }
    _ = try connection.evaluate(
      Self.beginScript, keys: [RedisArgument(Self.indexKey), RedisArgument(Self.operationKey(id))],
      arguments: [RedisArgument(id.description), RedisArgument(now), RedisArgument(Self.recordRetentionSeconds)]
        + fields.flatMap { [RedisArgument($0.0), RedisArgument($0.1)] })
    return id
  }

  /// Records that the operation ended. A nil `changed` keeps what the changing scripts have counted.
  public func finish(_ id: OperationID, state: OperationState, failed: Int, changed: Int?) throws {
    var fields = [("state", state.rawValue), ("failed", String(failed))]
    if let changed { fields.append(("changed", String(changed))) }
    try update(id, fields, stamping: "ended_ms")
  }

  /// Records that the operation was broken off, without waiting for the answer: for a process that ends now.
  public func abandon(_ id: OperationID) throws {
    let (keys, arguments) = Self.words(id, [("state", OperationState.interrupted.rawValue)], stamping: "ended_ms")
    try connection.post(Self.updateScript, keys: keys, arguments: arguments)
  }

  /// Marks operations on this target that began and never ended as lost; the caller holds the target's lock.
  ///
  /// The newest fifty are looked at: those that died before that many others ended are of no interest any more.
  @discardableResult
  public func markLost(target: String) throws -> [OperationRecord] {
    try entries(limit: 50).map(\.record).filter { $0.state == .started && $0.request.target == target }.map { record in
      try update(record.id, [("state", OperationState.lost.rawValue)])
      var record = record
      record.state = .lost
      return record
    }
  }

  /// Operations on this target whose process died in the middle, and that nobody has found dead yet; of the newest fifty.
  public func unfinished(target: String) throws -> [OperationRecord] {
    let begun = try entries(limit: 50).filter { $0.record.state == .started && $0.record.request.target == target }
    return try judged(begun).filter { $0.state == .lost }
  }

  /// Marks an operation as taken back by another.
  public func markUndone(_ id: OperationID, by undoer: OperationID) throws {
    try update(id, [("state", OperationState.undone.rawValue), ("undone_by", undoer.description)])
  }

  /// The newest `limit` records, newest first. One whose process died in the middle is `lost`, whether or not that is recorded.
  public func list(limit: Int) throws -> [OperationRecord] { try judged(entries(limit: limit)) }

  /// The record of one operation; nil when this store has none (any more).
  public func find(_ id: OperationID) throws -> OperationRecord? {
    try Self.entry(id, from: try connection.command("HGETALL", RedisArgument(Self.operationKey(id)))).flatMap {
      try judged([$0]).first
    }
  }

  /// As the store has them.
  private func entries(limit: Int) throws -> [Entry] {
    guard limit > 0 else { return [] }
    let ids = try connection.command("ZREVRANGE", RedisArgument(Self.indexKey), "0", RedisArgument(limit - 1)).array
    let known = try ids.compactMap { OperationID(try $0.string) }
    let replies = try connection.pipeline(known.map { ["HGETALL", RedisArgument(Self.operationKey($0))] })
    return try zip(known, replies).compactMap { try Self.entry($0, from: $1) }
  }

  /// Looks at the leases of those that have not said that they ended. A replica may lag behind its primary's leases, and judges none.
  private func judged(_ entries: [Entry]) throws -> [OperationRecord] {
    let begun = entries.filter { $0.record.state == .started }.compactMap { entry in
      entry.lease.map { (id: entry.record.id, lease: $0) }
    }
    guard !begun.isEmpty else { return entries.map(\.record) }
    let holders = try connection.pipeline(begun.map { ["GET", RedisArgument($0.lease.key)] })
    var dead: Set<OperationID> = []
    for (operation, holder) in zip(begun, holders) {
      // A user that may not look cannot tell.
      if case .error = holder { continue }
      let holds = try holder.optional?.string == operation.lease.token
      if !holds || LeaseHolder(token: operation.lease.token)?.isKnownDead == true { dead.insert(operation.id) }
    }
    guard !dead.isEmpty, try !isReplica() else { return entries.map(\.record) }
    return try entries.compactMap { entry in
      guard dead.contains(entry.record.id) else { return entry.record }
      // It may have ended between the two looks, and given its lease back.
      let id = entry.record.id
      guard
        var record = try Self.entry(id, from: try connection.command("HGETALL", RedisArgument(Self.operationKey(id))))?
          .record
      else { return nil }
      if record.state == .started { record.state = .lost }
      return record
    }
  }

  /// The server's clock, in milliseconds since 1970.
  public func serverMilliseconds() throws -> Int {
    let parts = try connection.command("TIME").array
    guard parts.count == 2, let seconds = Int(try parts[0].string), let micros = Int(try parts[1].string) else {
      throw Failure(.failed, "cannot read the clock of Redis at \(connection.target)")
    }
    return seconds * 1000 + micros / 1000
  }

  private func isReplica() throws -> Bool {
    let reply = try connection.pipeline([["INFO", "replication"]])[0]
    guard case .error = reply else { return try reply.string.contains("role:slave") }
    // Who may not ask must not judge either.
    return true
  }

  private func update(_ id: OperationID, _ fields: [(String, String)], stamping field: String = "") throws {
    let (keys, arguments) = Self.words(id, fields, stamping: field)
    _ = try connection.evaluate(Self.updateScript, keys: keys, arguments: arguments)
  }

  private static func words(
    _ id: OperationID, _ fields: [(String, String)], stamping field: String
  ) -> (keys: [RedisArgument], arguments: [RedisArgument]) {
    (
      [RedisArgument(operationKey(id))],
      [RedisArgument(recordRetentionSeconds), RedisArgument(field)]
        + fields.flatMap { [RedisArgument($0.0), RedisArgument($0.1)] }
    )
  }

  // What follows writes on a server that is over its maxmemory too, because what frees its memory must be recorded: such a server
  // refuses HSET and ZADD as the first write of a script, and lets a script that has written before go on. Each of these begins
  // with a write that is allowed. Source: `scriptVerifyOOM` of the server.

  /// KEYS index, operation; ARGV id, now in ms, retention in s, then field and value in turn. Forgets what is too old.
  private static let beginScript = RedisScript(
    name: "journal begin",
    source: """
      if redis.replicate_commands then redis.replicate_commands() end
      local oldest = tonumber(ARGV[2]) - tonumber(ARGV[3]) * 1000
      redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. string.format('%.0f', oldest))
      redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
      for i = 4, #ARGV, 2 do redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
      redis.call('EXPIRE', KEYS[2], ARGV[3])
      return 1
      """)

  /// KEYS operation; ARGV retention in s, a field for the server's time in ms or an empty word, then field and value in turn. A
  /// record that is gone stays gone.
  private static let updateScript = RedisScript(
    name: "journal update",
    source: """
      if redis.replicate_commands then redis.replicate_commands() end
      if redis.call('EXPIRE', KEYS[1], ARGV[1]) == 0 then return 0 end
      if ARGV[2] ~= '' then
        local time = redis.call('TIME')
        redis.call('HSET', KEYS[1], ARGV[2], string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)))
      end
      for i = 3, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
      return 1
      """)

  /// A record, and the lease that its operation holds while it runs.
  private struct Entry {
    let record: OperationRecord
    let lease: RedisLease?
  }

  private static func entry(_ id: OperationID, from reply: RedisValue) throws -> Entry? {
    let flat = try reply.array
    guard !flat.isEmpty else { return nil }
    var fields: [String: String] = [:]
    for index in stride(from: 0, to: flat.count - 1, by: 2) {
      fields[try flat[index].string] = try flat[index + 1].string
    }
    let request = OperationRequest(
      command: fields["command"] ?? "?", commandLine: fields["command_line"] ?? "", target: fields["target"] ?? "?",
      context: fields["context"], reason: fields["reason"], planned: fields["planned"].flatMap { Int($0) } ?? 0,
      undo: UndoPromise(encoded: fields["undo"] ?? "none: the record does not say how"),
      undoes: fields["undoes"].flatMap { OperationID($0) })
    let record = OperationRecord(
      id: id, store: .redis, request: request, actor: fields["actor"] ?? "?",
      startedMilliseconds: fields["started_ms"].flatMap { Int($0) } ?? id.milliseconds,
      endedMilliseconds: fields["ended_ms"].flatMap { Int($0) },
      state: fields["state"].flatMap(OperationState.init(rawValue:)) ?? .started,
      changed: fields["changed"].flatMap { Int($0) } ?? 0, failed: fields["failed"].flatMap { Int($0) } ?? 0,
      undoneBy: fields["undone_by"].flatMap { OperationID($0) })
    let lease = fields["lease_key"].flatMap { key in fields["lease_token"].map { RedisLease(key: key, token: $0) } }
    return Entry(record: record, lease: lease)
  }
}
