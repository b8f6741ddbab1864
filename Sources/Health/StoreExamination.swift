import Failures
import Text

/// One store during a checkup: its connection, opened at its first use, and why it cannot be asked any more.
///
/// A store that went away, or whose time is over, is not asked again: the probes that are left share the reason.
final class StoreExamination<Connection> {
  private let store: String
  private let open: (TimeLimit) throws -> Connection
  private let duration: Duration
  private lazy var limit = TimeLimit(duration)
  private var connection: Connection?
  /// Why the store is not asked any more; nil while it can be.
  private var end: Failure?

  /// - Parameters:
  ///   - store: what a person calls it: `PostgreSQL`.
  ///   - duration: how long all its probes may take, connecting included; it begins with the first.
  ///   - open: connects; after the time limit no wait on the connection may go on.
  init(_ store: String, within duration: Duration, open: @escaping (TimeLimit) throws -> Connection) {
    self.store = store
    self.duration = duration
    self.open = open
  }

  /// Runs `body` with the connection; throws the reason where there is none any more.
  func use<T>(_ body: (Connection) throws -> T) throws(Failure) -> T {
    if end == nil, limit.isOver { end = timeout }
    if let end { throw end }
    do {
      let connection = try connection ?? open(limit)
      self.connection = connection
      return try body(connection)
    } catch {
      throw note(error)
    }
  }

  /// The findings of `probes` about one subject, which `subject` makes of the connection.
  func examine<Subject>(
    _ probes: [any Probe<Subject>], _ place: FindingPlace, of subject: (Connection) throws -> Subject
  ) -> [Finding] {
    do throws(Failure) {
      let subject = try use(subject)
      return probes.flatMap { examine($0, place, subject) }
    } catch {
      return findings(of: probes, place, failed: error)
    }
  }

  /// What is found of a subject that cannot be examined at all: the first probe judges the failure, the others do not know.
  func findings<Subject>(
    of probes: [any Probe<Subject>], _ place: FindingPlace, failed failure: Failure
  ) -> [Finding] {
    probes.enumerated().flatMap { index, probe in
      let isStore = end != nil || connection == nil
      let verdict = isStore ? probe.verdictWhenUnreachable : index == 0 ? probe.verdict(of: failure) : .unknown
      return place.findings(of: probe, verdict, failed: failure)
    }
  }

  private func examine<Subject>(
    _ probe: some Probe<Subject>, _ place: FindingPlace, _ subject: Subject
  ) -> [Finding] {
    do throws(Failure) {
      return try use { _ in try probe.examine(subject) }.map { place.finding(of: probe, $0) }
    } catch {
      return place.findings(of: probe, probe.verdict(of: error), failed: error)
    }
  }

  /// The failure that an error stands for; one that concerns the whole store ends its examination.
  private func note(_ error: any Error) -> Failure {
    let failure = (error as? any FailureConvertible)?.failure ?? Failure(.bug, "unexpected error: \(error)")
    switch failure.kind {
    case .interrupted, .terminated:
      // The connection says that a wait was broken off, and not by whom.
      end = limit.isOver ? timeout : failure
    case .unavailable: end = failure
    default: if connection == nil { end = failure }
    }
    return end ?? failure
  }

  private var timeout: Failure {
    Failure(.tryAgain, "the checks of \(store) did not end within \(Figures.duration(duration))")
  }
}
