import Advisor
import Arguments
import Caching
import Changes
import Configuration
import Failures
import Outbox
import Terminal
import Text

extension CompletionSource {
  /// Shells ask before they show more than about this many.
  private static let most = 200

  /// The names in the order in which a shell shows them. Nothing is written.
  ///
  /// - Parameter typed: what is typed of the name. Tables and indexes are named in the same style: `public.se` or `"Se`.
  func candidates(_ session: Session, beginning typed: String) throws -> [CompletionCandidate] {
    switch self {
    case .contexts: return []
    case .queues:
      return try queues(session)
    case .caches: return try caches(session) { _ in true }
    case .warmableCaches: return try caches(session) { $0.warming != nil }
    case .statuses:
      guard let settings = try session.context().outbox else { return [] }
      let unpublished: [OutboxSettings.Status] = [\.initial, \.fail, \.retry]
      return unpublished.map { CompletionCandidate(word: settings.status($0), note: OutboxSettings.name(of: $0)) }
    case .eventTypes:
      return try session.outbox().recentTypes(limit: Self.most).map { CompletionCandidate(word: $0) }
    case .operations: return try operations(session) { _ in true }
    case .undoableOperations:
      return try operations(session) {
        $0.request.undoes == nil && $0.state != .undone && $0.request.undo == .automatic
      }
    case .statements:
      return try SlowQueries(session.postgres()).list(limit: 20).compactMap { query in
        query.queryID.map { CompletionCandidate(word: String($0), note: query.text) }
      }
    case .tables: return try names(session.relations().tables(beginning: typed, limit: Self.most))
    case .columns:
      guard let table = try? session.values[IndexCreate.table] else { return [] }
      return try names(session.relations().columns(of: table, limit: Self.most))
    case .indexes: return try names(session.relations().droppableIndexes(beginning: typed, limit: Self.most))
    }
  }

  private func names(_ relations: [RelationName]) -> [CompletionCandidate] {
    relations.map { CompletionCandidate(word: $0.name, note: $0.note) }
  }

  /// The configured queues, and for a family the concerts that a short scan finds.
  private func queues(_ session: Session) throws -> [CompletionCandidate] {
    let context = try session.context()
    return context.queues.values.sorted { $0.name < $1.name }.flatMap { queue in
      let own = CompletionCandidate(word: queue.name, note: queue.waiting.value)
      guard queue.isFamily, context.answersCompletion, context.redis != nil else { return [own] }
      let concerts = (try? session.concerts(of: queue, pages: 50)) ?? []
      return [own] + concerts.prefix(Self.most).map { CompletionCandidate(word: "\(queue.name)/\($0)") }
    }
  }

  private func caches(
    _ session: Session, where isWanted: (CacheSettings) -> Bool
  ) throws -> [CompletionCandidate] {
    try session.context().caches.values.filter(isWanted).sorted { $0.name < $1.name }
      .map { CompletionCandidate(word: $0.name) }
  }

  /// The operations of the stores that answer.
  private func operations(
    _ session: Session, where isWanted: (OperationRecord) -> Bool
  ) throws -> [CompletionCandidate] {
    let records = try session.journals().flatMap { (try? $0.list(limit: 20)) ?? [] }.sorted { $0.id > $1.id }
    return records.filter(isWanted).map { record in
      let change = "\(record.request.command), \(record.changed.grouped) changed, \(record.state.rawValue)"
      return CompletionCandidate(word: record.id.description, note: change)
    }
  }
}

extension Session {
  fileprivate func relations() throws -> Relations { Relations(try postgres()) }
}
