import Failures

/// One pass over the locked rows of a batch, or of a part of it: which events are offered to the destination, which are missing, which wait
/// for those, and finally which arrived.
///
/// Rows come in the order of the candidates, without those that another transaction has locked and those that are no longer unpublished.
/// Which of the two a missing row is, is known only later: until then, later events with its key are deferred. Events after
/// one that could not be sent, with the same key, are not offered.
struct ReplayPass {
  /// The events that were offered, in order; the token of a record is its index here.
  private(set) var events: [LockedEvent] = []
  /// Why records did not arrive, as far as known, by token.
  private(set) var failures: [Int: PublishFailure] = [:]
  /// Why the destination accepts nothing more; nil while it does.
  private(set) var stop: Failure?
  /// True when nothing more may be offered.
  private(set) var isClosed = false
  /// Candidates whose rows did not come.
  private(set) var missing: [ReplayCandidate] = []
  /// Candidates that may be sent if the missing ones before them are no longer unpublished.
  private(set) var deferred: [ReplayCandidate] = []
  /// Ids of events that were refused together, and of later ones with their keys: they are sent again, in smaller parts.
  private(set) var apart: Set<String> = []
  /// The events that may be marked: those that arrived, except after one with the same key that did not.
  ///
  /// Records after a failed one may have been sent already. They stay unmarked, so they are sent again, in order.
  private(set) var arrived: [LockedEvent] = []
  private(set) var tally = ReplayTally()
  /// Keys that wait, over all batches, because another transaction has locked an earlier event with the key.
  private(set) var heldKeys: Set<[UInt8]>
  /// Keys with an event that could not be sent, over all batches.
  private(set) var brokenKeys: Set<[UInt8]>

  private var candidates: ArraySlice<ReplayCandidate> = []
  private var missingKeys: Set<[UInt8]> = []
  /// Keys of events that failed in this pass, each by itself.
  private var failedKeys: Set<[UInt8]> = []
  /// Keys of events that the destination refused together with others.
  private var doubtfulKeys: Set<[UInt8]> = []
  /// The token of the record that was not accepted because the destination had failed for an earlier one.
  private var turnedAway: Int?

  init(heldKeys: Set<[UInt8]> = [], brokenKeys: Set<[UInt8]> = []) {
    self.heldKeys = heldKeys
    self.brokenKeys = brokenKeys
  }

  // MARK: Offering

  /// Starts with the candidates whose rows come next.
  mutating func begin(_ candidates: [ReplayCandidate]) {
    self.candidates = candidates[...]
    missingKeys = []
    deferred = []
    events.reserveCapacity(events.count + candidates.count)
  }

  /// Takes the next row; `offer` sends its record under the token.
  mutating func take(id: String, status: String, published: String?, offer: (Int) throws -> Void) {
    // A row out of the planned order counts as missing, and is not changed.
    guard let place = candidates.firstIndex(where: { $0.id == id }) else { return }
    for candidate in candidates[..<place] { miss(candidate) }
    let candidate = candidates[place]
    candidates = candidates[(place + 1)...]
    if status != candidate.status || heldKeys.has(candidate.key) {
      hold(candidate)
    } else if brokenKeys.has(candidate.key) || failedKeys.has(candidate.key) {
      keepBehind(candidate.key)
    } else if missingKeys.has(candidate.key) {
      deferred.append(candidate)
    } else if doubtfulKeys.has(candidate.key) {
      apart.insert(candidate.id)
    } else if !isClosed {
      events.append(LockedEvent(id: id, key: candidate.key, status: status, published: published))
      let token = events.count - 1
      do {
        try offer(token)
      } catch {
        let failure = PublishFailure(error)
        note(failure, of: token)
        if failure.scope == .destination { turnedAway = token }
      }
    }
  }

  /// Ends the rows: candidates that did not come are missing.
  mutating func end() {
    for candidate in candidates { miss(candidate) }
    candidates = []
  }

  /// Stops offering: rows that still come stay as they are.
  mutating func close() { isClosed = true }

  /// Sorts the missing candidates: those still unpublished are locked by another transaction, the others are gone.
  mutating func resolve(stillWaiting: Set<String>) {
    for candidate in missing {
      if stillWaiting.contains(candidate.id) { hold(candidate) } else { tally.gone += 1 }
    }
    for candidate in deferred where heldKeys.has(candidate.key) { tally.held += 1 }
    deferred.removeAll { heldKeys.has($0.key) }
  }

  private mutating func miss(_ candidate: ReplayCandidate) {
    missing.append(candidate)
    if let key = candidate.key { missingKeys.insert(key) }
  }

  private mutating func hold(_ candidate: ReplayCandidate) {
    tally.held += 1
    if let key = candidate.key { heldKeys.insert(key) }
  }

  private mutating func keepBehind(_ key: [UInt8]?) {
    tally.behind += 1
    if let key { tally.behindKeys.insert(key) }
  }

  // MARK: Results

  /// Takes failures that are known while records are still offered, so that no event overtakes a failed one with its key.
  mutating func note(_ known: [Int: PublishFailure]) {
    for (token, failure) in known where failures[token] == nil { note(failure, of: token) }
  }

  private mutating func note(_ failure: PublishFailure, of token: Int) {
    failures[token] = failure
    switch failure.scope {
    case .destination: isClosed = true
    case .company: if let key = events[token].key { doubtfulKeys.insert(key) }
    case .record, .topic: if let key = events[token].key { failedKeys.insert(key) }
    }
  }

  /// Sorts the events by their result, when every record has arrived or failed.
  mutating func settle(_ late: [Int: PublishFailure]) {
    let offered = events.count - failures.count { $0.value.scope == .record }
    if let turnedAway, late.ofDestination != nil {
      // A record that was not accepted because an earlier one had failed did not fail itself.
      failures[turnedAway] = nil
      events.removeLast()
    }
    failures.merge(late) { _, settled in settled }
    stop = failures.ofDestination?.failure
    var apartKeys: Set<[UInt8]> = []
    var lostKeys: Set<[UInt8]> = []
    for (token, event) in events.enumerated() {
      let failure = failures[token]
      if brokenKeys.has(event.key), failure == nil {
        keepBehind(event.key)
      } else if apartKeys.has(event.key) || failure?.scope == .company && offered > 1 {
        apart.insert(event.id)
        if let key = event.key { apartKeys.insert(key) }
      } else if failure?.scope == .destination {
        tally.lost += 1
        if let key = event.key { lostKeys.insert(key) }
      } else if let failure {
        tally.refused.add(event.id, failure)
        if let key = event.key { brokenKeys.insert(key) }
      } else if !lostKeys.has(event.key) {
        arrived.append(event)
      }
    }
  }

  /// How many records of this pass have failed, each by itself, while others are still offered.
  var triesFailed: Int { failures.count { $0.value.scope == .record } }

  /// Leaves candidates unsent that were to be sent again, and holds back later events with their keys.
  mutating func leave(_ candidates: some Sequence<ReplayCandidate>) {
    for candidate in candidates {
      if let key = candidate.key { brokenKeys.insert(key) }
      keepBehind(candidate.key)
    }
  }

  /// Adds the results of a further pass over a part of this one's events.
  mutating func add(_ part: ReplayPass) {
    arrived += part.arrived
    tally.add(part.tally)
    (heldKeys, brokenKeys) = (part.heldKeys, part.brokenKeys)
    stop = stop ?? part.stop
  }
}

extension Set<[UInt8]> {
  /// False for an event without a key.
  fileprivate func has(_ key: [UInt8]?) -> Bool { key.map { !isEmpty && contains($0) } ?? false }
}
