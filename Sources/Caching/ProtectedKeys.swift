import Failures
import Glibc
import Redis
import Text

/// The keys that no cache operation may touch: those of configured queues, and usher's own.
public struct ProtectedKeys: Equatable, Sendable {
  /// One key, and whose it is.
  public struct Key: Hashable, Sendable {
    public let bytes: [UInt8]
    /// In the user's words, for the refusal: `queue "tickets"`.
    public let owner: String

    public init(_ text: String, owner: String) {
      bytes = Array(text.utf8)
      self.owner = owner
    }
  }

  /// All keys whose names have one shape, and whose they are.
  public struct Family: Hashable, Sendable {
    public let shape: KeyGlob
    public let owner: String

    public init(prefix: String, owner: String) {
      shape = KeyGlob(keysBeginningWith: Array(prefix.utf8))
      self.owner = owner
    }

    /// A name with placeholders, `users:queue:{concert}:wait`, each of which stands for anything.
    public init(template: String, owner: String) {
      var source: [UInt8] = []
      var rest = Array(template.utf8)[...]
      while let open = rest.firstIndex(of: UInt8(ascii: "{")),
        let close = rest[open...].firstIndex(of: UInt8(ascii: "}"))
      {
        source += RedisGlob.escaped(Array(rest[..<open])) + [UInt8(ascii: "*")]
        rest = rest[(close + 1)...]
      }
      shape = KeyGlob(source + RedisGlob.escaped(Array(rest)))
      self.owner = owner
    }
  }

  public var keys: [Key]
  public var families: [Family]

  public init(keys: [Key] = [], families: [Family] = []) {
    self.keys = keys
    self.families = families
  }

  /// Who owns the key, if anybody does.
  func owner(of key: UnsafeRawBufferPointer) -> String? {
    keys.first { $0.bytes.count == key.count && key.elementsEqual($0.bytes) }?.owner
      ?? families.first { $0.shape.matches(key) }?.owner
  }

  /// The first protected key that the selection names, as far as that is known without reading the database.
  func conflict(with selection: KeySelection) -> ProtectedKeyConflict? {
    for key in selection.keys {
      if let owner = key.withUnsafeBytes(owner(of:)) { return ProtectedKeyConflict(key: key, owner: owner) }
    }
    for pattern in selection.patterns {
      if let key = keys.first(where: { pattern.matches($0.bytes) }) {
        return ProtectedKeyConflict(key: key.bytes, owner: key.owner, pattern: pattern)
      }
    }
    return nil
  }

  /// The families of which a key could exist that a pattern of the selection matches; mostly none.
  func reachable(by selection: KeySelection) -> [Family] {
    families.filter { family in
      selection.patterns.contains { $0.couldMatch(keysBeginningWith: family.shape.literalPrefix) }
    }
  }
}

/// A protected key that an operation would have touched.
struct ProtectedKeyConflict: FailureConvertible, Equatable {
  let key: [UInt8]
  let owner: String
  /// The pattern that matched it; nil if the key was named itself.
  var pattern: KeyGlob?

  var failure: Failure {
    let name = ByteNotation.quoted(key)
    if let pattern {
      return Failure(
        .refused, "refused: the pattern \(ByteNotation.quoted(pattern.source)) touches the key \(name) of \(owner)",
        hints: ["narrow the pattern, for example to a prefix: --match 'concertOption::*'", "see: usher cache list"])
    }
    return Failure(
      .refused, "refused: the key \(name) belongs to \(owner)", hints: ["only cache entries can be evicted"])
  }
}
