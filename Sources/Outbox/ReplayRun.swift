import Failures
import Journal
import Postgres

/// One replay at work: batches of one transaction each, from locking the rows to marking them.
///
/// The order of the whole run is fixed at its start by a held cursor over ids, statuses and keys, so rows are searched and
/// sorted once, however many batches there are.
final class ReplayRun {
  let table: OutboxTable
  private let plan: ReplayPlan
  private let publisher: any OutboxPublisher
  private let operation: OperationID
  private let journal: PostgresJournal
  private let control: ChangeControl
  private let batchSize: Int
  private let sender: RecordBuilder
  /// Keys that must wait, because an earlier event of theirs is locked by somebody else.
  private var heldKeys: Set<[UInt8]> = []
  private var batchNumber = 0

  /// Chosen by measurement: a run in batches of 2,000 takes a tenth longer; batches of 10,000 gain another tenth, but hold their
  /// locks twice as long, and what the service wants to do with those rows waits or passes them over.
  static let batchSize = 5_000

  init(
    _ table: OutboxTable, _ plan: ReplayPlan, _ publisher: any OutboxPublisher, _ operation: OperationID,
    _ journal: PostgresJournal, _ control: ChangeControl, batchSize: Int
  ) throws {
    self.table = table
    self.plan = plan
    self.publisher = publisher
    self.operation = operation
    self.journal = journal
    self.control = control
    self.batchSize = batchSize
    sender = try RecordBuilder(table, topic: plan.topic)
  }

  func run() throws -> ChangeOutcome {
    try openCursor()
    // After a lost connection there is nothing to close.
    defer { _ = try? connection.execute("CLOSE usher_replay") }
    var outcome = ChangeOutcome()
    var total = ReplayBatchResult()
    var pacer = control.makePacer()
    while total.failure == nil {
      var inHand = control.batchSize(upTo: batchSize)
      do {
        let candidates = try nextCandidates(inHand)
        inHand = candidates.count
        if candidates.isEmpty { break }
        pacer.wait(for: candidates.count)
        if control.isInterrupted() {
          outcome.wasInterrupted = true
          break
        }
        total.add(try connection.transaction { try batch(candidates) })
        control.progress(total.changed)
      } catch {
        // Of a batch that throws nothing is marked; what earlier batches have marked stays, and is to be told.
        let reason = Self.failure(error)
        guard total.changed > 0 && reason.kind != .interrupted else { throw error }
        total.add(ReplayBatchResult(failed: inHand, failure: reason))
      }
    }
    if let failure = total.failure, total.changed == 0, [.unavailable, .refused].contains(failure.kind) {
      throw failure
    }
    outcome.changed = total.changed
    outcome.failed = total.failed
    outcome.skipped = total.gone + total.held
    outcome.notes = total.notes
    if let failure = total.failure {
      outcome.failure = ([failure.message] + failure.causes.prefix(1)).joined(separator: ": ")
      outcome.hints = failure.hints + [safeToRepeat(after: total)]
    }
    return outcome
  }

  /// What somebody needs to know who was called because a run ended in the middle.
  private func safeToRepeat(after total: ReplayBatchResult) -> String {
    "\((plan.count - total.changed - total.gone).grouped) of \(plan.count.grouped) events stay as they were: it is safe to run the same command "
      + "again, which sends only these; one that was on its way may arrive twice, with its id in the header "
      + table.mapping.publishing.idHeader
  }

  /// What a record does wrong is told with its event, and how to go around it; a broker that is away is no event's fault.
  private static func naming(_ id: String, in failure: Failure) -> Failure {
    guard failure.kind == .badInput else { return failure }
    var failure = failure
    failure.message = "event \(id): \(failure.message)"
    failure.hints.append(
      "mend event \(id), or go around it: name other events with `--id`, or other types with `--type`")
    return failure
  }

  private static func failure(_ error: any Error) -> Failure {
    (error as? any FailureConvertible)?.failure ?? Failure(.failed, "\(error)")
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
  private func batch(_ candidates: [ReplayCandidate]) throws -> ReplayBatchResult {
    let ids = PostgresValue.array(candidates.map(\.id))
    let pass = try offer(candidates, ids)
    heldKeys = pass.heldKeys
    var result = ReplayBatchResult()
    result.held = pass.held
    result.gone = pass.gone
    guard !pass.events.isEmpty else { return result }
    try connection.execute("SAVEPOINT marking")
    if pass.failure == nil {
      try mark(pass.events, pass.events.count == candidates.count ? ids : .array(pass.events.map(\.id)))
    }
    var failures = try publisher.settle()
    // A record that was turned away because an earlier one had failed has not failed itself.
    if let failure = pass.failure, failures.isEmpty { failures[failure.token] = failure.reason }
    guard let first = failures.min(by: { $0.key < $1.key }) else {
      result.changed = pass.events.count
      batchNumber += 1
      return result
    }
    try connection.execute("ROLLBACK TO SAVEPOINT marking")
    let arrived = ReplayBatchResult.marked(pass.events) { failures[$0] == nil && $0 != pass.failure?.token }
    if !arrived.isEmpty { try mark(arrived, .array(arrived.map(\.id))) }
    result.changed = arrived.count
    result.failed = failures.count
    result.failure = Self.naming(pass.events[first.key].id, in: first.value)
    return result
  }

  // MARK: Locking and sending

  /// Locks what can be locked and sends it, in order; what is not as the plan saw it, or has to wait for its turn, is left out.
  private func offer(_ candidates: [ReplayCandidate], _ ids: PostgresValue) throws -> ReplayPass {
    var pass = ReplayPass(heldKeys: heldKeys)
    try offer(candidates, ids, in: &pass)
    guard !pass.missing.isEmpty else { return pass }
    pass.resolve(stillWaiting: try stillWaiting(pass.missing))
    let deferred = pass.deferred
    // Their rows are locked already, so all of them come.
    if !deferred.isEmpty && pass.failure == nil { try offer(deferred, .array(deferred.map(\.id)), in: &pass) }
    return pass
  }

  private func offer(_ candidates: [ReplayCandidate], _ ids: PostgresValue, in pass: inout ReplayPass) throws {
    let published = table.publishedColumn.map { "\($0.quoted)::text" } ?? "NULL::text"
    let (statusPlace, publishedPlace) = (sender.columnCount, sender.columnCount + 1)
    pass.begin(candidates)
    // Nothing may be thrown out of the loop: that would cancel the statement, and with it the transaction.
    var unreadable: (any Error)?
    try connection.stream(
      """
      SELECT \(sender.columnList), \(table.statusColumn.quoted)::text, \(published) FROM \(table.quotedName) o
      WHERE \(table.idColumn.quoted) = ANY ($1::\(table.idColumn.type)[])
        AND \(table.statusColumn.quoted) = ANY ($2::\(table.statusColumn.type)[])
      ORDER BY \(table.order) FOR UPDATE SKIP LOCKED
      """, [ids, table.statusArray(plan.selection.statuses)]
    ) { row in
      guard unreadable == nil else { return }
      do {
        let id = try row.text(0) ?? ""
        let status = try row.text(statusPlace) ?? ""
        let published = try row.text(publishedPlace)
        pass.take(id: id, status: status, published: published) { token in
          try publisher.publish(try sender.record(of: row), token: token)
        }
      } catch {
        unreadable = error
      }
    }
    if let unreadable { throw unreadable }
    pass.end()
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

  // MARK: Marking

  /// Marks the events as published, with what they were before in the journal, in the same transaction.
  private func mark(_ events: [LockedEvent], _ ids: PostgresValue) throws {
    let image = ReplayImage(table, events, publishedAt: try publishedNow())
    try journal.saveBeforeImage(operation, batch: batchNumber, content: image.content)
    var parameters: [PostgresValue?] = [
      ids, .init(text: table.mapping.statuses.published), table.statusArray(Array(Set(events.map(\.status)))),
    ]
    if table.publishedColumn != nil { parameters.append(image.publishedAt.map { .init(text: $0) }) }
    let setPublished = table.publishedColumn.map { ", \($0.quoted) = $4::\($0.type)" } ?? ""
    let changed = try connection.execute(
      """
      UPDATE \(table.quotedName) SET \(table.statusColumn.quoted) = $2::\(table.statusColumn.type)\(setPublished)
      WHERE \(table.idColumn.quoted) = ANY ($1::\(table.idColumn.type)[])
        AND \(table.statusColumn.quoted) = ANY ($3::\(table.statusColumn.type)[])
      """, parameters)
    guard changed == events.count else {
      throw Failure(
        .failed, "marking \(events.count) events of table \(table.name) would have changed \(changed) rows",
        causes: ["column \"\(table.idColumn.name)\" is not unique, or a trigger or policy interferes"],
        hints: ["the batch was sent but is not marked; it will be sent again"])
    }
    try journal.add(changed: changed, to: operation)
  }

  private func publishedNow() throws -> String? {
    guard let published = table.publishedColumn else { return nil }
    return try connection.query("SELECT (now()::\(published.storedType))::text AS now").first?.decode("now")
  }
}

extension ReplayBatchResult {
  fileprivate mutating func add(_ other: ReplayBatchResult) {
    changed += other.changed
    gone += other.gone
    held += other.held
    failed += other.failed
    failure = failure ?? other.failure
  }

  fileprivate var notes: [String] {
    var notes: [String] = []
    if gone > 0 { notes.append("\(gone.grouped) events had been published or removed by others meanwhile") }
    if held > 0 {
      notes.append(
        "\(held.grouped) events were left as they are: locked by another transaction, or behind such an event of their key; replay again"
      )
    }
    return notes
  }
}

extension OutboxTable {
  /// Sends what the plan found and marks it, in order of creation, batch by batch.
  ///
  /// Ends early when somebody asks, between batches, and at the first record that does not arrive: what arrived before it is
  /// marked, save behind it with the same key. Throws `unavailable` or `refused` when the destination is gone, or takes nothing,
  /// before anything was marked.
  public func replay(
    _ plan: ReplayPlan, to publisher: any OutboxPublisher, operation: OperationID, journal: PostgresJournal,
    control: ChangeControl = .init(), batchSize: Int? = nil
  ) throws -> ChangeOutcome {
    try ReplayRun(
      self, plan, publisher, operation, journal, control,
      batchSize: batchSize ?? ReplayRun.batchSize
    ).run()
  }
}
