/// What could not be done, to what and why: the one error shape that reaches the user.
///
/// `message` is lower case without a full stop and quotes the user's own word; `causes` go from near to far; a hint is a
/// sentence or a command that can be pasted. None of them ever holds a bound value or a password.
public struct Failure: Error, Equatable, Sendable {
  public var kind: Kind
  public var message: String
  public var causes: [String]
  public var hints: [String]

  public init(_ kind: Kind, _ message: String, causes: [String] = [], hints: [String] = []) {
    self.kind = kind
    self.message = message
    self.causes = causes
    self.hints = hints
  }

  /// The message and the nearest cause in one line.
  public var withCause: String { ([message] + causes.prefix(1)).joined(separator: ": ") }

  /// The same failure with one more hint at the end.
  public func adding(hint: String) -> Failure {
    var copy = self
    copy.hints.append(hint)
    return copy
  }
}

/// An error of a lower layer that can say itself in the user's words.
public protocol FailureConvertible: Error {
  var failure: Failure { get }
}

extension Failure: FailureConvertible {
  public var failure: Failure { self }
}

extension Failure {
  /// What went wrong, as far as a script needs to tell; the raw value is the process's exit status.
  ///
  /// Source: sysexits(3). 2 is avoided, because a monitor reads it as CRITICAL.
  public enum Kind: Int32, CaseIterable, Sendable {
    /// Failed in whole or in part.
    case failed = 1
    /// The command line is wrong.
    case usage = 64
    /// The input data is wrong.
    case badInput = 65
    /// An input file cannot be read.
    case noInput = 66
    /// A store cannot be reached.
    case unavailable = 69
    /// A bug in usher.
    case bug = 70
    /// Output cannot be created.
    case cannotCreate = 73
    /// Output cannot be written.
    case outputFailed = 74
    /// Try again: a lock is held, or a deadline passed.
    case tryAgain = 75
    /// Refused: consent, privileges, or a protected thing.
    case refused = 77
    /// The configuration is wrong.
    case configuration = 78
    /// Ended by SIGINT after the work in hand.
    case interrupted = 130
    /// Ended by SIGTERM after the work in hand.
    case terminated = 143
  }
}
