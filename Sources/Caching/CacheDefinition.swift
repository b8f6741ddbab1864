import Failures
import Redis
import Text

/// One cache of the service, as configured: which keys are its entries, and how it is filled again.
///
/// Exact keys are separate from patterns because a key such as Spring's `concerts::SimpleKey []` matches no pattern that is
/// spelled like it.
public struct CacheDefinition: Hashable, Sendable {
  public let name: String
  /// Keys that are entries of the cache by their exact bytes, each once.
  public let keys: [[UInt8]]
  /// What the names of its other entries match.
  public let patterns: [KeyGlob]
  public let warming: CacheWarming?

  /// Prefixes are taken literally; only `matches` are globs. Throws where the definition names nothing, or everything.
  public init(
    name: String, keys: [String] = [], prefixes: [String] = [], matches: [String] = [], warming: CacheWarming? = nil
  ) throws {
    guard !(keys.isEmpty && prefixes.isEmpty && matches.isEmpty) else {
      throw Failure(
        .configuration, "cache '\(name)' has no key", hints: ["give it a `key`, a `prefix` or a `match`"])
    }
    guard !prefixes.contains(""), !matches.contains("") else {
      throw Failure(
        .configuration, "cache '\(name)' has an empty prefix or match",
        hints: ["give the first characters that its keys share, for example `concertOption::`"])
    }
    let patterns = prefixes.map { KeyGlob(keysBeginningWith: Array($0.utf8)) } + matches.map { KeyGlob($0) }
    guard !patterns.contains(where: \.matchesEveryKey) else {
      throw Failure(
        .configuration, "cache '\(name)' covers every key of the database",
        hints: ["give the first characters that its keys share, for example `concertOption::`"])
    }
    self.name = name
    self.keys = keys.map { Array($0.utf8) }.withoutRepetitions()
    self.patterns = patterns.withoutRepetitions()
    self.warming = warming
  }
}

/// How a cache is filled from the database.
public struct CacheWarming: Hashable, Sendable {
  /// One statement whose rows have a `key` and a `value`, text or bytea.
  public let query: String
  /// The time to live of an entry; nil means no expiry.
  public let timeToLive: Duration?
  /// The position of the query in the config file: `config.yaml:12:14`.
  public let place: String?

  public init(query: String, timeToLive: Duration?, place: String? = nil) {
    self.query = query
    self.timeToLive = timeToLive
    self.place = place
  }
}

extension Array where Element: Hashable {
  /// Each element once, at its first position.
  func withoutRepetitions() -> [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}

extension CacheDefinition {
  /// Its keys and patterns for people: `concerts::SimpleKey []`, `concertOption::*`.
  public var extent: String {
    (keys.map(ByteNotation.encode) + patterns.map { ByteNotation.encode($0.source) }).joined(separator: ", ")
  }
}
