import Arguments
import Failures
import Terminal
import Text

/// `usher doctor`: whether everything is there that usher's commands need.
enum Doctor: Command {
  static let specification = CommandSpecification(
    "doctor", summary: "Check settings, stores, versions and privileges",
    discussion: """
      Looks at the settings and at each configured store: whether it can be reached, its version, the extensions and \
      privileges that commands need, and traps that are known. Of each queue up to 5,000 people on each side are read: whether \
      anybody waits and is active at once, members and scores that are not as configured, ties, clocks that differ, an admission \
      that stands still. It changes nothing. Exits 1 when something is a problem, 0 \
      when there are only warnings.
      """,
    effect: .reads,
    examples: [
      Example("usher doctor", "when a command fails and its message is not enough"),
      Example("usher doctor -o json", "for a bug report; it holds no secret"),
    ],
    seeAlso: ["status", "config check"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    let findings = examine(session).map { hinting($0, session) }
    try session.print(findings, Finding.fields)
    let hinted = findings.filter { $0.hint != nil && $0.verdict != .ok }
    if session.format == .table {
      for finding in hinted { session.note("hint: \(finding.area), \(finding.check): \(finding.hint ?? "")") }
    }
    let problems = findings.count { $0.verdict == .problem }
    if problems > 0 {
      throw Failure(.failed, problems == 1 ? "there is a problem" : "there are \(problems.grouped) problems")
    }
  }

  static func examine(_ session: Session) -> [Finding] {
    let settings = examineSettings(session)
    // Without settings there is nothing to connect to, and saying that three times more would hide the cause.
    guard !settings.contains(where: { $0.verdict == .problem }) else { return settings }
    return settings + DoctorPostgres.examine(session) + DoctorRedis.examine(session)
      + DoctorQueues.examine(session) + DoctorKafka.examine(session)
  }

  /// The finding with a hint that names where the connection came from, and that does not send back to here.
  private static func hinting(_ finding: Finding, _ session: Session) -> Finding {
    var finding = finding
    guard let hint = finding.hint else { return finding }
    let own = hint.firstRange(of: ", or run `usher doctor`").map { String(hint[..<$0.lowerBound]) } ?? hint
    finding.hint = own == "run `usher doctor`" ? nil : session.namingOrigins(own)
    return finding
  }

  private static func examineSettings(_ session: Session) -> [Finding] {
    do {
      let context = try session.context()
      return [
        Finding(
          "config", "context", .ok,
          (context.name?.value ?? "none") + (context.protection.map { ", protected by \($0.context)" } ?? ""))
      ]
    } catch {
      return [Finding("config", "context", failed: error)]
    }
  }
}
