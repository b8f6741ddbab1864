import Failures

/// Why bytes could not be written to a stream.
public enum OutputError: Error, Equatable, Sendable {
  /// The reader has gone (EPIPE): the program ends quietly, as SIGPIPE would have ended it.
  case closed(stream: String)
  /// The device refused the bytes; `reason` is the operating system's own sentence.
  case failed(stream: String, reason: String)
}

extension OutputError: FailureConvertible {
  public var failure: Failure {
    switch self {
    case .closed(let stream):
      Failure(.outputFailed, "cannot write \(stream)", causes: ["the reader has closed it"])
    case .failed(let stream, let reason):
      Failure(.outputFailed, "cannot write \(stream)", causes: [reason])
    }
  }
}
