import CLibpq

/// Which PostgreSQL: whatever libpq takes as a connection string.
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

/// A connection string taken apart, with libpq's defaults filled in.
struct ConnectionParameters: CustomStringConvertible {
  private var given: [String: String] = [:]
  private var defaults: [String: String] = [:]
  /// Why libpq cannot read the string, without what it quotes of it; nil when it can.
  private(set) var problem: String?

  init(_ conninfo: String) {
    if conninfo.contains("=") || conninfo.contains("://") {
      var message: UnsafeMutablePointer<CChar>?
      if let list = PQconninfoParse(conninfo, &message) {
        given = Self.values(of: list)
        PQconninfoFree(list)
      } else {
        problem = Self.withoutQuotations(message.map { String(cString: $0) } ?? "out of memory")
        PQfreemem(message)  // PQconninfoParse allocates the message; it is ours to free.
      }
    } else if !conninfo.isEmpty {
      given["dbname"] = conninfo
    }
    if let list = PQconndefaults() {
      defaults = Self.values(of: list)
      PQconninfoFree(list)
    }
  }

  /// What an open or opening connection really uses.
  init(of connection: OpaquePointer) {
    if let list = PQconninfo(connection) {
      given = Self.values(of: list)
      PQconninfoFree(list)
    }
  }

  subscript(_ keyword: String) -> String? { given[keyword] ?? defaults[keyword] }

  /// Whether the connection string itself says it.
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
      "\(host):\(index < ports.count ? ports[index] : ports.last ?? "5432")"
    }.joined(separator: ",")
  }

  /// libpq's parse errors quote the piece that they choke on, and that piece may be half a password.
  static func withoutQuotations(_ message: String) -> String {
    var text = ""
    var isQuoted = false
    for character in message where character != "\n" {
      if character == "\"" {
        text += isQuoted ? "…\"" : "\""
        isQuoted.toggle()
      } else if !isQuoted {
        text.append(character)
      }
    }
    return text
  }

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
