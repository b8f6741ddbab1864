/// Patterns as the server's MATCH reads them.
public enum RedisGlob {
  /// The pattern that matches exactly these bytes: a `\` before each byte that a pattern would read as something else.
  ///
  /// Source: https://redis.io/docs/latest/commands/keys/
  public static func escaped(_ bytes: [UInt8]) -> [UInt8] {
    var escaped: [UInt8] = []
    escaped.reserveCapacity(bytes.count)
    for byte in bytes {
      if special.contains(byte) { escaped.append(UInt8(ascii: "\\")) }
      escaped.append(byte)
    }
    return escaped
  }

  private static let special = Array("*?[]\\^-".utf8)
}
