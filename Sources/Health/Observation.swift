/// What a probe observed; the checkup adds the area and, unless the probe says otherwise, the subject and the check.
struct Observation {
  var verdict: Verdict
  var reason: String
  var advice: String?
  var figures: [Figure]
  /// The subject, where one probe observes several.
  var subject: String?
  /// The check, where it is another than the probe's.
  var check: String?

  static func ok(_ reason: String, figures: [Figure] = []) -> Observation {
    Observation(verdict: .ok, reason: reason, figures: figures)
  }

  static func unknown(_ reason: String, advice: String? = nil, figures: [Figure] = []) -> Observation {
    Observation(verdict: .unknown, reason: reason, advice: advice, figures: figures)
  }

  static func warning(_ reason: String, advice: String? = nil, figures: [Figure] = []) -> Observation {
    Observation(verdict: .warning, reason: reason, advice: advice, figures: figures)
  }

  static func critical(_ reason: String, advice: String? = nil, figures: [Figure] = []) -> Observation {
    Observation(verdict: .critical, reason: reason, advice: advice, figures: figures)
  }

  func of(subject: String) -> Observation {
    var copy = self
    copy.subject = subject
    return copy
  }

  func of(check: String) -> Observation {
    var copy = self
    copy.check = check
    return copy
  }
}
