import Redis

extension WaitingRoom {
  /// The waiting members that the operator's words mean (a token, or a whole member); in the words' order, nil if nobody is meant.
  ///
  /// Where the member is not the token itself, words that are no whole member take one scan of the waiting room for all of them. Of
  /// two members with one token the one further in front is meant.
  public func waitingMembers(for words: [RedisArgument]) throws -> [RedisArgument?] {
    let isWaiting = try areWaiting(words)
    var members = zip(words, isWaiting).map { $1 ? $0 : nil }
    guard layout.member != .token else { return members }
    let open = Set(zip(words, members).compactMap { $1 == nil ? $0.bytes : nil })
    guard !open.isEmpty else { return members }
    let only = open.count == 1 ? open.first : nil
    let found = try membersInFront(matching: only.flatMap(layout.member.glob(token:))) { reading in
      open.contains(reading.token) ? reading.token : nil
    }
    for index in members.indices where members[index] == nil { members[index] = found[words[index].bytes] }
    return members
  }

  /// The waiting member of a user; nil if there is none, or where members do not name their user.
  func waitingMember(ofUser user: RedisArgument) throws -> RedisArgument? {
    guard layout.member.namesUsers else { return nil }
    return try membersInFront(matching: layout.member.glob(user: user.bytes)) { reading in
      reading.user == user.bytes ? user.bytes : nil
    }[user.bytes]
  }

  /// Which of the words are members of the line, a page at a time. ZMSCORE came with Redis 6.2; where the server
  /// refuses it, each word is asked for.
  private func areWaiting(_ words: [RedisArgument]) throws -> [Bool] {
    let key = RedisArgument(layout.waitingKey)
    let pages = Batches(elements: words, size: Self.batchLimit)
    var answers: [Bool] = []
    answers.reserveCapacity(words.count)
    // The next page is on its way while this one is read.
    var underWay: [(page: ArraySlice<RedisArgument>, ticket: RedisTicket)] = []
    for number in stride(from: 1, through: pages.count + 1, by: 1) {
      if number <= pages.count {
        let page = pages.batch(number)
        underWay.append((page, try redis.append(["ZMSCORE", key] + page)))
      }
      guard number > 1 else { continue }
      let (page, ticket) = underWay.removeFirst()
      if case .array(let scores) = try redis.reply(to: ticket) {
        answers += scores.map { $0 != .null }
      } else {
        let tickets = try page.map { try redis.append(["ZSCORE", key, $0]) }
        for ticket in tickets { answers.append(try redis.checked(ticket) != .null) }
      }
    }
    return answers
  }

  /// Of each key that `key` gives for a member, the member that is furthest in front; one scan.
  private func membersInFront(
    matching glob: RedisArgument?, by key: (MemberReading) -> [UInt8]?
  ) throws -> [[UInt8]: RedisArgument] {
    var found: [[UInt8]: (score: Double, member: [UInt8])] = [:]
    var walk = ElementScan(redis, command: "ZSCAN", key: RedisArgument(layout.waitingKey), match: glob)
    while let page = try walk.nextScoredPage() {
      for row in page {
        let member = try row.member.bytes
        guard let reading = layout.member.reading(member), let key = key(reading) else { continue }
        let score = try row.score.double
        if let known = found[key],
          known.score < score || (known.score == score && !member.lexicographicallyPrecedes(known.member))
        {
          continue
        }
        found[key] = (score, member)
      }
    }
    return found.mapValues { RedisArgument($0.member) }
  }
}

extension MemberForm {
  /// Whether members say which user waits.
  public var namesUsers: Bool {
    switch self {
    case .token: false
    case .tokenAndUser: true
    case .document(_, let user): user != nil
    }
  }
}
