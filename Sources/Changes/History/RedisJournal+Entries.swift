import Redis

extension RedisJournal {
  /// Where Redis has what belongs to one operation.
  struct Place: Equatable {
    let id: OperationID
    let keys: OwnKeys

    init(id: OperationID, keys: OwnKeys) {
      self.id = id
      self.keys = keys
    }

    /// Reads a member of the index; nil for one that usher did not write.
    init?(member: String) {
      let words = member.split(separator: " ", maxSplits: 1)
      guard words.count == 2, let id = OperationID(String(words[0])) else { return nil }
      self.init(id: id, keys: OwnKeys(scope: String(words[1])))
    }

    var member: String { "\(id) \(keys.scope)" }
    var record: RedisArgument { RedisArgument(keys.operation(id)) }
    var heartbeat: RedisArgument { RedisArgument(keys.heartbeat(id)) }
    /// As the scripts of the history declare them.
    var words: [String: RedisArgument] { ["operation": record, "heartbeat": heartbeat] }
  }

  /// A record and its place.
  struct Entry {
    let place: Place
    var record: OperationRecord

    /// Nil if there is no record.
    init?(_ place: Place, _ reply: RedisValue) throws {
      let flat = try reply.array
      guard !flat.isEmpty else { return nil }
      var fields: [String: String] = [:]
      for index in stride(from: 0, to: flat.count - 1, by: 2) {
        fields[try flat[index].string] = try flat[index + 1].string
      }
      func number(_ name: String) -> Int? { fields[name].flatMap { Int($0) } }
      let request = OperationRequest(
        command: fields["command"] ?? "?", commandLine: fields["command_line"] ?? "", target: fields["target"] ?? "?",
        context: fields["context"], reason: fields["reason"], planned: number("planned") ?? 0,
        undo: UndoPromise(encoded: fields["undo"] ?? "none: the record does not say how"),
        undoes: fields["undoes"].flatMap { OperationID($0) })
      self.place = place
      record = OperationRecord(
        id: place.id, store: .redis, request: request, actor: fields["actor"] ?? "?",
        startedMilliseconds: number("started_ms") ?? place.id.milliseconds, endedMilliseconds: number("ended_ms"),
        state: fields["state"].flatMap(OperationState.init(rawValue:)) ?? .started, changed: number("changed") ?? 0,
        failed: number("failed") ?? 0, undoneBy: fields["undone_by"].flatMap { OperationID($0) }, keys: place.keys)
    }
  }
}
