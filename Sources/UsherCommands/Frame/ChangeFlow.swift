import Arguments
import Changes
import Failures
import Glibc
import Redis
import Terminal
import Text

extension Session {
  /// Carries out a change in these steps: consent, plan, bounds, question, lock, record, apply, record, result.
  ///
  /// `plan` only reads. `apply` carries out that plan in batches and checks its control between them. A dry run ends after the plan,
  /// and so does a run whose plan is empty.
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
    planned.proposal.warnings += try unfinished.look(before: planned.proposal, self, consent)
    if consent.isDryRun {
      planned.proposal.warnings += refusal(by: planned.proposal.store)
      warn(of: planned.proposal)
      return try reportPlan(planned.proposal, took: clock.now - start)
    }
    let proposal = planned.proposal
    // Standard output carries the change's own data, even with `--quiet`.
    if proposal.leavesOutputAlone { try output.requireWritable() }
    warn(of: proposal, isAsking: consent.asks)
    if consent.asks { try describe(proposal, on: errors) }
    let asked = clock.now
    let isAgreed = consent.isGiven(for: proposal)
    // The time that a person takes to answer does not count as part of the change.
    start += clock.now - asked
    // A signal may also have come while the plan was made. Nothing has been recorded yet.
    guard isAgreed, !Interruption.isRequested else {
      throw Failure(Interruption.isRequested ? Interruption.failureKind : .refused, "nothing was changed")
    }
    let token = actor.makeToken()
    let (held, waited) = try HeldLock.acquire(
      for: proposal, as: token, self, wait: values[ChangeOptions.wait] ?? .zero)
    let done = try holding(held) { () throws -> (OperationID, ChangeOutcome)? in
      // The previous holder of the lock may have changed the data that the plan is based on.
      if waited { planned = try plannedAnew(after: proposal, consent, plan) }
      if planned.proposal.isEmpty { return nil }
      // With `--quiet` nobody would see these warnings, so they are left for the next run.
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

  /// The warning of a dry run that the store is read-only, so that the real run would be refused. Empty if the store can be changed,
  /// or cannot be asked.
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

  /// Prints the warnings of a plan; with `--quiet` only if a question follows. JSON output always contains them.
  private func warn(of proposal: ChangeProposal, isAsking: Bool = false) {
    guard isAsking || !isQuiet else { return }
    for warning in proposal.warnings { warn(warning) }
  }

  /// The plan, made again while the lock is held; refused if it is larger than the one that a person confirmed.
  private func plannedAnew<Plan>(
    after agreed: ChangeProposal, _ consent: Consent, _ plan: () throws -> PlannedChange<Plan>
  ) throws -> PlannedChange<Plan> {
    let planned = try bounded(plan)
    let proposal = planned.proposal
    guard consent.asks, proposal.count > agreed.count else { return planned }
    throw Failure(
      .refused,
      "the plan grew from \(agreed.count.grouped) to \(proposal.count.grouped) while another usher held the lock",
      causes: ["nothing was changed, because you confirmed \(agreed.count.grouped)"],
      hints: ["run the command again and look at the new plan"]
    )
  }

  private func reportNothing(_ proposal: ChangeProposal, isDryRun: Bool, took: Duration) throws {
    warn(of: proposal)
    var empty = ChangeReport(proposal, isDryRun: isDryRun, took: took)
    empty.action = proposal.nothingToDo
    empty.undo = .none(reason: "nothing was changed")
    try report(empty, sentence: proposal.nothingToDo)
  }

  /// The plan, with the time that it takes at the given rate; refused if it is larger than `--max-affected`.
  private func bounded<Plan>(_ plan: () throws -> PlannedChange<Plan>) throws -> PlannedChange<Plan> {
    var planned = try plan()
    let proposal = planned.proposal
    if let most = values[ChangeOptions.maxAffected], proposal.count > most {
      throw Failure(
        .refused,
        "the plan would change \(proposal.count.grouped), but --max-affected allows only \(most.grouped)",
        causes: [proposal.action], hints: ["nothing was changed; look at the plan with `--dry-run`"])
    }
    if let rate = values[ChangeOptions.rate], rate.perSecond > 0 {
      // The first batch starts at once; it has at most the share of a tenth of a second.
      let paced = Duration.seconds(min(Double(proposal.count) / rate.perSecond, 1e9))
      planned.proposal.estimate = max(.zero, paced - .milliseconds(100))...(paced + .seconds(1))
    }
    return planned
  }

  /// Runs `body` while the lock is held, and releases the lock also if `body` fails.
  private func holding<T>(_ held: HeldLock, _ body: () throws -> T) throws -> T {
    try Interruption.deferred(whileHolding: held.redis != nil) {
      let result: T
      do {
        result = try body()
      } catch {
        // The first error is reported: the release may fail for the same reason.
        if Interruption.isForced { try? held.abandon(self) } else { try? held.release(self) }
        throw error
      }
      do {
        try held.release(self)
      } catch {
        // The change itself is done and recorded.
        warn(ErrorReport.failure(for: error).message)
      }
      return result
    }
  }

  /// Records the start, applies the plan, and records the end, also if applying failed.
  private func carryOut<Plan>(
    _ planned: PlannedChange<Plan>, _ held: HeldLock, _ token: String,
    _ apply: (Plan, RunningChange) throws -> ChangeOutcome
  ) throws -> (OperationID, ChangeOutcome) {
    let proposal = planned.proposal
    let progress = Progress(proposal.command, total: proposal.countIsEstimate ? nil : proposal.count, on: errors)
    defer { progress.finish() }
    let (id, journal) = try begin(proposal, held, token)
    let control = ChangeControl(
      unitsPerSecond: values[ChangeOptions.rate]?.perSecond, isInterrupted: { Interruption.isRequested },
      progress: {
        progress.update($0)
        held.postgres?.keepAlive()
      }, keepAlive: { held.postgres?.keepAlive() })
    do {
      let change = RunningChange(id, lock: held.redis, control: control)
      var outcome = try known(id, proposal) { try apply(planned.plan, change) }
      do {
        // If the store failed in the middle, its record has the better count: batches whose answer was lost have counted themselves.
        try journal.finish(
          id, state: outcome.state, failed: outcome.failed, changed: outcome.isAtLeast ? nil : outcome.changed)
      } catch  where outcome.failed > 0 || outcome.changed > 0 && !Interruption.isForced {
        // The store that keeps the record has failed; the counts are more important than this error.
        outcome.warnings.append(
          "the end of the operation could not be recorded: \(ErrorReport.failure(for: error).message)")
      }
      if let undone = proposal.undoes, outcome.state == .done { try markUndone(undone, by: id, journal, &outcome) }
      return (id, outcome)
    } catch {
      progress.finish()
      // A second signal is handled here only if the lock is in Redis, so the record is in Redis too.
      if Interruption.isForced {
        if case .redis(let keys, _) = proposal.place { try? redisJournal().abandon(id, in: keys) }
        throw brokenOff(id, error)
      }
      throw end(id, proposal, journal, by: error)
    }
  }

  private func request(for proposal: ChangeProposal) throws -> OperationRequest {
    OperationRequest(
      command: proposal.command, commandLine: commandLine, target: proposal.target, context: try context().name?.value,
      reason: values[ChangeOptions.reason], planned: proposal.count, undo: proposal.undo, undoes: proposal.undoes)
  }

  /// Records the start of the change in the store that changes.
  private func begin(
    _ proposal: ChangeProposal, _ held: HeldLock, _ token: String
  ) throws -> (OperationID, any OperationJournal) {
    let request = try request(for: proposal)
    switch proposal.place {
    case .redis(let keys, _):
      let journal = try redisJournal()
      return (try journal.begin(request, in: keys, as: token), journal)
    case .postgres:
      let journal = try postgresJournal()
      return (try journal.begin(request, holding: held.postgres), journal)
    }
  }

  func journal(of store: OperationRecord.Store) throws -> any OperationJournal {
    switch store {
    case .redis: try redisJournal()
    case .postgres: try postgresJournal()
    }
  }
}
