import Failures
import Text

/// The events that could not be sent although the destination accepts others: their number, and for each reason the first few ids.
struct RefusedEvents {
  /// After this many a run ends. A few bad events are corrected by hand; a hundred have one cause, and the operator should learn of it
  /// before the rest is tried.
  static let limit = 100
  private static let shown = 3

  private(set) var count = 0
  /// How many of them were offered to the destination. The rest was not, because their topic had refused another event.
  private(set) var tries = 0
  private var reasons: [Reason] = []

  private struct Reason {
    let text: String
    let failure: Failure
    var ids: [String]
    var count: Int
  }

  mutating func add(_ id: String, _ failure: PublishFailure) {
    count += 1
    if failure.scope != .topic { tries += 1 }
    let text = failure.failure.withCause
    if let place = reasons.firstIndex(where: { $0.text == text }) {
      reasons[place].count += 1
      if reasons[place].ids.count < Self.shown { reasons[place].ids.append(id) }
    } else if reasons.count < Self.shown {
      reasons.append(Reason(text: text, failure: failure.failure, ids: [id], count: 1))
    }
  }

  mutating func add(_ other: RefusedEvents) {
    count += other.count
    tries += other.tries
    for reason in other.reasons {
      if let place = reasons.firstIndex(where: { $0.text == reason.text }) {
        reasons[place].count += reason.count
        reasons[place].ids = Array((reasons[place].ids + reason.ids).prefix(Self.shown))
      } else if reasons.count < Self.shown {
        reasons.append(reason)
      }
    }
  }

  /// `event 12: cannot send …`, one line for each reason.
  var causes: [String] {
    var lines = reasons.map { reason in
      let rest = reason.count - reason.ids.count
      let names = reason.ids.joined(separator: ", ") + (rest > 0 ? " and \(rest.grouped) more" : "")
      return "event\(reason.count == 1 ? "" : "s") \(names): \(reason.text)"
    }
    let others = count - reasons.reduce(0) { $0 + $1.count }
    if others > 0 { lines.append("\(others.counted("event")) more, for other reasons") }
    return lines
  }

  var hints: [String] {
    var hints: [String] = []
    for hint in reasons.flatMap(\.failure.hints) where !hints.contains(hint) { hints.append(hint) }
    guard let first = reasons.first?.ids.first else { return hints }
    let what = count == 1 ? "event \(first)" : "the events that cannot be sent, starting with event \(first)"
    return hints + ["correct \(what); until then a replay sends all other events, except later ones with the same key"]
  }
}
