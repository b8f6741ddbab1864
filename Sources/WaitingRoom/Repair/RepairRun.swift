import Changes
import Failures
import Redis

extension WaitingRoom {
  /// How many people a repair may be about, so that a list of the wrong kind is noticed and everything fits in memory.
  public static let repairLimit = 500_000

  /// How many people one batch of a repair is about. A repair looks each of them up by name, at two or three times the cost of an
  /// admission, which takes them from the front.
  static let repairBatchLimit = 200

  /// How many people one batch is about: fewer where each has keys of its own that move along.
  func repairBatchSize(_ control: ChangeControl, takesActive: Bool = false) -> Int {
    let isHeavy = takesActive || !layout.sideKeys.perToken.isEmpty
    return control.batchSize(upTo: isHeavy ? Self.repairBatchLimit / 2 : Self.repairBatchLimit)
  }

  /// The outcome of a repair. Its second count is of skipped people; the note about them begins with that count, and `one` is its
  /// text for a single person.
  func outcome(
    _ totals: BulkRun.Totals, _ control: ChangeControl, skipped: (one: String, many: String)
  ) -> ChangeOutcome {
    var outcome = ChangeOutcome(changed: totals.changed, skipped: totals.other)
    outcome.wasInterrupted = !totals.isComplete && control.isInterrupted()
    if totals.other > 0 {
      outcome.notes.append("\(totals.other.grouped) \(totals.other == 1 ? skipped.one : skipped.many)")
    }
    return outcome
  }
}

/// A long list in batches: how many there are, and what is in each.
struct Batches<Element> {
  let elements: [Element]
  let size: Int

  var count: Int { (elements.count + size - 1) / size }

  /// What the batch of a number has behind the declared words of its script; nil beyond the last.
  func rest(_ number: Int, _ words: (Element) -> [RedisArgument]) -> ScriptDeclaration.Rest? {
    number > count ? nil : ScriptDeclaration.Rest(arguments: batch(number).flatMap(words))
  }

  /// The batch of a number from 1; empty beyond the last.
  func batch(_ number: Int) -> ArraySlice<Element> {
    let start = min(elements.count, (number - 1) * size)
    return elements[start..<min(elements.count, start + size)]
  }
}
