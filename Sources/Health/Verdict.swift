/// How well something is, from the least to the most urgent; a summary takes the greatest.
public enum Verdict: String, CaseIterable, Comparable, Sendable {
  /// Not checked, because nothing of the kind is configured.
  case skipped
  case ok
  /// It could not be found out: the store cannot be reached, this user may not see it, or the time limit is over.
  case unknown
  /// It works, but somebody should know.
  case warning
  /// Something that the service or usher needs does not work.
  case critical

  private var urgency: Int {
    switch self {
    case .skipped: 0
    case .ok: 1
    case .unknown: 2
    case .warning: 3
    case .critical: 4
    }
  }

  public static func < (left: Verdict, right: Verdict) -> Bool { left.urgency < right.urgency }
}
