import Arguments

/// A cache in Redis as the file describes it.
public struct CacheSettings: Equatable, Sendable {
  /// Which keys belong to a cache.
  public enum Keys: Equatable, Sendable {
    /// Exactly this key, whatever characters it holds.
    case key(String)
    /// All keys that begin so, taken literally.
    case prefix(String)
    /// All keys that a Redis glob matches.
    case match(String)
  }

  /// How the cache is filled again.
  public struct Warming: Equatable, Sendable {
    public let sql: Sourced<String>
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
    let subject = "cache \"\(name)\""
    var section = SectionReader(member.value, subject: subject, problems: problems)
    let given: [Sourced<Keys>] = [
      section.text("key").map { Sourced(.key($0.value), $0.origin) },
      section.text("prefix").map { Sourced(.prefix($0.value), $0.origin) },
      section.text("match").map { Sourced(.match($0.value), $0.origin) },
    ].compactMap { $0 }
    var warm = section.section("warm", subject: "warm of \(subject)")
    if let sql = warm?.text("sql") {
      warming = Warming(sql: sql, ttl: warm?.value("ttl", .duration(.milliseconds(1)...)))
    } else {
      _ = warm?.value("ttl", .duration(.milliseconds(1)...))
      if let warm, !warm.has("sql") { problems.add("warm of \(subject) has no \"sql\"", at: warm.place) }
      warming = nil
    }
    warm?.finish()
    section.finish()
    let count = ["key", "prefix", "match"].count { section.has($0) }
    if count != 1 {
      problems.add(
        "\(subject) needs one of \"key\", \"prefix\" and \"match\", and has \(count == 0 ? "none" : "\(count)")",
        at: member.keyPlace)
    }
    guard count == 1, let keys = given.first else { return nil }
    self.keys = keys
  }
}
