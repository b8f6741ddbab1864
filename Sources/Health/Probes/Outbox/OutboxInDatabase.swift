import Outbox

/// The configured outbox in its database, where its columns have been found; its events are counted once.
final class OutboxInDatabase {
  let table: OutboxTable
  /// Where events go, for people; throws where the configuration does not say.
  let topic: (OutboxTable) throws -> String
  private var known: Result<OutboxOverview, any Error>?

  init(_ table: OutboxTable, topic: @escaping (OutboxTable) throws -> String) {
    self.table = table
    self.topic = topic
  }

  /// Counts the events; where that fails, every call throws the same.
  func overview() throws -> OutboxOverview {
    if let known { return try known.get() }
    let counted = Result { try table.overview() }
    known = counted
    return try counted.get()
  }
}
