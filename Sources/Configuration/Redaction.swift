/// Connection strings without their passwords.
///
/// Where a string is ambiguous or broken, more is hidden than need be: a host too much is a nuisance, a password too
/// much an incident.
public enum Redaction {
  static let mask = "****"

  /// The string with `****` in the place of every password: in a URI's userinfo and parameters, in `password=` of
  /// key=value pairs, in a bare `user:password@host`.
  public static func redacted(_ connection: String) -> String {
    if let scheme = connection.firstRange(of: "://") {
      let start = connection[..<scheme.upperBound]
      return start + redactedParameters(redactedUserInfo(connection[scheme.upperBound...]))
    }
    if let at = connection.lastIndex(of: "@"), connection[..<at].contains(":"), !mentionsSecret(connection) {
      return redactedUserInfo(connection[...])
    }
    return redactedPairs(connection)
  }

  /// Whether a setting of this name holds a secret: `sasl.password`, `ssl.key.pem`.
  public static func isSecret(name: String) -> Bool {
    let name = name.lowercased()
    return ["password", "passphrase", "secret", "token", "credential", "key.pem", "jaas"].contains { name.contains($0) }
  }

  private static func mentionsSecret(_ text: some StringProtocol) -> Bool { isSecret(name: String(text)) }

  /// Everything from the first colon to the last `@`, because a password may hold `/`, `?` and `@` unescaped.
  private static func redactedUserInfo(_ rest: Substring) -> String {
    guard let at = rest.lastIndex(of: "@"), let colon = rest[..<at].firstIndex(of: ":") else { return String(rest) }
    return rest[..<rest.index(after: colon)] + mask + rest[at...]
  }

  /// Source: libpq, conninfo_uri_parse_params: names are percent-decoded too.
  private static func redactedParameters(_ rest: String) -> String {
    guard let question = rest.firstIndex(of: "?") else { return rest }
    let parameters = rest[rest.index(after: question)...].split(separator: "&", omittingEmptySubsequences: false)
    let redacted = parameters.map { parameter in
      let name = parameter.prefix { $0 != "=" }
      return name.count < parameter.count && isSecret(name: percentDecoded(name))
        ? "\(name)=\(mask)" : String(parameter)
    }
    return rest[...question] + redacted.joined(separator: "&")
  }

  /// Pairs as libpq reads them: blanks around `=`, values in single quotes with backslash escapes.
  ///
  /// Source: PostgreSQL manual, 34.1.1.1 Keyword/Value Connection Strings.
  private static func redactedPairs(_ text: String) -> String {
    var result = ""
    var rest = text[...]
    while !rest.isEmpty {
      let blanks = rest.prefix { $0.isWhitespace }
      rest.removeFirst(blanks.count)
      let name = rest.prefix { $0 != "=" && !$0.isWhitespace }
      rest.removeFirst(name.count)
      let equals = rest.prefix { $0.isWhitespace || $0 == "=" }
      guard equals.contains("=") else {
        // Not a pair: a name of a host, or something broken, behind which a secret could hide.
        result += blanks + name + (mentionsSecret(name + rest) ? " \(mask)" : String(rest))
        return result
      }
      // A second sign of equality belongs to the value.
      let sign =
        equals.prefix { $0.isWhitespace } + "=" + equals.drop { $0.isWhitespace }.dropFirst().prefix { $0.isWhitespace }
      rest.removeFirst(sign.count)
      let value = takeValue(&rest)
      result += blanks + name + sign + (isSecret(name: String(name)) ? Substring(mask) : value)
    }
    return result
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
