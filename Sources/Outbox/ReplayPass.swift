import Failures

/// One way of a batch, or of a part of it, through its locked rows: what is offered, what is missing, what has to wait for that,
/// and in the end what arrived.
///
/// Rows come in the candidates' order, without those that another transaction has locked or that are no longer waiting. Which
/// of the two it was is only known afterwards: until then, what follows a missing event with the same key is deferred. What
/// follows an event that could not be sent with the same key is not offered.
struct ReplayPass {
  /// Offered, in order; the token of a record is its place here.
  private(set) var events: [LockedEvent] = []
  /// Why records did not arrive, as far as it is known, by their tokens.
  private(set) var failures: [Int: PublishFailure] = [:]
  /// Why the destination takes nothing more.
  private(set) var stop: Failure?
  /// Nothing more is to be offered.
  private(set) var isClosed = false
  /// Events whose rows did not come.
  private(set) var missing: [ReplayCandidate] = []
  /// Events that may follow if those missing before them are gone for good.
  private(set) var deferred: [ReplayCandidate] = []
  /// Events that failed in company, and what follows with their keys: they are to be sent again, in smaller parts.
  private(set) var apart: Set<String> = []
  /// The events that may be marked: those that arrived, save behind one of the same key that did not.
  ///
  /// Records that follow a failed one may be out already; unmarked they are sent once more, in order.
  private(set) var arrived: [LockedEvent] = []
  private(set) var tally = ReplayTally()
  /// Keys that have to wait, over all batches, because somebody else works on an earlier event of theirs.
  private(set) var heldKeys: Set<[UInt8]>
  /// Keys of which an event could not be sent, over all batches.
  private(set) var brokenKeys: Set<[UInt8]>

  private var candidates: ArraySlice<ReplayCandidate> = []
  private var missingKeys: Set<[UInt8]> = []
  /// Keys of events that have failed in this pass: for good, and in company.
  private var failedKeys: Set<[UInt8]> = []
  private var doubtfulKeys: Set<[UInt8]> = []
  /// The record that was turned away because the destination had failed another.
  private var turnedAway: Int?

  init(heldKeys: Set<[UInt8]> = [], brokenKeys: Set<[UInt8]> = []) {
    self.heldKeys = heldKeys
    self.brokenKeys = brokenKeys
  }

  // MARK: Offering

  /// Begins with candidates whose rows come next.
  mutating func begin(_ candidates: [ReplayCandidate]) {
    self.candidates = candidates[...]
    missingKeys = []
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

  /// Counts what did not come as missing.
  mutating func end() {
    for candidate in candidates { miss(candidate) }
    candidates = []
  }

  /// Offers nothing more; what comes stays as it is.
  mutating func close() { isClosed = true }

  /// Tells which of the missing events are still waiting, so that somebody else works on them; the others are gone.
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

  // MARK: What became of it

  /// Takes in what is known while records are still being offered, so that nothing overtakes a failed one of its key.
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

  /// Sorts the events by what became of them, once all records have arrived or failed.
  mutating func settle(_ late: [Int: PublishFailure]) {
    let offered = events.count - failures.count { $0.value.scope == .record }
    if let turnedAway, late.ofDestination != nil {
      // A record that was turned away because an earlier one had failed has not failed itself.
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

  /// How many have failed for their own sake in this pass, while its records are still being offered.
  var triesFailed: Int { failures.count { $0.value.scope == .record } }

  /// Leaves events that were to be sent again as they are, and with them what follows with their keys.
  mutating func leave(_ candidates: some Sequence<ReplayCandidate>) {
    for candidate in candidates {
      if let key = candidate.key { brokenKeys.insert(key) }
      keepBehind(candidate.key)
    }
  }

  /// Takes in what a further pass found about a part of this one's events.
  mutating func add(_ part: ReplayPass) {
    arrived += part.arrived
    tally.add(part.tally)
    (heldKeys, brokenKeys) = (part.heldKeys, part.brokenKeys)
    stop = stop ?? part.stop
  }
}

extension Set<[UInt8]> {
  /// An event without a key is in no set of keys.
  fileprivate func has(_ key: [UInt8]?) -> Bool { key.map { !isEmpty && contains($0) } ?? false }
}
