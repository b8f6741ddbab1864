import Changes

extension OutboxTable {
  /// Sends what the plan found and marks it, in order of creation, batch by batch.
  ///
  /// A record that cannot be sent holds back what follows with its key, and nothing else; after `RefusedEvents.limit` of them the
  /// run ends. It ends early also when somebody asks, between batches, and when the destination fails. Throws `unavailable` or
  /// `refused` when the destination is gone, or takes nothing, before anything was marked.
  public func replay(
    _ plan: ReplayPlan, to publisher: any OutboxPublisher, operation: OperationID, journal: PostgresJournal,
    control: ChangeControl = .init(), batchSize: Int? = nil
  ) throws -> ChangeOutcome {
    try ReplayRun(
      self, plan, publisher, ReplayMarks(self, operation, journal), control, batchSize: batchSize ?? ReplayRun.batchSize
    ).run()
  }
}
