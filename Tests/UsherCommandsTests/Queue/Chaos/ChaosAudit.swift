import Redis

/// Where everybody is, counted while nothing runs.
struct ChaosAudit {
  /// Each token with the places that it was found in: one, if all is well.
  var places: [RedisArgument: [String]] = [:]
  /// Scores in the waiting room, aside and in the before-images.
  var scores: [(token: RedisArgument, score: String, place: String)] = []
  /// What the service keeps about a person: `""` under its own key, else the operation that has it in its trash.
  private var side: [RedisArgument: [String]] = [:]
  private var counters: [String: Int] = [:]

  init(_ room: ChaosRoom, _ redis: RedisConnection) throws {
    try add("waiting", key: "waiting", redis)
    for token in try room.shape.active(redis) { places[token, default: []].append("active") }
    for key in try keys("usher:{waiting}:parked:*", redis) { try add(key, key: RedisArgument(key), redis) }
    for key in try keys("usher:{waiting}:before:*", redis) { try addImage(key, room.shape, redis) }
    for key in try keys("info:*", redis) { side[RedisArgument(String(key.dropFirst(5))), default: []].append("") }
    for name in ["waiting", "active"] {
      counters[name] = try redis.command("GET", RedisArgument("n:\(name)")).optional?.integer ?? 0
    }
  }

  /// What is wrong; nil where nothing is.
  ///
  /// Somebody who was issued may be nowhere, and somebody whom usher moves may have another score.
  func complaint(_ book: ChaosRoom.Book, mayMove: (RedisArgument) -> Bool) -> String? {
    for (token, found) in places where Set(found).count > 1 { return "\(token.text) is in \(Set(found).sorted())" }
    for (token, found) in places where book.left.contains(token) { return "\(token.text) left and is in \(found)" }
    for token in book.arrived.keys where places[token] == nil && !book.left.contains(token) {
      return "\(token.text) is lost"
    }
    for token in places.keys where book.arrived[token] == nil && !token.text.hasPrefix("issued-") {
      return "\(token.text) never came"
    }
    return complaintAboutSide(book) ?? complaintAboutScores(book, mayMove)
  }

  /// What the service keeps about somebody goes where that person goes, and its counters count.
  private func complaintAboutSide(_ book: ChaosRoom.Book) -> String? {
    for token in book.arrived.keys {
      let trash = places[token, default: []].filter { $0.hasPrefix("trash ") }.map { String($0.dropFirst(6)) }
      let expected = book.left.contains(token) ? [] : trash.isEmpty ? [""] : trash
      guard Set(side[token, default: []]) != Set(expected) else { continue }
      return "\(token.text) is in \(places[token, default: []]), and its side key in \(side[token, default: []])"
    }
    for (name, number) in counters {
      let count = places.values.count { $0.contains(name) }
      if number != count { return "the counter says \(number) \(name), and there are \(count)" }
    }
    return nil
  }

  private func complaintAboutScores(_ book: ChaosRoom.Book, _ mayMove: (RedisArgument) -> Bool) -> String? {
    for entry in scores where !mayMove(entry.token) {
      guard let arrival = book.arrived[entry.token], arrival != entry.score else { continue }
      return "\(entry.token.text) came with \(arrival) and has \(entry.score) in \(entry.place)"
    }
    return nil
  }

  private func keys(_ pattern: RedisArgument, _ redis: RedisConnection) throws -> [String] {
    try redis.command("KEYS", pattern).array.map { try $0.string }
  }

  private mutating func add(_ place: String, key: RedisArgument, _ redis: RedisConnection) throws {
    for (member, score) in try redis.command("ZRANGE", key, "0", "-1", "WITHSCORES").pairs {
      let token = RedisArgument(try member.bytes)
      places[token, default: []].append(place)
      scores.append((token, try score.string, place))
    }
  }

  /// Members and scores of a removal's list of before-images, flat.
  private static let removed: RedisArgument = """
    local flat = {}
    for _, packed in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do
      local entry = cmsgpack.unpack(packed)
      for i, member in ipairs(entry.members) do
        flat[#flat + 1] = member
        flat[#flat + 1] = entry.scores[i]
      end
    end
    return flat
    """

  /// The before-image of a removal or an expiry is a place; those of other changes are copies.
  private mutating func addImage(_ key: String, _ shape: ChaosShape, _ redis: RedisConnection) throws {
    // Behind the scope: the names of images are counted as if they stood at the beginning.
    let words = key.replacingScope.split(separator: ":", omittingEmptySubsequences: false)
    if words.count == 6, words[3] == "key", words[4] == "info" {
      side[RedisArgument(String(words[5])), default: []].append(String(words[2]))
    }
    let isActive = words.count == 5 && words[4] == "active"
    guard words.count == 3 || isActive else { return }
    let record = RedisArgument("usher:{waiting}:operation:\(words[2])")
    let command = try redis.command("HGET", record, "command").optional?.string
    guard command == "queue remove" || command == "queue expire" else { return }
    let people =
      isActive
      ? try redis.command("ZRANGE", RedisArgument(key), "0", "-1", "WITHSCORES")
      : try redis.command("EVAL", Self.removed, "1", RedisArgument(key))
    for (member, score) in try people.pairs {
      let entry = RedisArgument(try member.bytes)
      let token = isActive ? shape.token(in: entry) : entry
      places[token, default: []].append("trash \(words[2])")
      if !isActive { scores.append((token, try score.string, key)) }
    }
  }
}

extension String {
  /// A key of usher's without its scope: `usher:before:ID`.
  fileprivate var replacingScope: String {
    guard let scope = firstRange(of: ":{waiting}:") else { return self }
    return self[..<scope.lowerBound] + ":" + self[scope.upperBound...]
  }
}
