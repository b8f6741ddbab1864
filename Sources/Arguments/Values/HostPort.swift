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
    case 1: return isSound ? "the port is required: \(text):6379" : nil
    case 2:
      let isPort = if case .malformed = Decimal.integer(parts[1]) { false } else { true }
      return isSound && isPort && !parts[0].isEmpty ? "ports go from 1 to 65535" : nil
    default:
      return isSound
        ? "an IPv6 address stands in brackets: [\(parts.dropLast().joined(separator: ":"))]:\(parts[parts.count - 1])"
        : nil
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
