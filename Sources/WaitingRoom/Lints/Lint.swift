/// One thing about a queue that somebody should know.
public struct Lint: Equatable, Sendable {
  public enum Gravity: String, Sendable {
    /// Works, but not as people think.
    case warning
    /// People are stuck or lost because of it.
    case problem
  }

  /// `ties`, `both`, `idle`, …
  public var check: String
  public var gravity: Gravity
  /// What was found, with how much was looked at where that was not all.
  public var detail: String
  public var hint: String?

  public init(_ check: String, _ detail: String, gravity: Gravity = .warning, hint: String? = nil) {
    self.check = check
    self.gravity = gravity
    self.detail = detail
    self.hint = hint
  }
}

/// What the lints looked at.
public struct LintReport: Equatable, Sendable {
  public var lints: [Lint]
  public var waiting: Int
  public var active: Int
  /// How many waiting members were read, half of them from the front and half from the back.
  public var waitingLookedAt: Int
  public var activeLookedAt: Int
}
