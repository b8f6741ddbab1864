import Redis

extension ExpiringMemberSet {
  public func entry(named name: RedisArgument) -> RedisArgument? { nil }

  public func entries(
    on redis: RedisConnection, matching glob: RedisArgument?, nowMilliseconds: Int
  ) throws -> () throws -> [StoredEntry]? {
    let pattern = glob.map { RedisArgument($0.bytes + Array(":*".utf8)) }
    var walk = ElementScan(redis, command: "SSCAN", key: RedisArgument(key), match: pattern)
    return {
      try walk.nextPage()?.compactMap { member in
        reading(member).map {
          StoredEntry(entry: RedisArgument(member), name: $0.name, isLive: $0.expiry > nowMilliseconds)
        }
      }
    }
  }

  /// One scan. Somebody who has another member that has not expired was admitted again, and is not among them.
  public func overdue(on redis: RedisConnection, nowMilliseconds: Int, limit: Int) throws -> Overdue? {
    var live: Set<[UInt8]> = []
    var over: [[UInt8]: [RedisArgument: Int]] = [:]
    var walk = ElementScan(redis, command: "SSCAN", key: RedisArgument(key))
    while let page = try walk.nextPage() {
      for member in page {
        guard let (name, expiry) = reading(member) else { continue }
        if expiry > nowMilliseconds {
          live.insert(name)
        } else {
          over[name, default: [:]][RedisArgument(member)] = expiry
        }
      }
    }
    let people = over.filter { !live.contains($0.key) }.map { name, members in
      (latest: members.values.max() ?? 0, person: Overdue.Person(name: name, entries: Array(members.keys)))
    }
    let sorted = people.sorted {
      $0.latest != $1.latest ? $0.latest < $1.latest : $0.person.name.lexicographicallyPrecedes($1.person.name)
    }
    return Overdue(count: people.count, people: sorted.prefix(limit).map(\.person))
  }

  // A member holds its time, so the image has nothing to add; who was over comes back so. Somebody has a member for each admission,
  // and Lua's stack is bounded: a thousand go at a time.
  public var entryLibrary: String {
    """
    \(setEntryLookup)

    local function live_entries(entries, now)
      local found = {}
      for _, entry in ipairs(found_entries(entries)) do
        if is_current(entry, now) then found[#found + 1] = entry end
      end
      return found
    end

    local function take_entries(image, entries, now)
      local words = {}
      for i = 1, #entries do words[2 * i - 1], words[2 * i] = 0, entries[i] end
      for i = 1, #words, 1000 do redis.call('ZADD', image, unpack(words, i, math.min(i + 999, #words))) end
      redis.call('EXPIRE', image, kept_for)
      for i = 1, #entries, 1000 do redis.call('SREM', active, unpack(entries, i, math.min(i + 999, #entries))) end
    end

    local function give_entries(image, allowed, now)
      local back = {}
      for _, entry in ipairs(redis.call('ZRANGE', image, 0, -1)) do
        if allowed[entry] then back[#back + 1] = entry end
      end
      for i = 1, #back, 1000 do redis.call('SADD', active, unpack(back, i, math.min(i + 999, #back))) end
      return back
    end
    """
  }
}
