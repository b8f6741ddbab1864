import Changes

extension OutboxTable {
  /// Sends the plan's events and marks them, in order of creation, batch by batch.
  ///
  /// A record that cannot be sent holds back later ones with its key, and no others. The run ends after `RefusedEvents.limit` such
  /// records. It also ends on an interruption, between batches, and when the destination fails. Throws `unavailable` or
  /// `refused` where the destination is down, or accepts nothing, before any event was marked.
  public func replay(
    _ plan: ReplayPlan, to publisher: any OutboxPublisher, operation: OperationID, journal: PostgresJournal,
    control: ChangeControl = .init(), batchSize: Int? = nil
  ) throws -> ChangeOutcome {
    try ReplayRun(
      self, plan, publisher, ReplayMarks(self, operation, journal), control, batchSize: batchSize ?? ReplayRun.batchSize
    ).run()
  }
}
