import CLibpq

/// A PostgreSQL database: a connection string of libpq.
///
/// A `key=value` string, a `postgresql://` URI, a bare database name, or the empty string, which leaves everything to
/// libpq's own variables and files (PGHOST, PGSERVICE, ~/.pgpass).
/// Source: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING
public struct PostgresTarget: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
  let conninfo: String
  private let resolved: String?

  public init(_ conninfo: String) {
    self.conninfo = conninfo
    resolved = nil
  }

  init(_ conninfo: String, resolved: String) {
    self.conninfo = conninfo
    self.resolved = resolved
  }

  /// Database and server, such as `tickets at db-1:5432`; never the password.
  public var description: String { resolved ?? ConnectionParameters(conninfo).description }

  public var debugDescription: String { description }
}

extension PostgresTarget: CustomReflectable {
  /// The description only, so that a dump of a value that contains this one never shows a password.
  public var customMirror: Mirror { Mirror(self, children: ["server": description]) }
}

/// The keywords of a connection string, with libpq's defaults.
struct ConnectionParameters: CustomStringConvertible {
  private var given: [String: String] = [:]
  private var defaults: [String: String] = [:]
  /// Why libpq cannot parse the string, without quotations from it; nil where it can.
  private(set) var problem: String?

  init(_ conninfo: String) {
    if conninfo.contains("=") || conninfo.contains("://") {
      var message: UnsafeMutablePointer<CChar>?
      if let list = PQconninfoParse(conninfo, &message) {
        given = Self.values(of: list)
        PQconninfoFree(list)
      } else {
        problem = Self.withoutQuotations(message.map { String(cString: $0) } ?? "out of memory")
        PQfreemem(message)  // PQconninfoParse allocates the message, and the caller must free it.
      }
    } else if !conninfo.isEmpty {
      given["dbname"] = conninfo
    }
    // libpq would accept it as a name, and every message would show the password in it.
    if let name = given["dbname"], name.contains("://") || (name.contains("@") && name.contains(":")) {
      problem = "the name of the database is an address"
    }
    problem = problem ?? Self.misreading(conninfo) ?? given["port"].flatMap(Self.problem(ofPort:))
    if let list = PQconndefaults() {
      defaults = Self.values(of: list)
      PQconninfoFree(list)
    }
  }

  /// The problem of a password with `@` or `/` that are not escaped: libpq takes the rest of it as the host or the database, and every
  /// message would show that.
  ///
  /// Source: `conninfo_uri_parse_options` of libpq, fe-connect.c: the user ends at the first `@`, unless a `/` comes before.
  private static func misreading(_ conninfo: String) -> String? {
    guard let scheme = conninfo.firstRange(of: "://"), !conninfo[..<scheme.lowerBound].contains("=") else { return nil }
    let rest = conninfo[scheme.upperBound...]
    guard let end = rest.firstIndex(where: { $0 == "@" || $0 == "/" }) else { return nil }
    let place = (rest[end] == "@" ? rest[end...].dropFirst() : rest).prefix { $0 != "?" }
    guard place.contains("@") else { return nil }
    return "an @ or a / in the user or the password is not escaped: write %40 and %2F"
  }

  /// The problem of a port that is not a number, or several with commas, some of them empty. The text may be part of a password.
  private static func problem(ofPort text: String) -> String? {
    let ports = text.split(separator: ",", omittingEmptySubsequences: false)
    let areNumbers = ports.allSatisfy { port in port.isEmpty || UInt16(port).map { $0 > 0 } ?? false }
    return areNumbers ? nil : "the port is not a number from 1 to 65535"
  }

  /// The values that an open or opening connection uses.
  init(of connection: OpaquePointer) {
    if let list = PQconninfo(connection) {
      given = Self.values(of: list)
      PQconninfoFree(list)
    }
  }

  subscript(_ keyword: String) -> String? { given[keyword] ?? defaults[keyword] }

  /// Whether the connection string sets the keyword.
  func isGiven(_ keyword: String) -> Bool { given[keyword] != nil }

  var description: String {
    if problem != nil { return "an unreadable connection string" }
    if let service = given["service"], given["host"] == nil { return "service \(service)" }
    let host = self["host"] ?? self["hostaddr"] ?? "the local socket"
    return "\(self["dbname"] ?? self["user"] ?? "postgres") at \(Self.place(host: host, port: self["port"]))"
  }

  /// `db-1:5432`, or `a:5432,b:5433` for a list of hosts.
  static func place(host: String, port: String?) -> String {
    let hosts = host.split(separator: ",", omittingEmptySubsequences: false)
    let ports = (port ?? "5432").split(separator: ",", omittingEmptySubsequences: false)
    return hosts.enumerated().map { index, host in
      let port = index < ports.count ? ports[index] : ports.last ?? "5432"
      return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }.joined(separator: ",")
  }

  /// The first line, with `…` for all from the first quotation mark to the last.
  ///
  /// Errors quote the part that they cannot parse, and that may be part of a password, or a value that contains quotation marks.
  /// Servers with another language use the quotation marks of that language.
  static func withoutQuotations(_ message: String) -> String {
    let line = message.unicodeScalars.prefix { $0 != "\n" }
    guard let first = line.firstIndex(where: quotationMarks.contains),
      let last = line.lastIndex(where: quotationMarks.contains)
    else { return String(line) }
    return String(line[...first]) + "…" + (first == last ? "" : String(line[last...]))
  }

  /// libpq's message about an invalid setting, such as `invalid sslmode value: "…"`; nil for any other message. For a setting
  /// that libpq checks while connecting, the server's address comes first.
  static func complaint(_ message: String) -> String? {
    let line = message.prefix { $0 != "\n" }
    let own =
      line.firstRange(of: " failed: invalid ").map { line[$0.lowerBound...].dropFirst(" failed: ".count) } ?? line
    guard own.hasPrefix("invalid ") else { return nil }
    guard let option = own.firstRange(of: " for connection option ") else { return withoutQuotations(String(own)) }
    return withoutQuotations(String(own[..<option.lowerBound])) + own[option.lowerBound...]
  }

  private static let quotationMarks: Set<Unicode.Scalar> = ["\"", "«", "»", "„", "“", "”", "‹", "›", "「", "」"]

  private static func values(of list: UnsafeMutablePointer<PQconninfoOption>) -> [String: String] {
    var values: [String: String] = [:]
    var entry = list
    while let keyword = entry.pointee.keyword {
      if let value = entry.pointee.val, value.pointee != 0 {
        values[String(cString: keyword)] = String(cString: value)
      }
      entry += 1
    }
    return values
  }
}
