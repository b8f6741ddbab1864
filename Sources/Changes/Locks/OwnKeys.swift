/// The names of usher's own keys in Redis, next to one key of the service.
///
/// Every name starts with `usher:` and holds the hash tag of the service's key, so that a script may touch both on a cluster:
/// `usher:{waiting_tokens}:lock` lies in the slot of `waiting_tokens`. A key that has a tag of its own keeps it, and is written out
/// behind it: `usher:{42}:queue:{42}:wait:lock`. (A key with `}` outside of a tag cannot be a tag; its names lie in another slot.)
/// Source: Redis cluster specification, "Hash tags".
public struct OwnKeys: Hashable, Sendable {
  /// Every key of usher's own starts with this.
  public static let prefix = "usher:"
  /// The sorted set of all operations in this database; see `RedisJournal`.
  static let operations = "\(prefix)operations"
  /// The names for evictions and warming, which work on keys of any slot.
  public static let caches = OwnKeys(scope: "{caches}:")

  /// The text between the prefix and a name: `{waiting_tokens}:`.
  let scope: String

  /// The names that lie in the hash slot of this key of the service.
  public init(beside key: String) {
    scope = Self.hashTag(of: key).map { "{\($0)}:\(key):" } ?? "{\(key)}:"
  }

  init(scope: String) { self.scope = scope }

  /// The hash of one operation. Changing scripts add to its field `changed` in the same step as they change.
  public func operation(_ id: OperationID) -> String { "\(operationPrefix)\(id)" }
  /// What `operation` puts before an id, for scripts that find another operation's record.
  public var operationPrefix: String { name("operation:") }
  /// The list of an operation's before-images, and what the names of the single images begin with.
  public func beforeImages(_ id: OperationID) -> String { name("before:\(id)") }
  /// The string that shows that an operation runs; see `Heartbeat`.
  func heartbeat(_ id: OperationID) -> String { name("alive:\(id)") }
  /// The string whose value is the token of the run that may change something now; see `RedisLock`.
  var lock: String { name("lock") }
  /// Exists while another run waits for the lock.
  var lockQueue: String { name("lock:queue") }
  /// Another name of the same scope.
  public func name(_ word: String) -> String { "\(Self.prefix)\(scope)\(word)" }

  /// What is between the first `{` and the first `}` behind it; nil if that is nothing, because then the whole key is hashed.
  private static func hashTag(of key: String) -> Substring? {
    guard let open = key.firstIndex(of: "{"), let close = key[open...].firstIndex(of: "}") else { return nil }
    let tag = key[key.index(after: open)..<close]
    return tag.isEmpty ? nil : tag
  }
}
