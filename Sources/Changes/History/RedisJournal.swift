import Failures
import Redis

/// The history of changes to one Redis database, kept in that database.
///
/// `usher:operations` is a sorted set of all operations, scored with the start in milliseconds: a member is the id, a blank, and the
/// scope of the names (see `OwnKeys`) under which the record, a hash, and the before-images of the operation are kept.
public final class RedisJournal {
  /// How long a record stays: long enough for the report after an incident.
  public static let recordRetentionSeconds = 30 * 24 * 3600
  /// How long a before-image stays. A day, because undoing an older admission helps nobody, and a service that admits every
  /// minute would otherwise fill memory with them.
  public static let beforeImageRetentionSeconds = 24 * 3600

  let connection: RedisConnection
  private let actor: Actor
  /// Where the records of operations lie that were begun here.
  private var begun: [OperationID: Place] = [:]

  public init(_ connection: RedisConnection, actor: Actor) {
    self.connection = connection
    self.actor = actor
  }

  /// Records that the operation starts now, by the server's clock, and gives it a heartbeat.
  ///
  /// - Parameters:
  ///   - keys: beside which key of the service the record lies.
  ///   - token: of the run, see `Actor.makeToken()`.
  public func begin(_ request: OperationRequest, in keys: OwnKeys, as token: String) throws -> OperationID {
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
    let place = Place(id: id, keys: keys)
    begun[id] = place
    _ = try connection.evaluate(
      Self.indexScript, keys: ["operations": RedisArgument(OwnKeys.operations)],
      arguments: [
        "member": RedisArgument(place.member), "started_ms": RedisArgument(now),
        "oldest_ms": RedisArgument(now - Self.recordRetentionSeconds * 1000),
      ])
    let call = try Self.beginScript.call(
      keys: place.words, arguments: ["token": RedisArgument(token)],
      rest: .init(arguments: fields.flatMap { [RedisArgument($0.0), RedisArgument($0.1)] }))
    _ = try connection.evaluate(Self.beginScript.script, keys: call.keys, arguments: call.arguments)
    return id
  }

  /// Records that the operation ended, and ends its heartbeat. A nil `changed` keeps what the changing scripts have counted.
  public func finish(_ id: OperationID, state: OperationState, failed: Int, changed: Int?) throws {
    var fields = [("state", state.rawValue), ("failed", String(failed))]
    if let changed { fields.append(("changed", String(changed))) }
    guard let place = try place(of: id) else { return }
    try update(place, fields, isEnd: true)
  }

  /// Records that the operation was broken off, without waiting for the answer: for a process that ends now.
  public func abandon(_ id: OperationID, in keys: OwnKeys) throws {
    let call = try Self.updateCall(
      Place(id: id, keys: keys), [("state", OperationState.interrupted.rawValue)], isEnd: true)
    try connection.post(Self.updateScript.script, keys: call.keys, arguments: call.arguments)
  }

  /// Operations on this target whose process died in the middle, and that nobody has recorded as dead yet; of the newest fifty: those
  /// that died before that many others began are of no interest any more.
  public func unfinished(target: String) throws -> [OperationRecord] {
    try dead(target: target).map(\.record)
  }

  /// Records those operations as lost, and gives them.
  @discardableResult
  public func markLost(target: String) throws -> [OperationRecord] {
    try dead(target: target).map { entry in
      try update(entry.place, [("state", OperationState.lost.rawValue)])
      return entry.record
    }
  }

  private func dead(target: String) throws -> [Entry] {
    let begun = try entries(limit: 50).filter { $0.record.state == .started && $0.record.request.target == target }
    return try judged(begun).filter { $0.record.state == .lost }
  }

  /// Marks an operation as undone by another.
  public func markUndone(_ id: OperationID, by undoer: OperationID) throws {
    guard let place = try place(of: id) else { return }
    try update(place, [("state", OperationState.undone.rawValue), ("undone_by", undoer.description)])
  }

  /// The newest `limit` records, newest first. One whose process died in the middle is `lost`, whether or not that is recorded.
  public func list(limit: Int) throws -> [OperationRecord] { try judged(entries(limit: limit)).map(\.record) }

  /// The record of one operation; nil when this store has none (any more).
  public func find(_ id: OperationID) throws -> OperationRecord? {
    guard let place = try place(of: id), let entry = try entry(at: place) else { return nil }
    return try judged([entry]).first?.record
  }

  /// The server's clock, in milliseconds since 1970.
  public func serverMilliseconds() throws -> Int {
    let parts = try connection.command("TIME").array
    guard parts.count == 2, let seconds = Int(try parts[0].string), let micros = Int(try parts[1].string) else {
      throw Failure(.failed, "cannot read the clock of Redis at \(connection.target)")
    }
    return seconds * 1000 + micros / 1000
  }

  // MARK: Records

  /// As the store has them.
  private func entries(limit: Int) throws -> [Entry] {
    guard limit > 0 else { return [] }
    let members = try connection.command("ZREVRANGE", RedisArgument(OwnKeys.operations), "0", RedisArgument(limit - 1))
    let places = try members.array.compactMap { Place(member: try $0.string) }
    let replies = try connection.pipeline(places.map { ["HGETALL", $0.record] })
    return try zip(places, replies).compactMap { try Entry($0, $1) }
  }

  private func entry(at place: Place) throws -> Entry? {
    try Entry(place, try connection.command("HGETALL", place.record))
  }

  /// Where the record of an operation lies: the index has it under the time that the id itself tells.
  private func place(of id: OperationID) throws -> Place? {
    if let place = begun[id] { return place }
    let time = RedisArgument(id.milliseconds)
    return try connection.command("ZRANGEBYSCORE", RedisArgument(OwnKeys.operations), time, time).array
      .compactMap { Place(member: try $0.string) }.first { $0.id == id }
  }

  /// Looks at the heartbeats of those that have not said that they ended. A replica may lag behind its primary, and judges none.
  private func judged(_ entries: [Entry]) throws -> [Entry] {
    let begun = entries.filter { $0.record.state == .started }
    guard !begun.isEmpty else { return entries }
    let heartbeats = try connection.pipeline(begun.map { ["GET", $0.place.heartbeat] })
    var dead: Set<OperationID> = []
    for (entry, reply) in zip(begun, heartbeats) {
      // A user that may not look cannot tell.
      if case .error = reply { continue }
      let token = try reply.optional?.string
      if token == nil || token.flatMap(RunHolder.init(token:))?.isKnownDead == true { dead.insert(entry.place.id) }
    }
    guard !dead.isEmpty, try !isReplica() else { return entries }
    return try entries.compactMap { entry in
      guard dead.contains(entry.place.id) else { return entry }
      // It may have ended between the two looks.
      guard var entry = try self.entry(at: entry.place) else { return nil }
      if entry.record.state == .started { entry.record.state = .lost }
      return entry
    }
  }

  private func isReplica() throws -> Bool {
    let reply = try connection.pipeline([["INFO", "replication"]])[0]
    guard case .error = reply else { return try reply.string.contains("role:slave") }
    // Who may not ask must not judge either.
    return true
  }

  private func update(_ place: Place, _ fields: [(String, String)], isEnd: Bool = false) throws {
    let call = try Self.updateCall(place, fields, isEnd: isEnd)
    _ = try connection.evaluate(Self.updateScript.script, keys: call.keys, arguments: call.arguments)
  }

  private static func updateCall(
    _ place: Place, _ fields: [(String, String)], isEnd: Bool
  ) throws -> ScriptDeclaration.Call {
    try updateScript.call(
      keys: place.words, arguments: ["is_end": isEnd ? 1 : 0],
      rest: .init(arguments: fields.flatMap { [RedisArgument($0.0), RedisArgument($0.1)] }))
  }

  // What follows writes on a server that is over its maxmemory too, because what frees its memory must be recorded: such a server
  // refuses HSET, SET and ZADD as the first write of a script, and lets a script that has written before go on. Each of these begins
  // with a write that is allowed. Source: `scriptVerifyOOM` of the server.

  /// Adds an operation to the index, and forgets those that are too old.
  private static let indexScript = ScriptDeclaration(
    "history index", keys: ["operations"], arguments: ["member", "started_ms", "oldest_ms"],
    body: """
      redis.call('ZREMRANGEBYSCORE', operations, '-inf', '(' .. oldest_ms)
      redis.call('ZADD', operations, started_ms, member)
      """)

  /// Writes a record, given as fields and values in turn, and the heartbeat.
  private static let beginScript = ScriptDeclaration(
    "history begin", keys: ["operation", "heartbeat"], arguments: ["token"], rest: "fields",
    body: """
      redis.call('UNLINK', heartbeat)
      redis.call('SET', heartbeat, token, 'PX', \(Heartbeat.milliseconds))
      redis.call('HSET', operation, unpack(ARGV, fields_at))
      redis.call('EXPIRE', operation, \(recordRetentionSeconds))
      """)

  /// Writes fields and values into a record; one that is gone stays gone.
  private static let updateScript = ScriptDeclaration(
    "history update", keys: ["operation", "heartbeat"], arguments: ["is_end"], rest: "fields",
    body: """
      if is_end == '1' then redis.call('UNLINK', heartbeat) end
      if redis.call('EXPIRE', operation, \(recordRetentionSeconds)) == 0 then return end
      redis.call('HSET', operation, unpack(ARGV, fields_at))
      if is_end == '1' then
        local time = redis.call('TIME')
        redis.call('HSET', operation, 'ended_ms', string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)))
      end
      """)
}
