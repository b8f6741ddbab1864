import Failures

/// One batch on its way through its locked rows: what is offered, what is missing, and what has to wait for that.
///
/// Rows come in the candidates' order, without those that another transaction has locked or that are no longer waiting. Which
/// of the two it was is only known afterwards: until then, what follows a missing event with the same key is deferred.
struct ReplayPass {
  /// Offered, in order; the token of a record is its place here.
  private(set) var events: [LockedEvent] = []
  /// The record that could not be offered, by its token; after it nothing is.
  private(set) var failure: (token: Int, reason: Failure)?
  /// Events whose rows did not come.
  private(set) var missing: [ReplayCandidate] = []
  /// Events that may follow if those missing before them are gone for good.
  private(set) var deferred: [ReplayCandidate] = []
  /// How many stay as they are, because they or an earlier event of their key are not as the plan saw them.
  private(set) var held = 0
  /// How many of the missing were published or removed by others.
  private(set) var gone = 0
  /// Keys that have to wait, over all batches.
  var heldKeys: Set<[UInt8]>

  private var candidates: ArraySlice<ReplayCandidate> = []
  private var suspects: Set<[UInt8]> = []

  init(heldKeys: Set<[UInt8]>) {
    self.heldKeys = heldKeys
  }

  /// Begins with candidates whose rows come next.
  mutating func begin(_ candidates: [ReplayCandidate]) {
    self.candidates = candidates[...]
    suspects = []
    deferred = []
    events.reserveCapacity(events.count + candidates.count)
  }

  /// Takes the next row; `offer` sends its record under the token.
  mutating func take(id: String, status: String, published: String?, offer: (Int) throws -> Void) {
    // A row that stands elsewhere than the plan saw it counts as missing, which leaves it as it is.
    guard let place = candidates.firstIndex(where: { $0.id == id }) else { return }
    for candidate in candidates[..<place] { miss(candidate) }
    let candidate = candidates[place]
    candidates = candidates[(place + 1)...]
    if status != candidate.status || candidate.key.map({ heldKeys.contains($0) }) ?? false {
      hold(candidate)
    } else if let key = candidate.key, suspects.contains(key) {
      deferred.append(candidate)
    } else if failure == nil {
      events.append(LockedEvent(id: id, key: candidate.key, status: status, published: published))
      do {
        try offer(events.count - 1)
      } catch {
        let reason = (error as? any FailureConvertible)?.failure ?? Failure(.failed, "\(error)")
        failure = (events.count - 1, reason)
      }
    }
  }

  /// Counts what did not come as missing.
  mutating func end() {
    for candidate in candidates { miss(candidate) }
    candidates = []
  }

  /// Tells which of the missing events are still waiting, so that somebody else works on them; the others are gone.
  mutating func resolve(stillWaiting: Set<String>) {
    for candidate in missing {
      if stillWaiting.contains(candidate.id) { hold(candidate) } else { gone += 1 }
    }
    for candidate in deferred where candidate.key.map({ heldKeys.contains($0) }) ?? false { held += 1 }
    deferred.removeAll { $0.key.map { heldKeys.contains($0) } ?? false }
  }

  private mutating func miss(_ candidate: ReplayCandidate) {
    missing.append(candidate)
    if let key = candidate.key { suspects.insert(key) }
  }

  private mutating func hold(_ candidate: ReplayCandidate) {
    held += 1
    if let key = candidate.key { heldKeys.insert(key) }
  }
}
