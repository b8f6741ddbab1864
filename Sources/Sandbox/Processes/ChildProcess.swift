import Glibc

/// A program that this process started.
public struct ChildProcess: Sendable {
  public let pid: pid_t

  /// Waits for its end. Each child may be waited for once.
  @discardableResult
  public func wait() -> ChildExit {
    var status: Int32 = 0
    while waitpid(pid, &status, 0) == -1 {
      if errno != EINTR { return .unknown }
    }
    return ChildExit(status)
  }

  /// How it ended, or nil while it runs; its end is reported once.
  public func poll() -> ChildExit? {
    var status: Int32 = 0
    switch waitpid(pid, &status, WNOHANG) {
    case 0: return nil
    case pid: return ChildExit(status)
    default: return .unknown
    }
  }
}

/// How a program ended.
public enum ChildExit: Equatable, Sendable, CustomStringConvertible {
  case status(Int32)
  case signal(Int32)
  /// Somebody else waited for it.
  case unknown

  /// From the status word of waitpid(2).
  init(_ word: Int32) {
    let signal = word & 0x7f
    self = signal == 0 ? .status((word >> 8) & 0xff) : .signal(signal)
  }

  public var description: String {
    switch self {
    case .status(let status): "exit status \(status)"
    case .signal(let signal): "signal \(signal)"
    case .unknown: "unknown end"
    }
  }
}
