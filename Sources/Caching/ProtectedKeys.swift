import Failures
import Glibc

/// The keys that no cache operation may touch: those of configured queues, and usher's own.
public struct ProtectedKeys: Equatable, Sendable {
  /// One key, or all keys with one prefix, and whose they are.
  public struct Entry: Hashable, Sendable {
    public let bytes: [UInt8]
    /// In the user's words, for the refusal: `queue "tickets"`.
    public let owner: String

    public init(_ bytes: [UInt8], owner: String) {
      self.bytes = bytes
      self.owner = owner
    }

    public init(_ text: String, owner: String) {
      self.init(Array(text.utf8), owner: owner)
    }
  }

  public var exact: [Entry]
  public var prefixes: [Entry]

  public init(exact: [Entry] = [], prefixes: [Entry] = []) {
    self.exact = exact
    self.prefixes = prefixes
  }

  /// Who owns the key, if anybody does.
  func owner(of key: UnsafeRawBufferPointer) -> String? {
    if let entry = exact.first(where: { $0.bytes.count == key.count && key.begins(with: $0.bytes) }) {
      return entry.owner
    }
    return prefixes.first { key.begins(with: $0.bytes) }?.owner
  }

  /// The first protected key that the selection names, as far as that is known without reading the database.
  func conflict(with selection: KeySelection) -> ProtectedKeyConflict? {
    for key in selection.keys {
      if let owner = key.withUnsafeBytes(owner(of:)) { return ProtectedKeyConflict(key: key, owner: owner) }
    }
    for pattern in selection.patterns {
      if let entry = exact.first(where: { pattern.matches($0.bytes) }) {
        return ProtectedKeyConflict(key: entry.bytes, owner: entry.owner, pattern: pattern)
      }
    }
    return nil
  }

  /// The prefixes under which a key could exist that a pattern of the selection matches; mostly none.
  func reachable(by selection: KeySelection) -> ProtectedKeys {
    ProtectedKeys(
      prefixes: prefixes.filter { entry in
        selection.patterns.contains { $0.couldMatch(keysBeginningWith: entry.bytes) }
      })
  }
}

/// A protected key that an operation would have touched.
struct ProtectedKeyConflict: FailureConvertible, Equatable {
  let key: [UInt8]
  let owner: String
  /// The pattern that matched it; nil where the key was named itself.
  var pattern: KeyGlob?

  var failure: Failure {
    let name = KeyText.quoted(key)
    if let pattern {
      return Failure(
        .refused, "refused: the pattern \(KeyText.quoted(pattern.source)) touches the key \(name) of \(owner)",
        hints: ["narrow the pattern, for example to a prefix: --match 'concertOption::*'", "see: usher cache list"])
    }
    return Failure(
      .refused, "refused: the key \(name) belongs to \(owner)", hints: ["only cache entries can be evicted"])
  }
}

extension UnsafeRawBufferPointer {
  func begins(with prefix: [UInt8]) -> Bool {
    guard count >= prefix.count else { return false }
    guard let base = baseAddress else { return prefix.isEmpty }
    return memcmp(base, prefix, prefix.count) == 0
  }
}
