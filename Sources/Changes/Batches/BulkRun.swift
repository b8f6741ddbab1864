import Failures
import Glibc
import Redis

/// Carries a change out batch by batch with a `BatchScript`: the one way in which anything goes to Redis in batches.
///
/// Two batches are under way at a time, so that the server does not wait for this process; with a pace, one. An interruption stops the
/// sending, and what was sent is waited for. When the server goes away, the batches in doubt are sent again after it came back. The
/// lock goes from run to run between two batches, see `Tenure`.
public struct BulkRun {
  /// How long the run keeps the lock.
  public enum Tenure: Sendable {
    /// Until its end: others would find the store in the middle of the change.
    case whole
    /// Until another run waits for it, and then between two batches.
    case shared
  }

  /// How the next batch follows.
  public enum Pipelining: Sendable {
    /// Two batches under way, as fast as the server takes them.
    case two
    /// Two batches under way, the first of which is sent this many microseconds ahead: see `KeyWalk`.
    case apart(UInt32)
    /// One batch, and then at least this many microseconds until the next: the script keeps a pace by the server's clock.
    case paced(Int)
  }

  /// What the script said last; all counts are of the whole operation so far.
  public struct Totals: Equatable, Sendable {
    public var batch = 0
    public var changed = 0
    /// The script's second count: units that needed no change.
    public var other = 0
    /// Further counts of the script.
    public var extra: [Int] = []
    /// Everything is done; false after an interruption.
    public var isComplete = false

    /// Nil if only the caller knows.
    var hasMore: Bool?
    var pauseMicroseconds = 0
    var isAwaited = false

    public init() {}
  }

  let redis: RedisConnection
  let change: RunningChange
  let script: BatchScript
  let lock: RedisLock
  private let keys: [String: RedisArgument]
  private let arguments: [String: RedisArgument]
  let batchSize: Int
  private let tenure: Tenure
  private let pipelining: Pipelining
  let survivesRestart: Bool
  private let next: (Int) throws -> ScriptDeclaration.Rest?

  /// - Parameters:
  ///   - keys, arguments: what the script itself declares.
  ///   - batchSize: how many units one batch works on at most, for counts of what is in doubt.
  ///   - survivesRestart: whether batches may be sent again to a server that came back. False for a scan of its keys, whose order is
  ///     another one then.
  ///   - next: what the batch of this number has behind the declared words; asked for in order, and again for batches that have to be
  ///     sent again. Nil ends the run; a script that tells by itself whether there is more needs nothing here.
  /// - Throws: `bug` where the change holds no lock.
  public init(
    _ script: BatchScript, of change: RunningChange, on redis: RedisConnection, keys: [String: RedisArgument] = [:],
    arguments: [String: RedisArgument] = [:], batchSize: Int, tenure: Tenure = .shared,
    pipelining: Pipelining = .two, survivesRestart: Bool = true,
    next: @escaping (Int) throws -> ScriptDeclaration.Rest? = { _ in ScriptDeclaration.Rest() }
  ) throws {
    guard let lock = change.lock else { throw Failure(.bug, "a change runs in batches without a lock") }
    self.script = script
    self.change = change
    self.redis = redis
    self.lock = lock
    let own = lock.keys
    self.keys = keys.merging([
      "operation": RedisArgument(own.operation(change.id)), "heartbeat": RedisArgument(own.heartbeat(change.id)),
      "lock": lock.key, "lock_queue": RedisArgument(own.lockQueue),
    ]) { given, _ in given }
    self.arguments = arguments
    self.batchSize = batchSize
    self.tenure = tenure
    self.pipelining = pipelining
    self.survivesRestart = survivesRestart
    self.next = next
  }

  /// Works until everything is done or somebody interrupts.
  ///
  /// - Parameter earlier: what an earlier part of the same operation has done; its batches are numbered on.
  /// - Throws: `BrokenOffChange` when the server goes away, or refuses, after something was changed; an error of the server as it is when
  ///   nothing was.
  public func run(after earlier: Totals = Totals()) throws -> Totals {
    var state = makeState(after: earlier)
    while try advance(&state) {}
    return try end(state)
  }

  func makeState(after earlier: Totals = Totals()) -> BulkRunState {
    BulkRunState(totals: earlier, pacer: change.control.makePacer())
  }

  /// Sends what there is room for, and takes in the answer to one batch; false when nothing is under way any more.
  func advance(_ state: inout BulkRunState) throws -> Bool {
    try attempt(&state) { state in
      try send(&state)
      return try takeAnswer(&state)
    } ?? true
  }

  /// Runs `body`, and recovers from what the server, or the way to it, does; nil if that was needed.
  func attempt<T>(_ state: inout BulkRunState, _ body: (inout BulkRunState) throws -> T) throws -> T? {
    try redis.uninterrupted {
      do {
        return try body(&state)
      } catch let error as RedisError {
        try recover(from: error, &state)
        return nil
      }
    }
  }

  /// Waits for the answer to the next batch; false when nothing is under way.
  func takeAnswer(_ state: inout BulkRunState) throws -> Bool {
    guard let batch = state.nextAnswer() else { return false }
    take(try totals(try redis.checked(batch.ticket), state.totals), &state)
    return true
  }

  // MARK: One round

  func send(_ state: inout BulkRunState) throws {
    while !state.isAtEnd, hasRoom(state), !change.control.isInterrupted() {
      var pacer = state.pacer
      try pacer.wait(for: 0) { try renewHeartbeat(&state) }
      if state.turn == .resting {
        try rest(Turn.rest, &state)
        state.turn = .holding(since: .now)
      }
      if state.totals.pauseMicroseconds > 0 {
        try rest(.microseconds(max(state.totals.pauseMicroseconds, step)), &state)
      }
      if change.control.isInterrupted() { return }
      guard let words = try state.words(next) else {
        state.isAtEnd = true
        return
      }
      let call = try script.declaration.call(keys: keys, arguments: arguments(state), rest: words)
      let ticket = try redis.append(script.declaration.script, keys: call.keys, arguments: call.arguments)
      state.noteSent(words, ticket)
      if case .apart(let headStart) = pipelining {
        try redis.flush()
        if state.underWay.count == 1 { usleep(headStart) }
      }
    }
  }

  private func arguments(_ state: BulkRunState) -> [String: RedisArgument] {
    // A run with a pace holds the lock for the batch alone.
    let holds = !isPaced && state.turn != .ending
    return arguments.merging([
      "token": RedisArgument(lock.token), "batch": RedisArgument(state.next),
      "hold_ms": RedisArgument(holds ? RedisLock.milliseconds : 0),
    ]) { given, _ in given }
  }

  private func hasRoom(_ state: BulkRunState) -> Bool {
    if state.underWay.isEmpty { return true }
    if isPaced { return false }
    guard case .holding = state.turn else { return false }
    if case .apart = pipelining, redis.hasReply { return false }
    return state.underWay.count < 2
  }

  private func take(_ totals: Totals, _ state: inout BulkRunState) {
    let before = state.totals.changed + state.totals.other
    state.totals = totals
    state.noteAnswer()
    if let hasMore = totals.hasMore { state.isAtEnd = !hasMore }
    if case .paced = pipelining { state.next = totals.batch + 1 }
    let now = totals.changed + totals.other
    // A batch may turn out smaller than it might have been: only what moved is charged to the pace.
    state.pacer.charge(now - before)
    if now > before { change.control.progress(now) }
    state.turn.note(isAwaited: totals.isAwaited && tenure == .shared && !isPaced)
  }

  func end(_ state: BulkRunState) throws -> Totals {
    // Ended on request while the server was away: what was on its way is not known.
    if let reason = state.absence.reason {
      throw brokenOff(by: reason, after: state.totals, inDoubt: state.absence.batchesInDoubt)
    }
    var totals = state.totals
    totals.isComplete = state.isAtEnd
    return totals
  }

  private var isPaced: Bool {
    if case .paced = pipelining { return true }
    return change.control.unitsPerSecond != nil
  }

  private var step: Int {
    if case .paced(let microseconds) = pipelining { return microseconds }
    return 0
  }

  /// Sleeps, keeps the heartbeat meanwhile, and ends early when interrupted.
  func rest(_ time: Duration, _ state: inout BulkRunState) throws {
    let end = ContinuousClock.now + time
    while !change.control.isInterrupted(), ContinuousClock.now < end {
      try renewHeartbeat(&state)
      let left = min(end - ContinuousClock.now, .milliseconds(100))
      if left > .zero { usleep(UInt32(left / .microseconds(1))) }
    }
  }

  private func totals(_ reply: RedisValue, _ before: Totals) throws(RedisError) -> Totals {
    let fields = try reply.array
    guard fields.count >= 6 else {
      throw RedisError(.unexpectedReply(wanted: "six counts", found: "an array of \(fields.count)"))
    }
    var totals = before
    (totals.batch, totals.changed, totals.other) = (
      try fields[0].integer, try fields[1].integer, try fields[2].integer
    )
    let more = try fields[3].integer
    totals.hasMore = more < 0 ? nil : more == 1
    totals.pauseMicroseconds = try fields[4].integer
    totals.isAwaited = try fields[5].integer == 1
    totals.extra = []
    for field in fields.dropFirst(6) { totals.extra.append(try field.integer) }
    return totals
  }
}
