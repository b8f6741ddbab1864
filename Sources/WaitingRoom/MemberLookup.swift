import Redis

extension WaitingRoom {
  /// The waiting members that the operator's words mean (a token, or a whole member); in the words' order, nil where nobody is meant.
  public func waitingMembers(for words: [RedisArgument]) throws -> [RedisArgument?] {
    let key = RedisArgument(layout.waitingKey)
    var members: [RedisArgument?] = []
    members.reserveCapacity(words.count)
    for start in stride(from: 0, to: words.count, by: 1000) {
      let part = words[start..<min(words.count, start + 1000)]
      for (word, reply) in zip(part, try redis.pipeline(part.map { ["ZSCORE", key, $0] })) {
        members.append(reply == .null ? nil : word)
      }
    }
    return members
  }
}
