import Failures

/// What the findings of some probes are about.
struct FindingPlace {
  let area: Area
  /// The subjects; several only where one probe examines them together.
  let subjects: [String]

  init(_ area: Area, _ subjects: String...) {
    self.init(area, subjects)
  }

  init(_ area: Area, _ subjects: [String]) {
    self.area = area
    self.subjects = subjects
  }

  func finding<Store>(of probe: some Probe<Store>, _ observation: Observation) -> Finding {
    var finding = Finding(
      area, observation.subject ?? subjects.first ?? "", observation.check ?? probe.check, observation.verdict,
      observation.reason, advice: observation.advice, figures: observation.figures)
    finding.isSummary = probe.isSummary && observation.check == nil
    return finding
  }

  /// One finding for each subject.
  func findings<Store>(of probe: some Probe<Store>, _ verdict: Verdict, failed failure: Failure) -> [Finding] {
    subjects.map { subject in
      var finding = Finding(area, subject, probe.check, verdict, failed: failure)
      finding.isSummary = probe.isSummary
      return finding
    }
  }
}
