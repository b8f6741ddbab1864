import Redis

/// One member of the active store, or one key of it, as a scan meets it.
public struct StoredEntry: Equatable, Sendable {
  /// Exactly the bytes that a script removes or returns.
  public var entry: RedisArgument
  /// What the store calls the person, see `ActiveForm.naming`.
  public var name: [UInt8]
  /// The time is not over.
  public var isLive: Bool

  public init(entry: RedisArgument, name: [UInt8], isLive: Bool) {
    self.entry = entry
    self.name = name
    self.isLive = isLive
  }
}

/// Those in the active store that have expired.
public struct Overdue: Equatable, Sendable {
  /// Somebody all of whose entries are over.
  public struct Person: Equatable, Sendable {
    public var name: [UInt8]
    public var entries: [RedisArgument]
  }

  /// How many there are in all.
  public var count: Int
  /// As many as were asked for, those longest over first.
  public var people: [Person]
}

/// What both sets share: an entry is there or is not.
let setEntryLookup = """
  local function found_entries(entries)
    local found = {}
    for _, entry in ipairs(entries) do
      if redis.call('SISMEMBER', active, entry) == 1 then found[#found + 1] = entry end
    end
    return found
  end
  """
