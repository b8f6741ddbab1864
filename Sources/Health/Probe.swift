import Failures

/// One check of a store. A new probe is a file with its type, and a line in `ProbeList`.
///
/// A probe only reads, in few round trips. It throws what the store answered: the checkup makes a finding of that, and goes on
/// with the next probe.
protocol Probe<Store>: Sendable {
  /// What the probe reads from.
  associatedtype Store

  /// The check's name.
  var check: String { get }
  var purpose: Purpose { get }
  /// Whether the reason describes the subject as a whole; one probe of each list does.
  var isSummary: Bool { get }
  /// The verdict where the store cannot be reached: `critical` only for the probe that checks whether it can.
  var verdictWhenUnreachable: Verdict { get }

  /// At least one observation; none where the store holds nothing to check.
  func examine(_ store: Store) throws -> [Observation]
}

extension Probe {
  var purpose: Purpose { .operation }
  var isSummary: Bool { false }
  var verdictWhenUnreachable: Verdict { .unknown }

  /// The verdict where the probe failed: settings and data that contradict each other have been observed, anything else
  /// leaves unknown what was to be checked.
  func verdict(of failure: Failure) -> Verdict {
    switch failure.kind {
    case .unavailable: verdictWhenUnreachable
    case .configuration, .badInput: .critical
    default: .unknown
    }
  }
}
