/// A server's version, as INFO gives it.
public struct RedisVersion: Comparable, CustomStringConvertible, Sendable {
  public var major: Int
  public var minor: Int
  public var patch: Int

  public init(_ major: Int, _ minor: Int = 0, _ patch: Int = 0) {
    self.major = major
    self.minor = minor
    self.patch = patch
  }

  /// Reads `7.0.15`; what is missing or not a number counts as zero.
  public init(_ text: String) {
    let parts = text.split(separator: ".").map { Int($0.prefix { $0.isNumber }) ?? 0 } + [0, 0, 0]
    self.init(parts[0], parts[1], parts[2])
  }

  public static func < (left: RedisVersion, right: RedisVersion) -> Bool {
    (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
  }

  public var description: String { "\(major).\(minor).\(patch)" }
}

extension RedisConnection {
  /// The fields of one section of INFO (`server`, `memory`, `replication`), or of all default sections.
  ///
  /// Source: https://redis.io/docs/latest/commands/info/
  public func information(_ section: String = "default") throws(RedisError) -> [String: String] {
    var fields: [String: String] = [:]
    for line in try command("INFO", RedisArgument(section)).string.split(whereSeparator: \.isNewline) {
      guard !line.hasPrefix("#"), let colon = line.firstIndex(of: ":") else { continue }
      fields[String(line[..<colon])] = String(line[line.index(after: colon)...])
    }
    if let version = fields["redis_version"] { knownVersion = RedisVersion(version) }
    return fields
  }

  /// Asked once for each connection, if INFO was not read for another reason.
  public var serverVersion: RedisVersion {
    get throws(RedisError) {
      if let knownVersion { return knownVersion }
      return RedisVersion(try information("server")["redis_version"] ?? "")
    }
  }
}
