/// A cache in Redis as the file describes it.
public struct CacheSettings: Equatable, Sendable {
  /// Which keys belong to a cache.
  public enum Keys: Equatable, Sendable {
    /// This key only, whatever characters it holds.
    case key(String)
    /// All keys that start with this text, taken literally.
    case prefix(String)
    /// All keys that a Redis glob pattern matches.
    case match(String)
  }

  /// How the cache is filled.
  public struct Warming: Equatable, Sendable {
    public let sql: Sourced<String>
    /// Nil where the keys do not expire.
    public let ttl: Sourced<Duration>?
  }

  public let name: String
  public let place: Place
  public let keys: Sourced<Keys>
  public let warming: Warming?

  /// Nil, with a problem reported, for an entry that cannot be used.
  init?(_ member: Tree.Member, problems: ProblemList) {
    name = member.key
    place = member.keyPlace
    let subject = "cache '\(name)'"
    let section = SectionReader(member.value, CacheKeys.keys, subject: subject, at: place, problems: problems)
    let warm = section.section(\.warm, problems: problems)
    warming = warm?.value(\.sql).map { Warming(sql: $0, ttl: warm?.value(\.ttl)) }
    let declared: [any DeclaredKey] = [section.keys.key, section.keys.prefix, section.keys.match]
    let count = declared.count { section.isPresent($0) }
    if count != 1 {
      let names = declared.map { "'\($0.name)'" }.joined(separator: ", ")
      problems.add(
        "\(subject) must have exactly one of \(names); it has \(count == 0 ? "none" : "\(count)")", at: place)
    }
    let given = [
      section.value(\.key)?.map(Keys.key), section.value(\.prefix)?.map(Keys.prefix),
      section.value(\.match)?.map(Keys.match),
    ]
    guard count == 1, let keys = given.compactMap({ $0 }).first else { return nil }
    self.keys = keys
  }
}
