import Arguments
import Changes
import Failures
import Glibc
import Redis
import Terminal
import Text

extension Session {
  /// Carries a change through its stations: consent, plan, bound, question, lock, record, apply, record, result.
  ///
  /// `plan` reads only. `apply` changes what that plan says, in batches, and looks at its control between them. A dry run ends after the
  /// plan, and a plan of nothing is done at once.
  func change<Plan>(
    command: String, destroying: String? = nil, plan: () throws -> PlannedChange<Plan>,
    apply: (Plan, RunningChange) throws -> ChangeOutcome
  ) throws {
    let consent = try Consent(self, command: command, destroying: destroying)
    let clock = ContinuousClock()
    var start = clock.now
    var planned = try bounded(plan)
    if planned.proposal.isEmpty {
      return try reportNothing(planned.proposal, isDryRun: consent.isDryRun, took: clock.now - start)
    }
    var unfinished = UnfinishedChanges()
    planned.proposal.warnings += try unfinished.look(before: planned.proposal, self, isDryRun: consent.isDryRun)
    if consent.isDryRun {
      planned.proposal.warnings += refusal(by: planned.proposal.store)
      warn(of: planned.proposal)
      return try reportPlan(planned.proposal, took: clock.now - start)
    }
    let proposal = planned.proposal
    // Its own data goes there, also under `--quiet`.
    if proposal.leavesOutputAlone { try output.requireWritable() }
    warn(of: proposal, isAsking: consent.asks)
    if consent.asks { try describe(proposal, on: errors) }
    let asked = clock.now
    let isAgreed = consent.isGiven(for: proposal)
    // How long a person thought is not what the change took.
    start += clock.now - asked
    // Also where the signal came while the plan was made: then there is nothing to record.
    guard isAgreed, !Interruption.isRequested else {
      throw Failure(Interruption.isRequested ? Interruption.failureKind : .refused, "nothing was changed")
    }
    let token = actor.makeToken()
    let (held, waited) = try HeldLock.acquire(
      for: proposal, as: token, self, wait: values[ChangeOptions.wait] ?? .zero)
    let done = try holding(held) { () throws -> (OperationID, ChangeOutcome)? in
      // Whoever held the lock has changed what the plan saw.
      if waited { planned = try plannedAnew(after: proposal, consent, plan) }
      if planned.proposal.isEmpty { return nil }
      // Who is told of nothing leaves the news to the next.
      if consent.asks || !isQuiet {
        let news = try unfinished.settle(before: planned.proposal, self)
        for warning in news { warn(warning) }
        planned.proposal.warnings += news
      }
      return try carryOut(planned, held, token, apply)
    }
    guard let (id, outcome) = done else {
      return try reportNothing(planned.proposal, isDryRun: false, took: clock.now - start)
    }
    try conclude(planned.proposal, id, outcome, took: clock.now - start)
  }

  /// What a dry run warns of, because the real run would be refused: a store that is read only. Empty where it does not say.
  private func refusal(by store: OperationRecord.Store) -> [String] {
    let refused = "the real run would be refused: "
    switch store {
    case .redis:
      guard let redis = try? redis(), let information = try? RedisInformation(redis), information.isReadOnly else {
        return []
      }
      return [refused + "Redis at \(redis.target) is a read-only replica"]
    case .postgres:
      let row = try? postgres().query(
        "SELECT pg_is_in_recovery() AS is_standby, current_setting('transaction_read_only') = 'on' AS is_read_only"
      ).first
      if (try? row?.decode("is_standby", as: Bool.self)) == true { return [refused + "PostgreSQL is a standby"] }
      let isReadOnly = (try? row?.decode("is_read_only", as: Bool.self)) == true
      return isReadOnly ? [refused + "transactions are read-only here (default_transaction_read_only)"] : []
    }
  }

  /// Warns of what a plan found, but not under `--quiet`, where nobody is asked: done as wanted, it is silent, and JSON tells all.
  private func warn(of proposal: ChangeProposal, isAsking: Bool = false) {
    guard isAsking || !isQuiet else { return }
    for warning in proposal.warnings { warn(warning) }
  }

  /// The plan with the lock in hand. A person has said yes to a number, and is not taken to have said it to a larger one.
  private func plannedAnew<Plan>(
    after agreed: ChangeProposal, _ consent: Consent, _ plan: () throws -> PlannedChange<Plan>
  ) throws -> PlannedChange<Plan> {
    let planned = try bounded(plan)
    let proposal = planned.proposal
    guard consent.asks, proposal.count > agreed.count else { return planned }
    throw Failure(
      .refused,
      "the plan grew from \(agreed.count.grouped) to \(proposal.count.grouped) while another usher held the lock",
      causes: ["nothing was changed: you said yes to \(agreed.count.grouped)"], hints: ["run it again, and look"]
    )
  }

  private func reportNothing(_ proposal: ChangeProposal, isDryRun: Bool, took: Duration) throws {
    warn(of: proposal)
    var empty = ChangeReport(proposal, isDryRun: isDryRun, took: took)
    empty.action = proposal.nothingToDo
    empty.undo = .none(reason: "nothing was changed")
    try report(empty, sentence: proposal.nothingToDo)
  }

  /// The plan, with the time that its pace takes; refused when it is larger than `--max-affected`.
  private func bounded<Plan>(_ plan: () throws -> PlannedChange<Plan>) throws -> PlannedChange<Plan> {
    var planned = try plan()
    let proposal = planned.proposal
    if let most = values[ChangeOptions.maxAffected], proposal.count > most {
      throw Failure(
        .refused,
        "the plan would change \(proposal.count.grouped), more than the \(most.grouped) of --max-affected",
        causes: [proposal.action], hints: ["nothing was changed; look at the plan with `--dry-run`"])
    }
    if let rate = values[ChangeOptions.rate], rate.perSecond > 0 {
      // The first batch, a tenth of a second's worth at most, goes at once.
      let paced = Duration.seconds(min(Double(proposal.count) / rate.perSecond, 1e9))
      planned.proposal.estimate = max(.zero, paced - .milliseconds(100))...(paced + .seconds(1))
    }
    return planned
  }

  /// Runs `body` with the lock in hand and gives it back, however `body` ends.
  private func holding<T>(_ held: HeldLock, _ body: () throws -> T) throws -> T {
    try Interruption.deferred(whileHolding: held.redis != nil) {
      let result: T
      do {
        result = try body()
      } catch {
        // The first error is the one to report: giving back may fail for the same reason.
        if Interruption.isForced { try? held.abandon(self) } else { try? held.release(self) }
        throw error
      }
      do {
        try held.release(self)
      } catch {
        // What was done is done and recorded.
        warn("the lock could not be given back, and runs out by itself: \(ErrorReport.failure(for: error).message)")
      }
      return result
    }
  }

  /// Records the start, applies, records the end; the record is closed also when applying failed.
  private func carryOut<Plan>(
    _ planned: PlannedChange<Plan>, _ held: HeldLock, _ token: String,
    _ apply: (Plan, RunningChange) throws -> ChangeOutcome
  ) throws -> (OperationID, ChangeOutcome) {
    let proposal = planned.proposal
    let progress = Progress(proposal.command, total: proposal.countIsEstimate ? nil : proposal.count, on: errors)
    defer { progress.finish() }
    let (id, journal) = try begin(proposal, token)
    let control = ChangeControl(
      unitsPerSecond: values[ChangeOptions.rate]?.perSecond, isInterrupted: { Interruption.isRequested },
      progress: { progress.update($0) })
    do {
      let change = RunningChange(id, lock: held.redis, control: control)
      var outcome = try known(id, proposal) { try apply(planned.plan, change) }
      do {
        // Of a change that was broken off the record knows more than we do: what was on its way counted itself.
        try journal.finish(
          id, state: outcome.state, failed: outcome.failed, changed: outcome.isAtLeast ? nil : outcome.changed)
      } catch  where outcome.failed > 0 {
        // The store that keeps the record has gone in the middle: what was done and what failed is the news.
        outcome.notes.append("the operation's record could not be closed: \(ErrorReport.failure(for: error).message)")
      }
      if let undone = proposal.undoes, outcome.state == .done { try journal.markUndone(undone, by: id) }
      return (id, outcome)
    } catch {
      progress.finish()
      // Only with a lock in Redis does a second signal come here, so the record is in Redis too.
      if Interruption.isForced {
        if case .redis(let keys, _) = proposal.place { try? redisJournal().abandon(id, in: keys) }
        throw brokenOff(id, error)
      }
      // The first error is the one to report: closing the record may fail for the same reason.
      try? journal.finish(id, state: .failed, failed: 0, changed: nil)
      let failure = ErrorReport.failure(for: error).adding(hint: "what was done before is in: usher history \(id)")
      throw proposal.undo == .automatic ? failure.adding(hint: "take that back with: usher undo \(id)") : failure
    }
  }

  /// What `body` did, also when its store broke it off in the middle; then with how to go on.
  private func known(
    _ id: OperationID, _ proposal: ChangeProposal, _ body: () throws -> ChangeOutcome
  ) throws -> ChangeOutcome {
    do {
      return try body()
    } catch let broken as BrokenOffChange where !Interruption.isForced {
      var outcome = broken.outcome
      // The last batch on its way may have been a short one.
      if !proposal.countIsEstimate {
        outcome.failed = min(outcome.failed, max(1, proposal.count - outcome.changed - outcome.skipped))
      }
      outcome.hints.append("how far it came is in its record, as far as the store has kept it: `usher history \(id)`")
      if proposal.undo == .automatic {
        outcome.hints.append("take back what was done with `usher undo \(id)`, or go on from there")
      } else if let undone = proposal.undoes, !outcome.hints.contains(where: { $0.contains(undone.description) }) {
        outcome.hints.append("go on with the rest: `usher undo \(undone)`")
      }
      return outcome
    }
  }

  private func brokenOff(_ id: OperationID, _ error: any Error) -> Failure {
    Failure(
      Interruption.failureKind, "ended at a second signal, in the middle of a batch",
      causes: [ErrorReport.failure(for: error).message],
      hints: [
        "what was done before is in: usher history \(id)",
        "the lock was given back without waiting for an answer; should that not arrive, it runs out within "
          + "\(RedisLock.milliseconds / 1000) s",
      ])
  }

  private func conclude(
    _ proposal: ChangeProposal, _ id: OperationID, _ outcome: ChangeOutcome, took: Duration
  ) throws {
    if Interruption.signalNumber == SIGINT { try? errors.eraseLine() }
    for line in outcome.notes { note(line) }
    var report = ChangeReport(proposal, isDryRun: false, took: took)
    report.operation = id
    report.changed = outcome.changed
    report.failed = outcome.failed
    report.skipped = outcome.skipped
    report.wasInterrupted = outcome.wasInterrupted
    report.changedIsAtLeast = outcome.isAtLeast
    // The walk was whole, so what it met is what there was; one that was broken off knows only its estimate.
    if proposal.countIsEstimate && !outcome.wasInterrupted && !outcome.isAtLeast {
      report.planned = outcome.changed + outcome.failed + outcome.skipped
    }
    if outcome.changed == 0 && outcome.skipped == 0 { report.undo = .none(reason: "nothing was changed") }
    let sentence = sentence(proposal, id, outcome)
    do {
      try self.report(report, sentence: sentence)
      try output.flush()
    } catch {
      // The change stands whether or not somebody reads of it here.
      if !proposal.leavesOutputAlone { try? errors.writeText(sentence) }
      throw error
    }
    if outcome.wasInterrupted {
      throw Failure(
        Interruption.failureKind,
        "ended on request after \(outcome.changed.grouped) of "
          + (proposal.countIsEstimate ? "about " : "") + report.planned.grouped,
        hints: proposal.undoes.map { ["go on with the rest: `usher undo \($0)`"] } ?? [])
    }
    if outcome.failed > 0 {
      let planned = (proposal.countIsEstimate && outcome.isAtLeast ? "about " : "") + report.planned.grouped
      throw Failure(
        .failed,
        outcome.isAtLeast
          ? "broken off after \(outcome.changedText) of \(planned)"
          : "\(outcome.failed.grouped) of \(planned) failed",
        causes: outcome.failures, hints: outcome.hints)
    }
  }

  private func sentence(_ proposal: ChangeProposal, _ id: OperationID, _ outcome: ChangeOutcome) -> String {
    let done = outcome.sentence ?? proposal.done(outcome)
    guard outcome.changed > 0 else { return done }
    switch proposal.undo {
    case .automatic: return "\(done); undo with: usher undo \(id)"
    case .by(let command): return "\(done); undo with: \(command)"
    // What is final is over.
    case .none where outcome.wasInterrupted || outcome.isAtLeast: return done
    case .none(let reason): return "\(done); \(reason)"
    }
  }

  private func request(for proposal: ChangeProposal) throws -> OperationRequest {
    OperationRequest(
      command: proposal.command, commandLine: commandLine, target: proposal.target, context: try context().name?.value,
      reason: values[ChangeOptions.reason], planned: proposal.count, undo: proposal.undo, undoes: proposal.undoes)
  }

  /// Records that the change starts, where its record belongs.
  private func begin(_ proposal: ChangeProposal, _ token: String) throws -> (OperationID, any OperationJournal) {
    let request = try request(for: proposal)
    switch proposal.place {
    case .redis(let keys, _):
      let journal = try redisJournal()
      return (try journal.begin(request, in: keys, as: token), journal)
    case .postgres:
      let journal = try postgresJournal()
      return (try journal.begin(request), journal)
    }
  }

  func journal(of store: OperationRecord.Store) throws -> any OperationJournal {
    switch store {
    case .redis: try redisJournal()
    case .postgres: try postgresJournal()
    }
  }
}
