import Failures
import Postgres

/// Which events a replay sends.
public struct ReplayFilter: Equatable, Sendable {
  /// As they are in the table; nil is the initial and the failed status.
  public var statuses: [String]?
  /// Younger events are left to the service, which may be sending them now.
  public var olderThan: Duration
  /// Event types; empty for all.
  public var types: [String]
  /// Row ids as text; empty for all.
  public var ids: [String]
  /// At most this many events, the oldest first; nil for no limit.
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

/// The filter as a condition of a statement, with the cut-off time of the plan.
struct ReplaySelection {
  let statuses: [String]
  /// Events created before this are selected; in the text form of the column's type.
  let cutoff: String
  let limit: Int?
  /// The condition, over the columns' unqualified names; its parameters begin at $1.
  let condition: String
  /// The condition without the cut-off time.
  let kind: String
  let parameters: [PostgresValue?]

  init(_ filter: ReplayFilter, _ table: OutboxTable, cutoff: String) throws(Failure) {
    let mapping = table.mapping
    statuses = filter.statuses ?? [mapping.statuses.initial, mapping.statuses.fail]
    for status in statuses where !mapping.statuses.unpublished.contains(status) {
      throw Failure(
        .usage, "events in status '\(status)' cannot be replayed",
        causes: ["unpublished events are in status \(mapping.statuses.unpublished.joined(separator: ", "))"])
    }
    self.cutoff = cutoff
    limit = filter.limit
    var kind = "\(table.statusColumn.quoted) = ANY ($1::\(table.statusColumn.type)[])"
    var parameters: [PostgresValue?] = [table.statusArray(statuses), .init(text: cutoff)]
    if !filter.types.isEmpty {
      guard let type = table.typeColumn else {
        throw Failure(
          .configuration, "cannot select events of table \(table.name) by type: no type column is configured",
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

  /// Order and limit; empty without a limit, because then the order does not change what is selected.
  func limited(by order: String) -> String { limit == nil ? "" : " ORDER BY \(order)\(limitClause)" }

  var limitClause: String { limit.map { " LIMIT \(max(0, $0))" } ?? "" }
}
