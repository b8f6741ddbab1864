import Configuration
import Failures

/// Hints that name the place where a connection really came from.
extension Session {
  /// The failure that an error stands for, with `check USHER_REDIS` naming the option, the variable or the line of the file that the
  /// connection came from, as `config show` tells it.
  func failure(for error: any Error) -> Failure {
    var failure = ErrorReport.failure(for: error)
    failure.hints = failure.hints.map(namingOrigins)
    return failure
  }

  /// One hint, with the variables of usher replaced by where the connections came from.
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
      return "the sandbox's \(store.title) may be down: see `usher sandbox status`, mend it with `usher sandbox start`"
    }
    // What tells how to set a variable stays as it is.
    return ["check ", "point ", "("].reduce(hint) { hint, word in
      guard let found = hint.firstRange(of: word + store.variable) else { return hint }
      return hint[..<found.lowerBound] + word + origin.description + hint[found.upperBound...]
    }
  }
}
