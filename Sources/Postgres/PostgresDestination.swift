import CLibpq
import Glibc

/// Where libpq would connect to, and which of its sources says so; found without connecting.
public struct PostgresDestination: Equatable, Sendable {
  /// Who said a value.
  public enum Source: Equatable, Sendable {
    /// The connection string itself.
    case given
    /// An environment variable of libpq.
    case variable(String)
    /// A connection service, or libpq's default for what the service does not name: libpq does not tell which of the two.
    case service(String)
    case defaulted
  }

  public struct Value: Equatable, Sendable {
    public let text: String
    public let source: Source
  }

  /// A name, an address, the directory of a socket, or several with commas.
  public let host: Value
  /// What is connected to without looking `host` up; nil where no address is given beside a host.
  public let address: Value?
  public let port: Value
  public let database: Value
  public let user: Value

  /// libpq looks services, variables and defaults up only when it begins to connect. It does so before it judges `sslmode`, and an
  /// sslmode that does not exist ends it there: no name is resolved and no socket opened.
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
  /// Who said this value of the first of these keywords that anybody gives. A service beats variables.
  ///
  /// Source: https://www.postgresql.org/docs/current/libpq-pgservice.html
  fileprivate func source(of keywords: [String], _ text: String) -> PostgresDestination.Source {
    if keywords.contains(where: isGiven) { return .given }
    let variable = keywords.lazy.compactMap(Self.variable).first { getenv($0).map { String(cString: $0) } == text }
    if let variable { return .variable(variable) }
    return self["service"].map { .service($0) } ?? .defaulted
  }

  /// The variable that libpq reads for a keyword.
  private static func variable(_ keyword: String) -> String? {
    ["host": "PGHOST", "hostaddr": "PGHOSTADDR", "port": "PGPORT", "dbname": "PGDATABASE", "user": "PGUSER"][keyword]
  }
}
