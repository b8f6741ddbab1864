import Configuration
import Failures

/// Hints that name the origin of a connection.
extension Session {
  /// The failure for an error. A hint such as `check USHER_REDIS` names the option, the variable or the line of the file that the
  /// connection came from, as `config show` does.
  func failure(for error: any Error) -> Failure {
    var failure = ErrorReport.failure(for: error)
    failure.hints = failure.hints.map(namingOrigins)
    return failure
  }

  /// One hint, with the variables of usher replaced by the origins of the connections.
  func namingOrigins(_ hint: String) -> String {
    guard hint.contains("USHER_"), let context = try? context() else { return hint }
    return StoreKind.allCases.reduce(hint) { hint, store in
      guard let origin = context.connection(store)?.origin else { return hint }
      return Self.naming(origin, of: store, in: hint)
    }
  }

  static func naming(_ origin: Origin, of store: StoreKind, in hint: String) -> String {
    if origin == .variables([store.variable]) { return hint }
    if case .sandbox = origin, hint.hasPrefix("check \(store.variable)") {
      return
        "the sandbox's \(store.title) may be down: check it with `usher sandbox status`, start it with `usher sandbox start`"
    }
    // A hint about setting a variable is left unchanged.
    return ["check ", "point ", "("].reduce(hint) { hint, word in
      guard let found = hint.firstRange(of: word + store.variable) else { return hint }
      return hint[..<found.lowerBound] + word + origin.description + hint[found.upperBound...]
    }
  }
}
