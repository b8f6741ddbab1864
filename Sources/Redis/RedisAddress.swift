import Text

/// The reading of an address: a split into parts first, a decision by scheme second.
extension RedisTarget {
  /// Reads an address, or says what is wrong with it without repeating a word of it that could be a password.
  public init(_ address: String) throws(RedisError) {
    let address = address.trimmingSpaces()
    guard !address.isEmpty else { throw .badAddress("the address of Redis is empty") }
    guard !address.utf8.contains(0) else { throw .badAddress("the address of Redis holds a NUL character") }
    if address.hasPrefix("/") {
      let (path, query) = address.split(at: "?")
      self.init(socket: path, database: try Self.database(inQuery: query))
      return
    }
    guard let separator = address.firstRange(of: "://") else {
      try self.init(authority: address)
      return
    }
    let scheme = address[..<separator.lowerBound].lowercased()
    let rest = String(address[separator.upperBound...])
    switch scheme {
    case "redis", "valkey", "tcp", "redis+tcp":
      try self.init(authority: rest)
    case "unix", "redis+unix", "redis-socket", "redis+socket":
      try self.init(socketAddress: rest)
    case "rediss", "redis+tls", "valkeys", "tls":
      throw .badAddress(
        "\(scheme):// needs TLS, which usher's Redis client does not have",
        hints: [
          "run stunnel beside usher (client = yes) and give its local port: redis://127.0.0.1:PORT",
          "check the server itself with `redis-cli --tls -h HOST -p PORT PING`",
        ])
    default:
      throw .badAddress(
        "'\(scheme)://' is not a scheme for Redis",
        hints: ["write redis://HOST:PORT/DB, unix:///PATH?db=DB, or a socket's path"])
    }
  }

  /// `[user[:password]@]host[:port][/db][?db=N]`
  private init(authority text: String) throws(RedisError) {
    // A password may hold "/", "?" or "@" unescaped: the last "@" ends the user's part, and path and query come after it.
    let (userPart, afterUser) = text.split(atLast: "@")
    let (place, query) = afterUser.split(at: "?")
    let (hostPart, path) = place.split(at: "/")
    let (host, port) = try Self.hostAndPort(hostPart)
    var database = try Self.database(inQuery: query)
    if let path, !path.isEmpty { database = try Self.database(path) }
    self.init(endpoint: .tcp(host: host.isEmpty ? "localhost" : host, port: port), database: database)
    try setUser(userPart)
  }

  /// `[user[:password]@]/path[?db=N]`
  private init(socketAddress text: String) throws(RedisError) {
    let (userPart, place) = text.hasPrefix("/") ? (nil, text) : text.split(atLast: "@")
    let (path, query) = place.split(at: "?")
    guard path.hasPrefix("/") else {
      throw .badAddress("the address of Redis names no absolute socket path", hints: ["write unix:///PATH?db=DB"])
    }
    self.init(socket: try Self.decoded(path, part: "path"), database: try Self.database(inQuery: query))
    try setUser(userPart)
  }

  private mutating func setUser(_ part: String?) throws(RedisError) {
    guard let part else { return }
    let (user, password) = part.split(at: ":")
    self.user = user.isEmpty ? nil : try Self.decoded(user, part: "user")
    if let password { self.password = try Self.decoded(password, part: "password") }
  }

  private static func hostAndPort(_ text: String) throws(RedisError) -> (String, UInt16) {
    if text.hasPrefix("[") {
      guard let end = text.firstIndex(of: "]") else { throw .badAddress("the IPv6 address of Redis has no closing ]") }
      let host = String(text[text.index(after: text.startIndex)..<end])
      let rest = text[text.index(after: end)...]
      guard rest.isEmpty || rest.hasPrefix(":") else {
        throw .badAddress("the address of Redis has something other than a port after ]")
      }
      return (host, rest.isEmpty ? 6379 : try port(String(rest.dropFirst())))
    }
    let colons = text.count { $0 == ":" }
    if colons > 1 { throw .badAddress("an IPv6 address of Redis needs brackets", hints: ["write redis://[::1]:6379"]) }
    let (host, port) = text.split(at: ":")
    return (try decoded(host, part: "host"), port == nil ? 6379 : try Self.port(port ?? ""))
  }

  private static func port(_ text: String) throws(RedisError) -> UInt16 {
    guard let port = UInt16(text), port > 0, text.allSatisfy(\.isASCIIDigit) else {
      throw .badAddress("the address of Redis has a port that is not a number from 1 to 65535")
    }
    return port
  }

  private static func database(_ text: String) throws(RedisError) -> Int {
    guard let number = Int(text), text.allSatisfy(\.isASCIIDigit) else {
      throw .badAddress(
        "the address of Redis has a database that is not a number", hints: ["write redis://HOST:PORT/0"])
    }
    return number
  }

  /// The settings that other clients read from an address and that do not change where it leads.
  private static let otherClientsSettings: Set<String> = ["timeout", "protocol", "client_name", "clientname"]

  private static func database(inQuery query: String?) throws(RedisError) -> Int {
    var database = 0
    for pair in (query ?? "").split(separator: "&") {
      let (name, value) = String(pair).split(at: "=")
      switch name.lowercased() {
      case "db", "database": database = try Self.database(value ?? "")
      case let name where otherClientsSettings.contains(name): continue
      case let name:
        throw .badAddress("'\(name)' is not a setting of a Redis address", hints: ["the only one is db, as in ?db=1"])
      }
    }
    return database
  }

  private static func decoded(_ text: String, part: String) throws(RedisError) -> String {
    guard let decoded = text.percentDecoded() else {
      throw .badAddress(
        "the \(part) in the address of Redis has a % without two hexadecimal digits after it",
        hints: ["write a percent sign as %25"])
    }
    // The system would take what stands before it for the whole, and lead to another server.
    if ["host", "path"].contains(part), decoded.utf8.contains(0) {
      throw .badAddress("the \(part) in the address of Redis holds a NUL character")
    }
    return decoded
  }
}

extension String {
  fileprivate func split(at separator: Character) -> (String, String?) {
    guard let index = firstIndex(of: separator) else { return (self, nil) }
    return (String(self[..<index]), String(self[self.index(after: index)...]))
  }

  fileprivate func split(atLast separator: Character) -> (String?, String) {
    guard let index = lastIndex(of: separator) else { return (nil, self) }
    return (String(self[..<index]), String(self[self.index(after: index)...]))
  }

  fileprivate func trimmingSpaces() -> String {
    var text = self[...]
    while text.first?.isWhitespace == true { text = text.dropFirst() }
    while text.last?.isWhitespace == true { text = text.dropLast() }
    return String(text)
  }

  /// Nil when an escape is not two hexadecimal digits, or when the bytes are not UTF-8.
  fileprivate func percentDecoded() -> String? {
    guard utf8.contains(UInt8(ascii: "%")) else { return self }
    var bytes: [UInt8] = []
    var rest = Array(utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst()?.hexadecimalValue, let low = rest.popFirst()?.hexadecimalValue else {
        return nil
      }
      bytes.append(high << 4 | low)
    }
    return String(validating: bytes, as: UTF8.self)
  }
}

extension Character {
  fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
