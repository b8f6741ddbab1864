import CLibpq
import Glibc

extension PostgresConnection {
  /// An open connection, which the caller must finish, and the target that it has reached.
  static func connect(
    _ target: PostgresTarget, _ options: PostgresOptions
  ) throws(PostgresError) -> (OpaquePointer, PostgresTarget) {
    let parameters = ConnectionParameters(target.conninfo)
    if let problem = parameters.problem {
      throw PostgresError(.badConnectionString, problem, target: target.description)
    }
    // The last value of a keyword wins, so the connection string in dbname overrides the keywords before it.
    let keywords: [(String, String)] = [
      ("keepalives_idle", "30"), ("keepalives_interval", "10"), ("keepalives_count", "3"),
      ("dbname", target.conninfo), ("application_name", options.applicationName), ("client_encoding", "UTF8"),
    ]
    guard let pointer = start(keywords) else {
      throw PostgresError(.unreachable, "out of memory", target: target.description)
    }
    do throws(PostgresError) {
      let timeout = parameters["connect_timeout"].flatMap { Int($0) }.flatMap { $0 > 0 ? Duration.seconds($0) : nil }
      try finishConnecting(pointer, within: timeout ?? options.connectTimeout, target, options.isInterrupted)
    } catch {
      PQfinish(pointer)
      throw error
    }
    return (pointer, PostgresTarget(target.conninfo, resolved: place(of: pointer)))
  }

  /// Begins to connect. The caller must finish the result. PQconnectStartParams copies the strings, so they are freed here.
  static func start(_ keywords: [(String, String)]) -> OpaquePointer? {
    let names = keywords.map { strdup($0.0) }
    let values = keywords.map { strdup($0.1) }
    defer { for string in names + values { free(string) } }
    let nameList = names.map { UnsafePointer<CChar>($0) } + [nil]
    let valueList = values.map { UnsafePointer<CChar>($0) } + [nil]
    return PQconnectStartParams(nameList, valueList, 1)
  }

  private static func finishConnecting(
    _ pointer: OpaquePointer, within timeout: Duration, _ target: PostgresTarget, _ isInterrupted: () -> Bool
  ) throws(PostgresError) {
    // Verbose messages contain the SQLSTATE, so the kind of an error does not depend on the server's language.
    PQsetErrorVerbosity(pointer, PQERRORS_VERBOSE)
    let deadline = ContinuousClock.now + timeout
    var state = PQstatus(pointer) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING
    while state != PGRES_POLLING_OK {
      if state == PGRES_POLLING_FAILED { throw refusal(pointer, target) }
      let events = Int16(state == PGRES_POLLING_READING ? POLLIN : POLLOUT)
      while !isReady(PQsocket(pointer), events) {
        if isInterrupted() { throw PostgresError(.interrupted, "interrupted", target: place(of: pointer)) }
        if ContinuousClock.now >= deadline {
          let limit = milliseconds(timeout)
          let text = limit % 1000 == 0 ? "\(limit / 1000)s" : "\(limit)ms"
          throw PostgresError(.unreachable, "timed out after \(text)", target: place(of: pointer))
        }
      }
      state = PQconnectPoll(pointer)
    }
    PQsetErrorVerbosity(pointer, PQERRORS_DEFAULT)
  }

  static let readable = Int16(POLLIN)

  /// Waits at most 100 ms. True when the socket is ready, or broken, which libpq then reports.
  static func isReady(_ socket: Int32, _ events: Int16) -> Bool {
    guard socket >= 0 else { return true }
    return wait(for: events, on: socket, milliseconds: 100)
  }

  /// Whether something has arrived that was not read.
  static func isReadable(_ socket: Int32) -> Bool {
    socket >= 0 && wait(for: readable, on: socket, milliseconds: 0)
  }

  private static func wait(for events: Int16, on socket: Int32, milliseconds: Int32) -> Bool {
    var entry = pollfd(fd: socket, events: events, revents: 0)
    return Glibc.poll(&entry, 1, milliseconds) > 0
  }

  private static func refusal(_ pointer: OpaquePointer, _ target: PostgresTarget) -> PostgresError {
    let parameters = ConnectionParameters(of: pointer)
    var text = PQerrorMessage(pointer).map { String(cString: $0) } ?? ""
    if let password = parameters["password"], !password.isEmpty {
      text = text.replacing(password, with: "…")
    }
    // No server has answered: the error is in the connection string, in a service or in a variable of libpq.
    if let complaint = ConnectionParameters.complaint(text) {
      return PostgresError(.badConnectionString, complaint, target: target.description)
    }
    let lines = text.split(separator: "\n").filter { !$0.hasPrefix("LOCATION:") }
    var error = PostgresError(.unreachable, "", target: place(of: pointer))
    var shown: [String] = []
    for line in lines {
      let (state, plain) = withoutState(String(line))
      error.sqlState = state ?? error.sqlState
      shown.append(plain.trimming("\t"))
    }
    if PQconnectionNeedsPassword(pointer) == 1 { error.sqlState = "28P01" }
    error.message = shown.joined(separator: "\n")
    return error
  }

  /// Splits `… failed: FATAL:  28P01: password …` into the state and the line without it.
  private static func withoutState(_ line: String) -> (String?, String) {
    guard let start = line.range(ofLast: ":  ") else { return (nil, line) }
    let state = line[start...].prefix(5)
    let rest = line[start...].dropFirst(5)
    guard state.count == 5, rest.hasPrefix(": "), state.allSatisfy({ $0.isASCII && ($0.isNumber || $0.isUppercase) })
    else { return (nil, line) }
    return (String(state), line[..<start].dropLast(1) + String(rest.dropFirst(2)))
  }

  /// `tickets at db-1:5432`, from libpq's own values.
  private static func place(of pointer: OpaquePointer) -> String {
    func text(_ value: UnsafeMutablePointer<CChar>?) -> String? {
      value.map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
    let parameters = ConnectionParameters(of: pointer)
    let database = text(PQdb(pointer)) ?? parameters["dbname"] ?? "postgres"
    let host = text(PQhost(pointer)) ?? parameters["host"] ?? "the local socket"
    return "\(database) at \(ConnectionParameters.place(host: host, port: text(PQport(pointer)) ?? parameters["port"]))"
  }

  /// The value for SET. 0 means no limit, so a positive duration is never rounded down to it.
  static func milliseconds(_ duration: Duration?) -> Int {
    guard let duration else { return 0 }
    let (seconds, attoseconds) = duration.components
    return max(1, Int(clamping: min(seconds, 2_000_000)) * 1000 + Int(attoseconds / 1_000_000_000_000_000))
  }
}

extension String {
  /// The text with every `needle` replaced.
  func replacing(_ needle: String, with replacement: String) -> String {
    var result = ""
    var rest = self[...]
    while let character = rest.first {
      if rest.hasPrefix(needle) {
        result += replacement
        rest = rest.dropFirst(needle.count)
      } else {
        result.append(character)
        rest = rest.dropFirst()
      }
    }
    return result
  }

  func trimming(_ character: Character) -> String { String(drop { $0 == character }) }
}
