import Failures

/// One thing that was checked, and its verdict.
public struct Finding: Equatable, Sendable {
  public var area: Area
  /// What was checked: `server`, `cluster`, `events`, or the name of a queue or cache.
  public var subject: String
  /// Which property of the subject: `role`, `idle`.
  public var check: String
  public var verdict: Verdict
  /// What was observed, in a sentence without a full stop.
  public var reason: String
  /// What to do about it: a sentence or a command; nil where there is nothing to do.
  public var advice: String?
  public var figures: [Figure]
  /// Whether the reason describes the subject as a whole, as the text of a one-line summary.
  public var isSummary = false
  /// Why the check could not be made; nil where it was made.
  public var failure: Failure?

  public init(
    _ area: Area, _ subject: String, _ check: String, _ verdict: Verdict, _ reason: String,
    advice: String? = nil, figures: [Figure] = []
  ) {
    self.area = area
    self.subject = subject
    self.check = check
    self.verdict = verdict
    self.reason = reason
    self.advice = advice
    self.figures = figures
  }

  /// A check that could not be made.
  public init(_ area: Area, _ subject: String, _ check: String, _ verdict: Verdict, failed failure: Failure) {
    self.init(
      area, subject, check, verdict, ([failure.message] + failure.causes).joined(separator: ": "),
      advice: failure.hints.first)
    self.failure = failure
  }

  /// What identifies the finding within its area: `role`, `tickets: idle`.
  public var name: String { area.hasNamedSubjects ? "\(subject): \(check)" : check }
}
