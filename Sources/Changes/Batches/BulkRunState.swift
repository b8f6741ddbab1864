import Redis

/// What a `BulkRun` knows while it works.
struct BulkRunState {
  /// A batch on its way.
  struct Sent {
    let number: Int
    let words: ScriptDeclaration.Rest
    let ticket: RedisTicket
  }

  var totals: BulkRun.Totals
  var pacer: Pacer
  var underWay: [Sent] = []
  /// The number of the batch to send next.
  var next: Int
  /// The script, or the caller, has nothing more to do.
  var isAtEnd = false
  var absence = Absence()
  var turn = Turn.holding(since: .now)
  /// How often in a row the server has missed a batch before the one that it got.
  var gaps = 0
  /// When the heartbeat was last renewed by itself.
  var renewed = ContinuousClock.now
  /// The batch whose answer is being read.
  private var asked: Sent?
  /// The words of batches that are still to be sent, or to be sent again, in order.
  private var waiting: [(number: Int, words: ScriptDeclaration.Rest)] = []

  init(totals: BulkRun.Totals, pacer: Pacer) {
    self.totals = totals
    self.pacer = pacer
    next = totals.batch + 1
  }

  /// What the next batch has behind the declared words; kept until `noteSent`, because a caller that streams gives it once.
  mutating func words(_ fetch: (Int) throws -> ScriptDeclaration.Rest?) throws -> ScriptDeclaration.Rest? {
    if let kept = waiting.first, kept.number == next { return kept.words }
    guard let words = try fetch(next) else { return nil }
    waiting.insert((next, words), at: 0)
    return words
  }

  mutating func noteSent(_ words: ScriptDeclaration.Rest, _ ticket: RedisTicket) {
    waiting.removeFirst()
    underWay.append(Sent(number: next, words: words, ticket: ticket))
    next += 1
    if turn == .ending { turn = .ended }
  }

  /// The batch whose answer comes next; nil when nothing is under way.
  mutating func nextAnswer() -> Sent? {
    asked = underWay.isEmpty ? nil : underWay.removeFirst()
    return asked
  }

  /// The answer was a good one.
  mutating func noteAnswer() {
    asked = nil
    absence.end()
    gaps = 0
  }

  /// Everything that has no answer is sent again.
  mutating func startAgain() {
    let unanswered = ([asked].compactMap { $0 } + underWay).map { (number: $0.number, words: $0.words) } + waiting
    waiting = unanswered.filter { $0.number > totals.batch }
    (asked, underWay) = (nil, [])
    next = totals.batch + 1
    // What the script has finished stays finished.
    isAtEnd = totals.hasMore == false
    totals.pauseMicroseconds = 0
    turn = .holding(since: .now)
  }
}

/// A server that is away in the middle of a run.
struct Absence {
  /// How long it may be: a restart takes a second or two, and a heartbeat lives fifteen.
  private static let limit = Duration.seconds(10)

  private var since: ContinuousClock.Instant?
  /// Why the last try to reach it again failed.
  var reason: RedisError?
  private(set) var hasEverBeen = false
  /// Batches that were sent and not answered.
  private(set) var batchesInDoubt = 0

  /// Whether it is worth waiting on; `underWay` batches had no answer when it was noticed.
  mutating func isShort(leaving underWay: Int) -> Bool {
    let start = since ?? .now
    (since, hasEverBeen, batchesInDoubt) = (start, true, max(batchesInDoubt, underWay))
    return ContinuousClock.now - start < Self.limit
  }

  mutating func end() { (since, reason, batchesInDoubt) = (nil, nil, 0) }
}

/// The time for which a run without a pace keeps the lock although another run waits for it.
enum Turn: Equatable {
  case holding(since: ContinuousClock.Instant)
  /// The next batch releases the lock; it is sent once nothing else is under way.
  case ending
  /// That batch is under way.
  case ended
  /// Whether the lock is free for a run that waits.
  case resting

  /// Half a second, so that a run that waits is served within one.
  private static let length = Duration.milliseconds(500)
  /// Longer than the interval at which a run that waits asks for the lock.
  static let rest = RedisLock.pollInterval + .milliseconds(50)

  /// After the answer to a batch.
  mutating func note(isAwaited: Bool) {
    switch self {
    case .holding(let start): if isAwaited, ContinuousClock.now - start >= Self.length { self = .ending }
    case .ended: self = .resting
    case .ending, .resting: break
    }
  }
}
