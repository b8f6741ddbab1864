import Redis

/// One way of keeping the admitted: what usher has to know about it, and the Lua by which its scripts work on it.
public protocol ActiveForm: Sendable {
  /// The key, or what the keys of a family begin with; the local `active` of scripts.
  var key: String { get }
  /// How long an admission holds; the local `lifetime` of scripts, where 0 stands for nil.
  var lifetimeMilliseconds: Int? { get }
  /// What TYPE says of `key` when somebody is active; nil for a family of keys.
  var keyType: String? { get }
  /// How a waiting member is read to know what it is called here; nil if it keeps its own name.
  var naming: MemberForm? { get }
  /// Why the time of an admission cannot be read; nil if it can.
  var timelessReason: String? { get }
  /// How many there may be for scripts to find somebody; nil if they find everybody at any size, by name.
  var walkLimit: Int? { get }
  /// Functions that scripts call; `active` and `lifetime` stand before them as locals, and so do `renames` and `name_of(member)`,
  /// see `MemberForm.library`. `now` is milliseconds by the server's clock. People go in and out by their waiting members.
  ///
  /// `active_count(now)` → a number, or nil if only a scan of the keys could tell;
  /// `active_among(image, tokens, now)` → a list of those who are active, in any order; `image` is a sorted set of the same
  /// tokens, for what the server can compare by itself, or nil;
  /// `add_active(tokens, now)`, `remove_active(tokens)` → nothing. No list of tokens is ever empty or longer than a batch.
  var library: String { get }
  /// Functions by which repairs work on single entries, whatever people are called; `library` stands before them, and so does what
  /// `RepairScript` has. An entry is one member of the store, or one key, to the letter.
  ///
  /// `found_entries(entries)` → those that are there, whether or not their time is over;
  /// `live_entries(entries, now)` → those that are there and hold;
  /// `take_entries(image, entries, now)` takes out entries that were found, and keeps under `image` (a sorted set of them) what
  /// `give_entries(image, allowed, now)` needs to put those back that are keys of `allowed` → a list of those that are back.
  var entryLibrary: String { get }
  /// The entry of a person with this name; nil if only a scan can find it, because an entry contains more than the name.
  func entry(named name: RedisArgument) -> RedisArgument?
  /// All entries, a page at a time and in no order, nil at the end; one may come twice.
  ///
  /// - Parameter glob: a pattern of names; those that do not match it are left out.
  func entries(
    on redis: RedisConnection, matching glob: RedisArgument?, nowMilliseconds: Int
  ) throws -> () throws -> [StoredEntry]?
  /// Expired people who are still stored; nil if the store does not have their times, or removes them itself.
  ///
  /// - Parameter limit: for how many of them the entries are given, those longest over first.
  func overdue(on redis: RedisConnection, nowMilliseconds: Int, limit: Int) throws -> Overdue?
  /// Reads how many are active, and what an operator has to know about it.
  func observe(on redis: RedisConnection, nowMilliseconds: Int) throws -> ActiveObservation
  /// Asks for one name; what is called later reads the answer, so that the question travels with others.
  func look(for name: RedisArgument, on redis: RedisConnection) throws -> (_ nowMilliseconds: Int) throws ->
    ActiveEntry?
  /// Those who are active, a page at a time, nil at the end; a page may be empty. In the order of the store's scores, else in none,
  /// and there somebody may come twice when the store grows meanwhile.
  func pages(on redis: RedisConnection, from: Int, nowMilliseconds: Int) throws -> () throws -> [ActiveEntry]?
  /// How many were admitted in the last milliseconds of each window and are still active; nil if the store has no such times.
  func admitted(within windows: [Int], on redis: RedisConnection, nowMilliseconds: Int) throws -> [Flow]?
}

extension ActiveForm {
  public var naming: MemberForm? { nil }

  public var walkLimit: Int? { nil }

  public func overdue(on redis: RedisConnection, nowMilliseconds: Int, limit: Int) throws -> Overdue? { nil }

  /// The windows cut to what the store remembers: who was admitted longer ago than the lifetime is no longer there.
  func remembered(_ windows: [Int]) -> [Int] { windows.map { min($0, lifetimeMilliseconds ?? $0) } }
}

/// Somebody in the active store.
public struct ActiveEntry: Equatable, Sendable {
  /// What the store calls the person: a waiting member, or a token, see `ActiveForm.naming`.
  public var name: [UInt8]
  public var admittedMilliseconds: Int?
  /// When the admission expires; nil if it never does, or if the store has no time for each person.
  public var expiresMilliseconds: Int?

  public init(name: [UInt8], admittedMilliseconds: Int? = nil, expiresMilliseconds: Int? = nil) {
    self.name = name
    self.admittedMilliseconds = admittedMilliseconds
    self.expiresMilliseconds = expiresMilliseconds
  }
}

/// The result of one look at the admitted people.
public struct ActiveObservation: Equatable, Sendable {
  public var count: Int
  /// What is left of the whole key's time to live; nil if there is none.
  public var wholeKeyTTLMilliseconds: Int?
  /// Sentences about what is wrong.
  public var warnings: [String]

  public init(count: Int, wholeKeyTTLMilliseconds: Int? = nil, warnings: [String] = []) {
    self.count = count
    self.wholeKeyTTLMilliseconds = wholeKeyTTLMilliseconds
    self.warnings = warnings
  }
}

/// The unit in which a store writes its times.
public enum TimeUnit: Int, Sendable {
  case milliseconds = 1
  case seconds = 1000
}
