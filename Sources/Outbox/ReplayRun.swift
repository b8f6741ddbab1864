import Changes
import Failures
import Postgres
import Text

/// One run of a replay, in batches. Each batch is one transaction, from locking its rows to marking them.
///
/// A list of ids, statuses and keys fixes the order of the run at its start, so the rows are searched and sorted once, whatever the
/// number of batches.
final class ReplayRun {
  let table: OutboxTable
  private let plan: ReplayPlan
  private let publisher: any OutboxPublisher
  private let marks: ReplayMarks
  private let control: ChangeControl
  private let batchSize: Int
  private let sender: RecordBuilder
  /// Keys that wait, because another transaction has locked an earlier event with the key.
  private var heldKeys: Set<[UInt8]> = []
  /// Keys that wait, because an earlier event with the key could not be sent.
  private var brokenKeys: Set<[UInt8]> = []
  /// Topics that have refused an event. Nothing more is offered to them.
  private var refusedTopics: [String: PublishFailure] = [:]
  /// The topics of the records that were offered since the last `settle`, by token.
  private var topics: [String] = []
  private var total = ReplayTally()
  private var batchNumber = 0

  /// Chosen by measurement. A run in batches of 2,000 takes a tenth longer. Batches of 10,000 save a tenth, but hold their locks twice as
  /// long, and meanwhile the service waits for those rows or skips them.
  static let batchSize = 5_000

  init(
    _ table: OutboxTable, _ plan: ReplayPlan, _ publisher: any OutboxPublisher, _ marks: ReplayMarks,
    _ control: ChangeControl, batchSize: Int
  ) throws {
    self.table = table
    self.plan = plan
    self.publisher = publisher
    self.marks = marks
    self.control = control
    self.batchSize = batchSize
    sender = try RecordBuilder(table, topic: plan.topic)
  }

  func run() throws -> ChangeOutcome {
    let order = try listCandidates()
    var wasInterrupted = false
    var pacer = control.makePacer()
    while total.failure == nil, !isExhausted() {
      var inHand = control.batchSize(upTo: batchSize)
      do {
        let candidates = try order.next(inHand)
        inHand = candidates.count
        if candidates.isEmpty { break }
        pacer.wait(for: candidates.count)
        if control.isInterrupted() {
          wasInterrupted = true
          break
        }
        total.add(try connection.transaction { try batch(candidates) })
        control.progress(total.changed)
      } catch {
        // Nothing of this batch is marked. What earlier batches marked is committed, and the outcome must say so.
        let reason = PublishFailure(error).failure
        guard total.changed > 0 && reason.kind != .interrupted else { throw error }
        total.add(ReplayTally(lost: inHand, failure: reason))
      }
    }
    if let failure = total.failure, total.changed == 0, [.unavailable, .refused].contains(failure.kind) {
      throw failure
    }
    var outcome = outcome()
    outcome.wasInterrupted = wasInterrupted
    return outcome
  }

  private func outcome() -> ChangeOutcome {
    var outcome = ChangeOutcome(
      changed: total.changed, failed: total.failed, skipped: total.gone + total.held + total.behind, notes: total.notes)
    guard total.failed > 0 else { return outcome }
    outcome.failures = [total.failure?.withCause].compactMap { $0 } + total.refused.causes
    outcome.hints = (total.failure?.hints ?? []) + total.refused.hints + [safeToRepeat]
    let untried = plan.count - outcome.changed - outcome.failed - outcome.skipped
    if total.failure == nil, isExhausted(), untried > 0 {
      outcome.notes.append(
        "stopped after \(RefusedEvents.limit) events that could not be sent, because so many probably have one cause; "
          + "\(untried.counted("event")) \(untried == 1 ? "was" : "were") not tried")
    }
    return outcome
  }

  /// What the operator needs to know after a run that ended early.
  private var safeToRepeat: String {
    let left = plan.count - total.changed - total.gone
    return
      "\(left.grouped) of \(plan.count.counted("event")) \(left == 1 ? "is" : "are") unchanged: it is safe to run the same command again, which "
      + "sends only \(left == 1 ? "this one" : "these"); an event that was being sent may arrive twice, with the same id in the header "
      + table.mapping.publishing.idHeader
  }

  private var connection: PostgresConnection { table.connection }

  private func listCandidates() throws -> CandidateSpool {
    let columns = sender.keyColumns.map { ", \(table.column($0).quoted)" }.joined()
    let order = try CandidateSpool()
    try connection.stream(
      """
      SELECT \(table.idColumn.quoted)::text, \(table.statusColumn.quoted)::text\(columns) FROM \(table.quotedName) o
      WHERE \(plan.selection.condition) ORDER BY \(table.order)\(plan.selection.limitClause)
      """, plan.selection.parameters
    ) { row in
      try order.append(
        ReplayCandidate(
          id: try row.text(0) ?? "", status: try row.text(1) ?? "", key: try sender.key(of: row, firstColumn: 2)))
    }
    return order
  }

  /// One batch, in its transaction.
  ///
  /// The rows are marked while their records are being sent, and committed when all have arrived. If one failed, the transaction goes
  /// back to the savepoint, which keeps the locks, and marks only the events that may be marked.
  private func batch(_ candidates: [ReplayCandidate]) throws -> ReplayTally {
    var pass = try offer(candidates)
    if !pass.events.isEmpty {
      try connection.execute("SAVEPOINT marking")
      if pass.failures.isEmpty {
        try marks.mark(pass.events, batch: batchNumber)
      }
      pass.settle(try settle())
      if !pass.failures.isEmpty {
        try connection.execute("ROLLBACK TO SAVEPOINT marking")
        try sendApart(candidates, &pass)
        if !pass.arrived.isEmpty { try marks.mark(pass.arrived, batch: batchNumber) }
      }
      batchNumber += 1
    }
    (heldKeys, brokenKeys) = (pass.heldKeys, pass.brokenKeys)
    var tally = pass.tally
    tally.changed = pass.arrived.count
    tally.failure = pass.stop
    return tally
  }

  /// Sends events that were refused together again, in halves and halves of these, until it is known which ones cannot be sent.
  private func sendApart(_ candidates: [ReplayCandidate], _ pass: inout ReplayPass) throws {
    func halves(of ids: Set<String>) -> [[ReplayCandidate]] {
      let those = candidates.filter { ids.contains($0.id) }
      let middle = those.count / 2
      return [Array(those[..<middle]), Array(those[middle...])].filter { !$0.isEmpty }
    }
    var parts = halves(of: pass.apart)
    while !parts.isEmpty, pass.stop == nil, !isExhausted(further: pass.tally.refused.tries) {
      let those = parts.removeFirst()
      var part = ReplayPass(heldKeys: pass.heldKeys, brokenKeys: pass.brokenKeys)
      topics = []
      try offer(those, in: &part)
      part.settle(try settle())
      pass.add(part)
      parts = halves(of: part.apart) + parts
    }
    // Events that were not sent hold back later ones with the same key.
    if pass.stop == nil { pass.leave(parts.joined()) }
  }

  // MARK: Locking and sending

  /// Locks the rows that it can and sends them in order, without those that have changed since the plan and those that must wait.
  private func offer(_ candidates: [ReplayCandidate]) throws -> ReplayPass {
    var pass = ReplayPass(heldKeys: heldKeys, brokenKeys: brokenKeys)
    topics = []
    try offer(candidates, in: &pass)
    guard !pass.missing.isEmpty else { return pass }
    pass.resolve(stillWaiting: try stillWaiting(pass.missing))
    let deferred = pass.deferred
    // Their rows are locked already, so all of them come.
    if !deferred.isEmpty && !pass.isClosed { try offer(deferred, in: &pass) }
    return pass
  }

  private func offer(_ candidates: [ReplayCandidate], in pass: inout ReplayPass) throws {
    let published = table.publishedColumn.map { "\($0.quoted)::text" } ?? "NULL::text"
    let (statusPlace, publishedPlace) = (sender.columnCount, sender.columnCount + 1)
    pass.begin(candidates)
    // An error thrown from the loop would cancel the statement, and the transaction with it.
    var unreadable: (any Error)?
    var known = publisher.failures.count
    try connection.stream(
      """
      SELECT \(sender.columnList), \(table.statusColumn.quoted)::text, \(published) FROM \(table.quotedName) o
      WHERE \(table.idColumn.quoted) = ANY ($1::\(table.idColumn.type)[])
        AND \(table.statusColumn.quoted) = ANY ($2::\(table.statusColumn.type)[])
      ORDER BY \(table.order) FOR UPDATE SKIP LOCKED
      """, [.array(candidates.map(\.id)), table.statusArray(plan.selection.statuses)]
    ) { row in
      guard unreadable == nil else { return }
      do {
        let id = try row.text(0) ?? ""
        let status = try row.text(statusPlace) ?? ""
        let published = try row.text(publishedPlace)
        pass.take(id: id, status: status, published: published) { token in try publish(row, token) }
        if publisher.failures.count != known {
          known = publisher.failures.count
          pass.note(scoped(publisher.failures))
        }
        if !pass.isClosed, !pass.failures.isEmpty, isExhausted(further: pass.triesFailed) { pass.close() }
      } catch {
        unreadable = error
      }
    }
    if let unreadable { throw unreadable }
    pass.end()
  }

  private func publish(_ row: PostgresRow, _ token: Int) throws {
    topics.append("")
    let record = try sender.record(of: row)
    topics[topics.count - 1] = record.topic
    if let refused = refusedTopics[record.topic] { throw refused }
    do {
      try publisher.publish(record, token: token)
    } catch let failure as PublishFailure {
      throw scoped([token: failure])[token] ?? failure
    }
  }

  /// Waits for the records that are being sent, and returns those that failed.
  private func settle() throws -> [Int: PublishFailure] { scoped(try publisher.settle()) }

  /// Records the topics that refuse. Where all events go to one topic, its refusal is a failure of the destination.
  private func scoped(_ failures: [Int: PublishFailure]) -> [Int: PublishFailure] {
    guard failures.contains(where: { $0.value.scope == .topic }) else { return failures }
    var failures = failures
    for (token, failure) in failures where failure.scope == .topic {
      if plan.topic.columns.isEmpty {
        failures[token]?.scope = .destination
      } else {
        refusedTopics[topics[token]] = failure
      }
    }
    return failures
  }

  /// Whether so many events have failed, each by itself, that the rest is not tried.
  ///
  /// - Parameter further: how many failures the total does not include yet.
  private func isExhausted(further tries: Int = 0) -> Bool {
    total.refused.tries + tries + refusedTopics.count >= RefusedEvents.limit
  }

  /// The ids of those events that could not be locked and are still unpublished, so that another transaction holds them.
  private func stillWaiting(_ missing: [ReplayCandidate]) throws -> Set<String> {
    let rows = try connection.query(
      """
      SELECT \(table.idColumn.quoted)::text FROM \(table.quotedName)
      WHERE \(table.idColumn.quoted) = ANY ($1::\(table.idColumn.type)[])
        AND \(table.statusColumn.quoted) = ANY ($2::\(table.statusColumn.type)[])
      """, [.array(missing.map(\.id)), table.statusArray(table.mapping.statuses.unpublished)])
    return Set(try rows.compactMap { try $0.text(0) })
  }
}
