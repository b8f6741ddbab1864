import Changes
import Failures
import Postgres
import Text

/// One replay at work: batches of one transaction each, from locking the rows to marking them.
///
/// The order of the whole run is fixed at its start by a held cursor over ids, statuses and keys, so rows are searched and
/// sorted once, however many batches there are.
final class ReplayRun {
  let table: OutboxTable
  private let plan: ReplayPlan
  private let publisher: any OutboxPublisher
  private let marks: ReplayMarks
  private let control: ChangeControl
  private let batchSize: Int
  private let sender: RecordBuilder
  /// Keys that must wait, because an earlier event of theirs is locked by somebody else.
  private var heldKeys: Set<[UInt8]> = []
  /// Keys that must wait, because an earlier event of theirs could not be sent.
  private var brokenKeys: Set<[UInt8]> = []
  /// Topics that have refused an event: nothing more is offered to them.
  private var refusedTopics: [String: PublishFailure] = [:]
  /// The topics of the records that were offered since the last settling, by their tokens.
  private var topics: [String] = []
  private var total = ReplayTally()
  private var batchNumber = 0

  /// Chosen by measurement: a run in batches of 2,000 takes a tenth longer; batches of 10,000 gain another tenth, but hold their
  /// locks twice as long, and what the service wants to do with those rows waits or passes them over.
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
    try openCursor()
    // After a lost connection there is nothing to close.
    defer { _ = try? connection.execute("CLOSE usher_replay") }
    var wasInterrupted = false
    var pacer = control.makePacer()
    while total.failure == nil, !isExhausted() {
      var inHand = control.batchSize(upTo: batchSize)
      do {
        let candidates = try nextCandidates(inHand)
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
        // Of a batch that throws nothing is marked; what earlier batches have marked stays, and is to be told.
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
        "ended after \(RefusedEvents.limit) that could not be sent, because so many have a reason in common; "
          + "\(untried.counted("event")) \(untried == 1 ? "was" : "were") not tried")
    }
    return outcome
  }

  /// What somebody needs to know who was called because a run ended in the middle.
  private var safeToRepeat: String {
    let left = plan.count - total.changed - total.gone
    return
      "\(left.grouped) of \(plan.count.counted("event")) \(left == 1 ? "stays as it was" : "stay as they were"): it is safe to run the same "
      + "command again, which sends only \(left == 1 ? "this one" : "these"); one that was on its way may arrive twice, with its id "
      + "in the header \(table.mapping.publishing.idHeader)"
  }

  private var connection: PostgresConnection { table.connection }

  private func openCursor() throws {
    let columns = sender.keyColumns.map { ", \(table.column($0).quoted)" }.joined()
    _ = try connection.transaction {
      try connection.execute(
        """
        DECLARE usher_replay NO SCROLL CURSOR WITH HOLD FOR
        SELECT \(table.idColumn.quoted)::text, \(table.statusColumn.quoted)::text\(columns) FROM \(table.quotedName) o
        WHERE \(plan.selection.condition) ORDER BY \(table.order)\(plan.selection.limitClause)
        """, plan.selection.parameters)
    }
  }

  private func nextCandidates(_ count: Int) throws -> [ReplayCandidate] {
    try connection.query("FETCH FORWARD \(count) FROM usher_replay").map { row in
      ReplayCandidate(
        id: try row.text(0) ?? "", status: try row.text(1) ?? "", key: try sender.key(of: row, firstColumn: 2))
    }
  }

  /// One batch, within its transaction.
  ///
  /// The rows are marked while their records are on the way, and committed when all have arrived. Should one have failed, the
  /// marks are taken back to the savepoint, which keeps the locks, and only what may be marked is marked again.
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

  /// Sends once more what failed in company, in halves of halves, until it is known which could not be sent.
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
    // What was not sent any more holds back what follows with the same key.
    if pass.stop == nil { pass.leave(parts.joined()) }
  }

  // MARK: Locking and sending

  /// Locks what can be locked and sends it, in order; what is not as the plan saw it, or has to wait for its turn, is left out.
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
    // Nothing may be thrown out of the loop: that would cancel the statement, and with it the transaction.
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

  /// What became of the records that are on their way.
  private func settle() throws -> [Int: PublishFailure] { scoped(try publisher.settle()) }

  /// Remembers the topics that refuse. Where everything goes to one topic, its refusal is the destination's.
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

  /// Whether so many have failed, each by itself, that the rest is not tried.
  ///
  /// - Parameter further: those that the total does not have yet.
  private func isExhausted(further tries: Int = 0) -> Bool {
    total.refused.tries + tries + refusedTopics.count >= RefusedEvents.limit
  }

  /// Which of the events that could not be locked are still unpublished: somebody else works on them. The rest is gone.
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
