import Failures
import Postgres

/// Which events a replay is about.
public struct ReplayFilter: Equatable, Sendable {
  /// As the table writes them; nil is the initial and the failed status.
  public var statuses: [String]?
  /// Younger events are left to the service, which may be sending them right now.
  public var olderThan: Duration
  /// Event types; empty is all.
  public var types: [String]
  /// Row ids as text; empty is all.
  public var ids: [String]
  /// At most this many, the oldest first.
  public var limit: Int?

  public init(
    statuses: [String]? = nil, olderThan: Duration = .seconds(60), types: [String] = [], ids: [String] = [],
    limit: Int? = nil
  ) {
    self.statuses = statuses
    self.olderThan = olderThan
    self.types = types
    self.ids = ids
    self.limit = limit
  }
}

/// The filter as a condition of a statement, with a cut-off that stays where it was when the plan was made.
struct ReplaySelection {
  let statuses: [String]
  /// Events created before this, as the column's type writes it.
  let cutoff: String
  let limit: Int?
  /// Over the columns' plain names; its parameters begin at $1.
  let condition: String
  /// The condition without the cut-off: whether an event is of the kind that was asked for.
  let kind: String
  let parameters: [PostgresValue?]

  init(_ filter: ReplayFilter, _ table: OutboxTable, cutoff: String) throws(Failure) {
    let mapping = table.mapping
    statuses = filter.statuses ?? [mapping.statuses.initial, mapping.statuses.fail]
    for status in statuses where !mapping.statuses.unpublished.contains(status) {
      throw Failure(
        .usage, "events in status \"\(status)\" cannot be replayed",
        causes: ["those that wait to be published are in \(mapping.statuses.unpublished.joined(separator: ", "))"])
    }
    self.cutoff = cutoff
    limit = filter.limit
    var kind = "\(table.statusColumn.quoted) = ANY ($1::\(table.statusColumn.type)[])"
    var parameters: [PostgresValue?] = [table.statusArray(statuses), .init(text: cutoff)]
    if !filter.types.isEmpty {
      guard let type = table.typeColumn else {
        throw Failure(
          .configuration, "cannot tell the types of events of table \(table.name)",
          hints: ["set outbox.columns.type"])
      }
      parameters.append(.array(filter.types))
      kind += " AND \(type.quoted)::text = ANY ($\(parameters.count)::text[])"
    }
    if !filter.ids.isEmpty {
      parameters.append(.array(filter.ids))
      kind += " AND \(table.idColumn.quoted) = ANY ($\(parameters.count)::\(table.idColumn.type)[])"
    }
    self.kind = kind
    self.parameters = parameters
    condition = "\(kind) AND \(table.createdColumn.quoted) < $2::\(table.createdColumn.type)"
  }

  /// Order and limit, where there is a limit: without one the order makes no difference to what is selected.
  func limited(by order: String) -> String { limit == nil ? "" : " ORDER BY \(order)\(limitClause)" }

  var limitClause: String { limit.map { " LIMIT \(max(0, $0))" } ?? "" }
}
