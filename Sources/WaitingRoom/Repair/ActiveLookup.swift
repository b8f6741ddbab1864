import Redis

/// Somebody who is looked for among the active.
struct Sought {
  /// What the active store would call the person.
  var name: [UInt8]
  /// The token, if all who have it are meant; nil if the operator gave a whole member, which means nobody else.
  var token: [UInt8]?
}

extension WaitingRoom {
  /// The entries that may be those of the people sought, in their order.
  ///
  /// People who cannot be found by name are found by one scan for all of them.
  ///
  /// - Parameter byName: whether those too are given that a name tells, be they there or not.
  func activeEntries(of people: [Sought], byName: Bool) throws -> [[StoredEntry]] {
    var found = people.map { person in
      !byName
        ? []
        : layout.active.entry(named: RedisArgument(person.name))
          .map { [StoredEntry(entry: $0, name: person.name, isLive: true)] } ?? []
    }
    guard !findsActiveByToken, !people.isEmpty else { return found }
    var (named, withToken): ([[UInt8]: [Int]], [[UInt8]: [Int]]) = ([:], [:])
    for (index, person) in people.enumerated() {
      named[person.name, default: []].append(index)
      if let token = person.token { withToken[token, default: []].append(index) }
    }
    try walkActive(matching: people.count == 1 ? glob(of: people[0]) : nil) { entry in
      let meant = (named[entry.name] ?? []) + (withToken[token(ofActive: entry.name)] ?? [])
      for index in meant where !found[index].contains(where: { $0.entry == entry.entry }) {
        found[index].append(entry)
      }
    }
    return found
  }

  /// A pattern that all names of somebody match; nil if none is known.
  private func glob(of person: Sought) -> RedisArgument? {
    guard let token = person.token, layout.active.naming == nil else {
      return RedisArgument(RedisGlob.escaped(person.name))
    }
    // A member that cannot be read is called by its own name.
    return layout.member.reading(person.name) == nil ? nil : layout.member.glob(token: token)
  }

  /// Which of the entries are there, whether or not their time is over.
  func areStored(_ entries: [RedisArgument]) throws -> Set<RedisArgument> {
    var found: Set<RedisArgument> = []
    let batches = Batches(elements: entries, size: Self.batchLimit)
    for number in stride(from: 1, through: batches.count, by: 1) {
      let part = batches.batch(number)
      let tickets = try part.map { try redis.append(presence(of: $0)) }
      for (entry, ticket) in zip(part, tickets) {
        let reply = try redis.checked(ticket)
        if reply != .null, reply != .integer(0) { found.insert(entry) }
      }
    }
    return found
  }

  private func presence(of entry: RedisArgument) -> [RedisArgument] {
    switch layout.active.keyType {
    case "set": ["SISMEMBER", RedisArgument(layout.active.key), entry]
    case "zset": ["ZSCORE", RedisArgument(layout.active.key), entry]
    default: ["EXISTS", entry]
    }
  }
}
