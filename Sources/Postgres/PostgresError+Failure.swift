import Failures

extension PostgresError: FailureConvertible {
  /// The error as a message for the user, without anything that may be data.
  public var failure: Failure {
    switch problem {
    case .badConnectionString:
      Failure(
        .configuration, "cannot read the PostgreSQL connection string", causes: [message],
        hints: ["write it as postgresql://user@host:5432/database, or as \"host=… dbname=…\""])
    case .unreachable: sqlState == nil ? unreached : turnedAway
    case .lost:
      Failure(
        .unavailable, "lost the connection to PostgreSQL, \(target)", causes: causes,
        hints: ["check that the server is up, or run `usher doctor`"])
    case .interrupted: Failure(.interrupted, "interrupted while waiting for PostgreSQL, \(target)")
    case .undecodable: Failure(.failed, "PostgreSQL, \(target): \(message)")
    case .misuse: Failure(.bug, "PostgreSQL, \(target): \(message)")
    case .statement:
      Failure(kind, "PostgreSQL, \(target): \(shownMessage)", causes: causes, hints: hints)
    }
  }

  /// The server, without the database.
  private var place: String { target.range(ofLast: " at ").map { String(target[$0...]) } ?? target }

  /// No server answered: an unreachable address, a closed port, a timeout.
  private var unreached: Failure {
    let reason = message.split(separator: "\n").first.map(String.init) ?? message
    let short = reason.range(ofLast: "failed: ").map { String(reason[$0...]) } ?? reason
    return Failure(
      .unavailable, "cannot reach PostgreSQL at \(place) (\(short.loweringFirstLetter))",
      causes: short == reason ? [] : [reason], hints: ["check USHER_POSTGRES, or run `usher doctor`"])
  }

  /// A server answered and refused the connection.
  private var turnedAway: Failure {
    switch sqlState {
    case "28P01", "28000":
      Failure(
        .refused, "PostgreSQL refuses the login, \(target)", causes: [message],
        hints: ["check user and password (USHER_POSTGRES, ~/.pgpass) and the server's pg_hba.conf"])
    case "3D000":
      Failure(.unavailable, "no such database, \(target)", causes: [message], hints: ["check USHER_POSTGRES"])
    case "53300":
      Failure(
        .tryAgain, "PostgreSQL has no free connection, \(target)", causes: [message],
        hints: ["see who uses them: SELECT application_name, count(*) FROM pg_stat_activity GROUP BY 1"])
    default:
      Failure(
        .unavailable, "PostgreSQL refuses connections, \(target)", causes: [message], hints: ["run `usher doctor`"])
    }
  }

  private var kind: Failure.Kind {
    guard let sqlState else { return .failed }
    switch sqlState {
    case "42501", "25006", "28000", "28P01": return .refused
    case "57014", "55P03", "40001", "40P01", "55006", "53300", "25P03": return .tryAgain
    case "57P01", "57P02", "57P03": return .unavailable
    default: break
    }
    switch sqlState.prefix(2) {
    case "08": return .unavailable
    case "22", "42", "3F": return .badInput
    default: return .failed
    }
  }

  private var causes: [String] {
    var place = sqlState.map { ["SQLSTATE \($0)"] } ?? []
    if let position {
      place.append("at character \(position)" + (near.map { ", near '\($0)'" } ?? ""))
    }
    var causes = place.isEmpty ? [] : [place.joined(separator: " ")]
    // The details of classes 22 and 23 contain rows and keys.
    if let detail, !isAboutData { causes.append(detail) }
    if problem == .lost { causes.insert(message, at: 0) }
    return causes
  }

  private var hints: [String] {
    if let hint { return [hint] }
    switch sqlState {
    case "42P01", "42703": return ["check the name, and the search_path of this role and database"]
    case "25006":
      return [
        "the server or the transaction is read-only; on a standby, where `SELECT pg_is_in_recovery()` gives true, use the primary"
      ]
    case "42501": return ["grant the role the privilege"]
    case "57014": return ["the statement exceeded its timeout, or somebody cancelled it"]
    case "55P03": return ["another session holds the lock: try again, or see pg_stat_activity"]
    default: return []
    }
  }

  private var isAboutData: Bool { sqlState?.hasPrefix("22") == true || sqlState?.hasPrefix("23") == true }

  /// `invalid input syntax for type integer: "x1"` quotes the bound value.
  private var shownMessage: String {
    sqlState?.hasPrefix("22") == true ? ConnectionParameters.withoutQuotations(message) : message
  }
}

extension String {
  /// The index after the last `needle`.
  func range(ofLast needle: String) -> String.Index? {
    var index = endIndex
    while index > startIndex {
      index = self.index(before: index)
      if self[index...].hasPrefix(needle) { return self.index(index, offsetBy: needle.count) }
    }
    return nil
  }

  /// A sentence in the form for the middle of a message: `Connection refused` → `connection refused`.
  var loweringFirstLetter: String {
    guard let first, dropFirst().first?.isUppercase != true else { return self }
    return first.lowercased() + dropFirst()
  }
}
