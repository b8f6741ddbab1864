import Arguments
import Failures
import Health
import Terminal
import Text

/// `usher doctor`: whether everything is there that usher's commands need.
enum Doctor: Command {
  static let specification = CommandSpecification(
    "doctor", summary: "Check settings, stores, versions and privileges",
    discussion: """
      Checks the settings and each configured store: whether it can be reached, its version, the extensions and privileges \
      that commands need, everything that `usher status` checks except the caches, and known problems. Nothing is changed. \
      Warnings alone do not change the exit status.

      A store that cannot be reached does not hide the others: its own checks are `unknown`. So is a check that does not \
      finish within 10 seconds for each store.

      Of each queue up to 5,000 waiting and 5,000 active people are read, to find people who are in both, members and scores \
      that differ from the configuration, ties, and clocks that differ.
      """,
    effect: .reads,
    examples: [
      Example("usher doctor", "Find out why a command fails"),
      Example("usher doctor -o json", "Print a report for a bug report; it contains no secret"),
    ],
    exitStatuses: [ExitStatus(1, "at least one check is critical or unknown")], seeAlso: ["status", "config check"])

  static func run(_ values: ParsedValues, _ session: Session) throws {
    let findings = examine(session).map { advising($0, session) }
    try session.print(findings, Finding.fields)
    if session.format == .table { advise(findings, session) }
    if let interrupted = findings.compactMap(\.failure).first(where: { $0.kind == .interrupted }) { throw interrupted }
    try requireHealth(findings)
  }

  private static func examine(_ session: Session) -> [Finding] {
    do {
      let context = try session.context()
      let settings = Finding(
        .configuration, "settings", "context", .ok,
        (context.name?.value ?? "none") + (context.protection.map { ", protected by \($0.context)" } ?? ""))
      return [settings]
        + Checkup(try session.checkupTargets(), for: Set(Purpose.allCases))
        .findings(in: [.postgres, .outbox, .redis, .queue, .kafka])
    } catch {
      // Without settings there is nothing to connect to, and saying so for each store would hide the cause.
      return [
        Finding(.configuration, "settings", "context", .critical, failed: ErrorReport.failure(for: error))
      ]
    }
  }

  /// The finding with advice that names where the connection came from, and that does not send the reader back to this command.
  private static func advising(_ finding: Finding, _ session: Session) -> Finding {
    var finding = finding
    guard let advice = finding.advice else { return finding }
    let own = advice.firstRange(of: ", or run `usher doctor`").map { String(advice[..<$0.lowerBound]) } ?? advice
    finding.advice = own == "run `usher doctor`" ? nil : session.namingOrigins(own)
    return finding
  }

  /// Prints the advice of what is not in order. Checks that failed for one reason have the same advice, which is printed once.
  private static func advise(_ findings: [Finding], _ session: Session) {
    var printed: Set<String> = []
    for finding in findings where finding.verdict > .ok {
      guard let advice = finding.advice, printed.insert(advice).inserted else { continue }
      session.note("hint: \(finding.area.rawValue), \(finding.name): \(advice)")
    }
  }

  private static func requireHealth(_ findings: [Finding]) throws {
    let critical = findings.filter { $0.verdict == .critical }
    let unknown = findings.count { $0.verdict == .unknown }
    var parts: [String] = []
    if !critical.isEmpty {
      let names = critical.map { "\($0.area.rawValue) \($0.name)" }.joined(separator: ", ")
      parts.append("\(critical.count.counted("check")) failed: \(names)")
    }
    if unknown > 0 { parts.append("\(unknown.counted("check")) could not be made") }
    guard parts.isEmpty else { throw Failure(.failed, parts.joined(separator: "; ")) }
  }
}
