/// Connection strings without their passwords.
///
/// In a string that is ambiguous or broken, more is hidden than is needed: a hidden host is a nuisance, a shown password is an
/// incident.
public enum Redaction {
  public static let mask = "****"

  /// The string with `****` in place of each password: in the user information and the parameters of an address, in `password=` of
  /// key=value pairs, and in `user:password@host` without a scheme. What the client of the store cannot read is hidden as a whole.
  public static func redacted(_ connection: String, _ store: StoreKind) -> String {
    switch store {
    case .kafka:
      return connection.split(separator: ",", omittingEmptySubsequences: false)
        .map { redactedAddress($0, store) }.joined(separator: ",")
    case .redis: return redactedAddress(connection[...], store)
    case .postgres:
      if connection.contains("://") || (connection.contains("@") && !connection.contains("=")) {
        return redactedAddress(connection[...], store)
      }
      return redactedPairs(connection)
    }
  }

  /// Whether a setting with this name holds a secret: `sasl.password`, `ssl.key.pem`.
  public static func isSecret(name: String) -> Bool {
    let name = name.lowercased()
    return ["password", "passphrase", "secret", "token", "credential", "key.pem", "jaas"].contains { name.contains($0) }
  }

  /// `scheme://user:password@host:port/database?parameters`, where all parts except the host are optional.
  private static func redactedAddress(_ address: Substring, _ store: StoreKind) -> String {
    let scheme = address.firstRange(of: "://")
    let head = scheme.map { address[..<$0.upperBound] } ?? ""
    let rest = scheme.map { address[$0.upperBound...] } ?? address
    return head + redactedParameters(redactedUserInfo(rest, store), store)
  }

  /// Hides everything from the first colon to the last `@`, because a password may hold `/`, `?` and `@` unescaped. Only PostgreSQL
  /// has users without a password: for the other stores, a single word before the `@` is the password.
  private static func redactedUserInfo(_ rest: Substring, _ store: StoreKind) -> String {
    guard let at = rest.lastIndex(of: "@") else { return redactedPort(rest) }
    let user = rest[..<at]
    if let colon = user.firstIndex(of: ":") { return user[...colon] + mask + rest[at...] }
    return (store == .postgres ? String(user) : mask) + rest[at...]
  }

  /// Hides what stands in place of a port but is not a number, as in `postgres://app:s3cret`, where the host is missing.
  private static func redactedPort(_ rest: Substring) -> String {
    let place = rest.prefix { $0 != "/" && $0 != "?" }
    guard let colon = place.lastIndex(of: ":"), !place[colon...].contains("]") else { return String(rest) }
    let port = place[colon...].dropFirst()
    let isPort = port.allSatisfy { $0.isASCII && $0.isNumber }
    return isPort ? String(rest) : place[...colon] + mask + rest[place.endIndex...]
  }

  /// Source: libpq, conninfo_uri_parse_params: it decodes the names too.
  private static func redactedParameters(_ rest: String, _ store: StoreKind) -> String {
    guard let question = rest.firstIndex(of: "?") else { return rest }
    let parameters = rest[rest.index(after: question)...].split(separator: "&", omittingEmptySubsequences: false)
    let redacted = parameters.map { parameter in
      let name = parameter.prefix { $0 != "=" }
      if parameter.isEmpty || isHarmless(parameter: percentDecoded(name), store) { return String(parameter) }
      return name.count < parameter.count ? "\(name)=\(mask)" : mask
    }
    return rest[...question] + redacted.joined(separator: "&")
  }

  /// Hides passwords in pairs as libpq reads them: blanks around `=`, values in single quotes with backslash escapes. A text without
  /// any pair is the name of a database. If libpq does not know a keyword, or a word is not a pair, the whole text is hidden.
  ///
  /// Source: PostgreSQL manual, 34.1.1.1 Keyword/Value Connection Strings.
  private static func redactedPairs(_ text: String) -> String {
    guard text.contains("=") else { return text.contains { $0.isWhitespace || $0 == ":" } ? mask : text }
    var result = ""
    var rest = text[...]
    while !rest.isEmpty {
      let blanks = rest.prefix { $0.isWhitespace }
      rest.removeFirst(blanks.count)
      if rest.isEmpty { return result + blanks }
      let name = rest.prefix { $0 != "=" && !$0.isWhitespace }
      rest.removeFirst(name.count)
      let equals = rest.prefix { $0.isWhitespace || $0 == "=" }
      guard equals.contains("=") else { return mask }
      // A second `=` belongs to the value.
      let sign =
        equals.prefix { $0.isWhitespace } + "=" + equals.drop { $0.isWhitespace }.dropFirst().prefix { $0.isWhitespace }
      rest.removeFirst(sign.count)
      let value = takeValue(&rest)
      let keyword = name.lowercased()
      if isSecret(name: keyword) {
        result += blanks + name + sign + Substring(mask)
      } else if isHarmless(parameter: keyword, .postgres) {
        result += blanks + name + sign + (isAddress(value) ? Substring(mask) : value)
      } else {
        return mask
      }
    }
    return result
  }

  /// Whether `user:password@host` stands in place of a host or a database.
  private static func isAddress(_ value: Substring) -> Bool {
    value.lastIndex(of: "@").map { value[..<$0].contains(":") } ?? false
  }

  private static func takeValue(_ rest: inout Substring) -> Substring {
    let whole = rest
    let isQuoted = rest.first == "'"
    if isQuoted { rest.removeFirst() }
    while let character = rest.first {
      if !isQuoted, character.isWhitespace { break }
      rest.removeFirst()
      if isQuoted, character == "'" { break }
      if character == "\\", !rest.isEmpty { rest.removeFirst() }
    }
    return whole[..<rest.startIndex]
  }

  private static func percentDecoded(_ text: some StringProtocol) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        let decoded = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        bytes.append(decoded)
        rest.removeFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
