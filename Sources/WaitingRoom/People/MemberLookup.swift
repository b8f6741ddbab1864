import Redis

/// Where somebody waits.
struct WaitingPlace {
  var member: RedisArgument
  var score: Double
}

extension WaitingRoom {
  /// The waiting members that the operator's words mean (a token, or a whole member); in the words' order, nil if nobody is meant.
  ///
  /// Where the member is not the token itself, words that are no whole member take one scan of the waiting room for all of them. Of
  /// two members with one token the one further in front is meant.
  public func waitingMembers(for words: [RedisArgument]) throws -> [RedisArgument?] {
    try waitingPlaces(for: words).map { $0?.member }
  }

  /// As `waitingMembers`, with the score of each.
  func waitingPlaces(for words: [RedisArgument]) throws -> [WaitingPlace?] {
    var places = zip(words, try scores(of: words)).map { word, score in
      score.map { WaitingPlace(member: word, score: $0) }
    }
    guard layout.member != .token else { return places }
    let open = Set(zip(words, places).compactMap { $1 == nil ? $0.bytes : nil })
    guard !open.isEmpty else { return places }
    let only = open.count == 1 ? open.first : nil
    let found = try membersInFront(matching: only.flatMap(layout.member.glob(token:))) { reading in
      open.contains(reading.token) ? reading.token : nil
    }
    for index in places.indices where places[index] == nil { places[index] = found[words[index].bytes] }
    return places
  }

  /// The waiting member of a user; nil if there is none, or where members do not name their user.
  func waitingMember(ofUser user: RedisArgument) throws -> RedisArgument? {
    guard layout.member.namesUsers else { return nil }
    return try membersInFront(matching: layout.member.glob(user: user.bytes)) { reading in
      reading.user == user.bytes ? user.bytes : nil
    }[user.bytes]?.member
  }

  /// The scores of those words that are members of the line, a page at a time. ZMSCORE came with Redis 6.2; where the server
  /// refuses it, each word is asked for.
  private func scores(of words: [RedisArgument]) throws -> [Double?] {
    let key = RedisArgument(layout.waitingKey)
    let pages = Batches(elements: words, size: Self.batchLimit)
    var answers: [Double?] = []
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
        for score in scores { answers.append(try score.optional?.double) }
      } else {
        let tickets = try page.map { try redis.append(["ZSCORE", key, $0]) }
        for ticket in tickets { answers.append(try redis.checked(ticket).optional?.double) }
      }
    }
    return answers
  }

  /// Of each key that `key` gives for a member, the member that is furthest in front; one scan.
  private func membersInFront(
    matching glob: RedisArgument?, by key: (MemberReading) -> [UInt8]?
  ) throws -> [[UInt8]: WaitingPlace] {
    var found: [[UInt8]: WaitingPlace] = [:]
    var walk = ElementScan(redis, command: "ZSCAN", key: RedisArgument(layout.waitingKey), match: glob)
    while let page = try walk.nextScoredPage() {
      for row in page {
        let member = try row.member.bytes
        guard let reading = layout.member.reading(member), let key = key(reading) else { continue }
        let score = try row.score.double
        if let known = found[key],
          known.score < score || (known.score == score && !member.lexicographicallyPrecedes(known.member.bytes))
        {
          continue
        }
        found[key] = WaitingPlace(member: RedisArgument(member), score: score)
      }
    }
    return found
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
