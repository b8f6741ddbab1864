import Redis

/// What a script cannot find by itself, because it knows people by one name and the stores have them under others: looked up from
/// outside, in small pages, before the script runs.
///
/// In the line that is so where members hold more than the token; in the active, where whole members or expiries stand there. Whoever
/// comes between such a scan and the script's turn is not seen: it would take a scan in the script, and those are too long.
extension WaitingRoom {
  /// Whether a script finds somebody in the active store by token, without a scan.
  var findsActiveByToken: Bool {
    layout.active.entry(named: "token") != nil && (layout.member == .token || layout.active.naming != nil)
  }

  /// What the active store calls somebody who would wait as this member.
  func activeName(ofMember member: [UInt8]) -> [UInt8] {
    layout.active.naming?.reading(member)?.token ?? member
  }

  /// The token of a person with this name in the active store; the name itself if it is not of the form.
  func token(ofActive name: [UInt8]) -> [UInt8] {
    layout.active.naming == nil ? token(ofMember: name) : name
  }

  func token(ofMember member: [UInt8]) -> [UInt8] { layout.member.reading(member)?.token ?? member }

  /// The tokens that only a scan can find: in line or set aside, and active.
  func found(byWalk tokens: Set<[UInt8]>) throws -> (inLine: Set<[UInt8]>, active: Set<[UInt8]>) {
    var found: (inLine: Set<[UInt8]>, active: Set<[UInt8]>) = ([], [])
    guard !tokens.isEmpty else { return found }
    if layout.member != .token {
      let keys = [layout.waitingKey] + (try parked()).map { parkedKey($0.operation) }
      for key in keys {
        var walk = ElementScan(redis, command: "ZSCAN", key: RedisArgument(key))
        while let page = try walk.nextPage() {
          found.inLine.formUnion(page.map(token(ofMember:)).filter(tokens.contains))
        }
      }
    }
    if !findsActiveByToken {
      try walkActive { entry in
        let token = token(ofActive: entry.name)
        if entry.isLive, tokens.contains(token) { found.active.insert(token) }
      }
    }
    return found
  }

  /// One scan of the active store.
  func walkActive(matching glob: RedisArgument? = nil, _ body: (StoredEntry) throws -> Void) throws {
    let now = try checkTypesAndReadClock()
    let next = try layout.active.entries(on: redis, matching: glob, nowMilliseconds: now)
    while let page = try next() { for entry in page { try body(entry) } }
  }

  /// People who are in this sorted set, with members as in the line, and are also active, each with the active entry.
  ///
  /// One scan of the active, and one over the set where its members hold more than the token.
  func alsoActive(in key: RedisArgument) throws -> [(member: RedisArgument, entry: RedisArgument)] {
    var found: [[UInt8]: RedisArgument] = [:]
    if layout.member == .token {
      // A page at a time: only who is in both is kept.
      var page: [(name: [UInt8], entry: RedisArgument)] = []
      func lookUp() throws {
        let tickets = try page.map { try redis.append(["ZSCORE", key, RedisArgument($0.name)]) }
        for (person, ticket) in zip(page, tickets) where try redis.checked(ticket) != .null {
          found[person.name] = person.entry
        }
        page = []
      }
      try walkActive { entry in
        if entry.isLive { page.append((token(ofActive: entry.name), entry.entry)) }
        if page.count == Self.batchLimit { try lookUp() }
      }
      try lookUp()
    } else {
      var entryOf: [[UInt8]: RedisArgument] = [:]
      try walkActive { entry in
        if entry.isLive { entryOf[token(ofActive: entry.name)] = entry.entry }
      }
      guard !entryOf.isEmpty else { return [] }
      var walk = ElementScan(redis, command: "ZSCAN", key: key)
      while let page = try walk.nextPage() {
        for member in page { if let entry = entryOf[token(ofMember: member)] { found[member] = entry } }
      }
    }
    return found.map { (RedisArgument($0.key), $0.value) }
  }
}
