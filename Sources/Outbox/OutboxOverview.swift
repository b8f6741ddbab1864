import Postgres

/// How many events are in each state, and how long the oldest unpublished one has been waiting.
public struct OutboxOverview: Equatable, Sendable {
  public var counts: Counts
  /// By event type, the type with the most unpublished events first; empty where the caller did not ask for types.
  public var types: [TypeCounts]
  /// The statuses that `counts.other` counts, the one with the most events first.
  public var unmapped: [StatusCount] = []

  /// The events in one status; a nil status is NULL.
  public struct StatusCount: Equatable, Sendable {
    public var status: String?
    public var count: Int
  }

  public struct Counts: Equatable, Sendable {
    public var initial = 0
    public var published = 0
    public var fail = 0
    public var retry = 0
    /// In a status that the mapping does not name.
    public var other = 0
    /// Since the oldest unpublished event was created, by the server's clock; nil when all are published.
    public var oldestUnpublishedMilliseconds: Int?

    public var unpublished: Int { initial + fail + retry }
  }

  public struct TypeCounts: Equatable, Sendable {
    /// Nil for events whose type is NULL.
    public var type: String?
    public var counts: Counts
  }
}

extension OutboxTable {
  /// Counts the events in one statement, so all figures are of the same moment.
  ///
  /// With an index on the status column it does not read the rows; without one it reads the table once.
  public func overview() throws -> OutboxOverview {
    var counts = OutboxOverview.Counts()
    var unmapped: [String?: Int] = [:]
    let rows = try connection.query(
      """
      SELECT s.status, s.count, CASE WHEN s.first THEN
        (SELECT (extract(epoch FROM now() - min(\(createdColumn.quoted))) * 1000)::bigint FROM \(quotedName)
         WHERE \(statusColumn.quoted) = ANY ($1::\(statusColumn.type)[])) END AS oldest_ms
      FROM (
        SELECT \(statusColumn.quoted)::text AS status, count(*) AS count, row_number() OVER () = 1 AS first
        FROM \(quotedName) GROUP BY \(statusColumn.quoted)) s
      """, [statusArray(mapping.statuses.unpublished)])
    for row in rows {
      let (status, count): (String?, Int) = (try row.decode("status"), try row.decode("count"))
      add(count, in: status, to: &counts)
      if !isMapped(status) { unmapped[status, default: 0] += count }
      let oldest: Int? = try row.decode("oldest_ms")
      counts.oldestUnpublishedMilliseconds = counts.oldestUnpublishedMilliseconds ?? oldest.map { max(0, $0) }
    }
    return OutboxOverview(counts: counts, types: [], unmapped: Self.sorted(unmapped))
  }

  /// The types of the ten thousand events with the highest ids, sorted; empty without a type column. It uses the index on the
  /// ids, so it is quick on a table of any size.
  public func recentTypes(limit: Int) throws -> [String] {
    guard let type = typeColumn else { return [] }
    return try connection.query(
      """
      SELECT DISTINCT type FROM (
        SELECT \(type.quoted)::text AS type FROM \(quotedName) ORDER BY \(idColumn.quoted) DESC LIMIT 10000) AS newest
      WHERE type IS NOT NULL ORDER BY 1 LIMIT $1
      """, [PostgresValue(limit)]
    ).map { try $0.decode("type") }
  }

  /// As `overview()`, and by event type. It reads the table once. Without a type column the types are empty.
  public func overviewByType() throws -> OutboxOverview {
    guard let type = typeColumn else { return try overview() }
    let rows = try connection.query(
      """
      SELECT \(type.quoted)::text AS type, \(statusColumn.quoted)::text AS status, count(*) AS count,
        (extract(epoch FROM now() - min(\(createdColumn.quoted))) * 1000)::bigint AS oldest_ms
      FROM \(quotedName) GROUP BY \(type.quoted), \(statusColumn.quoted)
      """)
    var total = OutboxOverview.Counts()
    var types: [String?: OutboxOverview.Counts] = [:]
    var unmapped: [String?: Int] = [:]
    for row in rows {
      let name: String? = try row.decode("type")
      let status: String? = try row.decode("status")
      let count: Int = try row.decode("count")
      let oldest: Int? = try row.decode("oldest_ms")
      add(count, in: status, oldest, to: &total)
      add(count, in: status, oldest, to: &types[name, default: .init()])
      if !isMapped(status) { unmapped[status, default: 0] += count }
    }
    let sorted = types.map { OutboxOverview.TypeCounts(type: $0.key, counts: $0.value) }.sorted { left, right in
      (right.counts.unpublished, left.type ?? "") < (left.counts.unpublished, right.type ?? "")
    }
    return OutboxOverview(counts: total, types: sorted, unmapped: Self.sorted(unmapped))
  }

  private func isMapped(_ status: String?) -> Bool { status.map(mapping.statuses.all.contains) ?? false }

  private static func sorted(_ counts: [String?: Int]) -> [OutboxOverview.StatusCount] {
    counts.map { OutboxOverview.StatusCount(status: $0.key, count: $0.value) }
      .sorted { ($1.count, $0.status ?? "") < ($0.count, $1.status ?? "") }
  }

  private func add(_ count: Int, in status: String?, _ oldest: Int?, to counts: inout OutboxOverview.Counts) {
    add(count, in: status, to: &counts)
    guard let status, let oldest, mapping.statuses.unpublished.contains(status) else { return }
    counts.oldestUnpublishedMilliseconds = max(0, oldest, counts.oldestUnpublishedMilliseconds ?? 0)
  }

  private func add(_ count: Int, in status: String?, to counts: inout OutboxOverview.Counts) {
    switch status {
    case mapping.statuses.initial: counts.initial += count
    case mapping.statuses.published: counts.published += count
    case mapping.statuses.fail: counts.fail += count
    case mapping.statuses.retry: counts.retry += count
    default: counts.other += count
    }
  }
}
