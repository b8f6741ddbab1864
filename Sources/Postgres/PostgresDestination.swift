import CLibpq
import Glibc

/// The place that libpq would connect to, and the source of each value; found without connecting.
public struct PostgresDestination: Equatable, Sendable {
  /// The source of a value.
  public enum Source: Equatable, Sendable {
    /// The connection string itself.
    case given
    /// An environment variable of libpq.
    case variable(String)
    /// A connection service, or libpq's default for a keyword that the service does not set; libpq does not report which.
    case service(String)
    case defaulted
  }

  public struct Value: Equatable, Sendable {
    public let text: String
    public let source: Source
  }

  /// A name, an address, the directory of a socket, or several with commas.
  public let host: Value
  /// The address to connect to without resolving `host`; nil where only one of the two is given.
  public let address: Value?
  public let port: Value
  public let database: Value
  public let user: Value

  /// libpq reads services, variables and defaults only when it begins to connect. It does so before it checks `sslmode`, and an
  /// invalid sslmode ends the attempt there: no name is resolved and no socket is opened.
  ///
  /// Source: `PQconnectStartParams` and `connectOptions2` of libpq, fe-connect.c.
  public init(of target: PostgresTarget) throws(PostgresError) {
    let given = ConnectionParameters(target.conninfo)
    if let problem = given.problem { throw PostgresError(.badConnectionString, problem, target: target.description) }
    let stop = "usher-only-looks"
    guard let pointer = PostgresConnection.start([("dbname", target.conninfo), ("sslmode", stop)]) else {
      throw PostgresError(.unreachable, "out of memory", target: target.description)
    }
    defer { PQfinish(pointer) }
    let message = PQerrorMessage(pointer).map { String(cString: $0) } ?? ""
    guard message.contains(stop) else {
      throw PostgresError(
        .badConnectionString, ConnectionParameters.withoutQuotations(message), target: target.description)
    }
    let found = ConnectionParameters(of: pointer)
    func value(_ keywords: [String], _ fallback: UnsafeMutablePointer<CChar>?) -> Value {
      let text = keywords.lazy.compactMap { found[$0] }.first ?? fallback.map { String(cString: $0) } ?? ""
      return Value(text: text, source: given.source(of: keywords, text))
    }
    host = value(["host", "hostaddr"], PQhost(pointer))
    address = found["host"] != nil && found["hostaddr"] != nil ? value(["hostaddr"], nil) : nil
    port = value(["port"], PQport(pointer))
    database = value(["dbname"], PQdb(pointer))
    user = value(["user"], nil)
  }
}

extension ConnectionParameters {
  /// The source of the value of the first of these keywords that is set. A service takes precedence over variables.
  ///
  /// Source: https://www.postgresql.org/docs/current/libpq-pgservice.html
  fileprivate func source(of keywords: [String], _ text: String) -> PostgresDestination.Source {
    if keywords.contains(where: isGiven) { return .given }
    let variable = keywords.lazy.compactMap(Self.variable).first { getenv($0).map { String(cString: $0) } == text }
    if let variable { return .variable(variable) }
    return self["service"].map { .service($0) } ?? .defaulted
  }

  /// libpq's variable for a keyword.
  private static func variable(_ keyword: String) -> String? {
    ["host": "PGHOST", "hostaddr": "PGHOSTADDR", "port": "PGPORT", "dbname": "PGDATABASE", "user": "PGUSER"][keyword]
  }
}
