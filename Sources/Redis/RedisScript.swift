/// A Lua script that the server runs as one atomic step.
public struct RedisScript: Sendable {
  /// What errors call it, such as `admit`.
  public let name: String
  public let source: String
  /// The digest that EVALSHA takes.
  public let digest: String

  public init(name: String, source: String) {
    self.name = name
    self.source = source
    self.digest = SHA1.hexadecimal(of: source.utf8)
  }
}
