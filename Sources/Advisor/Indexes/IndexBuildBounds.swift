import Failures
import Text

/// How long a build or a drop may wait and run.
public struct IndexBuildBounds {
  /// For how long it waits for another session's maintenance of the table, and for the same build by another session.
  let wait: Duration
  /// The time after which it is ended; nil for no limit.
  let limit: Duration?
  /// For how long the drop of an unfinished index may wait for others before it is left to the server.
  let patience: Duration
  private let start = ContinuousClock.now

  /// - Parameter patience: ten seconds outlast the statements of a service, and are a bearable wait after a Ctrl-C.
  public init(wait: Duration = .zero, limit: Duration? = nil, patience: Duration = .seconds(10)) {
    self.wait = wait
    self.limit = limit
    self.patience = patience
  }

  /// Whether the limit is reached.
  var areOver: Bool { limit.map { ContinuousClock.now - start >= $0 } ?? false }

  /// Whether nobody is waited for any longer.
  var waitIsOver: Bool { areOver || ContinuousClock.now - start >= wait }

  func failure(_ what: String, causes: [String]) -> Failure {
    Failure(
      .tryAgain, "\(what) was ended after \(limit.map(Figures.duration) ?? "its limit"), as --give-up-after asks",
      causes: causes, hints: ["allow more time, or run it when the transactions that it waits for have ended"])
  }
}
