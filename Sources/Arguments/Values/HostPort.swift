/// A host and a port; an IPv6 address stands in brackets when written.
public struct HostPort: Hashable, Sendable, CustomStringConvertible {
  public var host: String
  public var port: Int

  public init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  public var description: String { host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)" }

  static func parse(_ text: String) -> HostPort? {
    guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")),
      case .value(let port) = Decimal.integer(text[text.utf8.index(after: colon)...]), (1...65535).contains(port)
    else { return nil }
    var host = text[..<colon]
    let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
    if isBracketed { host = host.dropFirst().dropLast() }
    guard !host.isEmpty, host.utf8.contains(UInt8(ascii: ":")) == isBracketed else { return nil }
    guard host.utf8.allSatisfy({ $0 > 0x20 && !"[]/@".utf8.contains($0) }) else { return nil }
    return HostPort(host: String(host), port: port)
  }

  /// What to say beyond "expected a host and a port".
  static func hint(for text: String) -> String? {
    if text.contains("://") { return "without the scheme" }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let isSound = !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && !"[]/@".utf8.contains($0) }
    switch parts.count {
    case 1: return parse(text + ":6379") == nil ? nil : "the port is required: \(text):6379"
    case 2:
      let isPort = if case .malformed = Decimal.integer(parts[1]) { false } else { true }
      return isSound && isPort && !parts[0].isEmpty ? "ports go from 1 to 65535" : nil
    default:
      let offers = ["[\(parts.dropLast().joined(separator: ":"))]:\(parts[parts.count - 1])", "[\(text)]:6379"]
      let offer = offers.first { parse($0).map { isIPv6($0.host) } ?? false }
      return offer.map { "an IPv6 address stands in brackets: \($0)" }
    }
  }

  /// Eight groups of up to four hexadecimal digits, or fewer with one `::`; the last two may be an IPv4 address.
  ///
  /// Source: RFC 4291, section 2.2; a zone as in `fe80::1%eth0` from RFC 4007.
  private static func isIPv6(_ host: String) -> Bool {
    let address = host.prefix { $0 != "%" }
    let halves = address.split(separator: "::", omittingEmptySubsequences: false)
    var groups = halves.flatMap { $0.split(separator: ":", omittingEmptySubsequences: false) }.filter { !$0.isEmpty }
    if let last = groups.last, last.split(separator: ".").count == 4 {
      groups.replaceSubrange((groups.count - 1)..., with: ["0", "0"])
    }
    guard halves.count <= 2, !halves.contains(where: { $0.hasPrefix(":") || $0.hasSuffix(":") }) else { return false }
    return (halves.count == 2 ? groups.count < 8 : groups.count == 8)
      && groups.allSatisfy {
        $0.utf8.count <= 4 && $0.utf8.allSatisfy { Decimal.isDigit($0) || "abcdef".utf8.contains($0 | 0x20) }
      }
  }
}

extension ValueKind where Value == HostPort {
  /// `cache-1:6379` or `[::1]:6379`.
  public static var hostPort: ValueKind {
    let form = ValueForm(
      name: "host:port", expected: "a host and a port", example: "cache-1:6379", placeholder: "HOST:PORT")
    return ValueKind(form) { text throws(ValueMismatch) in
      guard let value = HostPort.parse(text) else { throw ValueMismatch(hint: HostPort.hint(for: text)) }
      return value
    } print: {
      $0.description
    }
  }
}
