import Changes
import Failures
import Postgres

/// Takes a replay back in the table: rows that are still marked as it marked them get their former status again.
///
/// What was sent stays sent. It needs no configuration: the before-images say where the rows are.
public struct ReplayUndo {
  public let operation: OperationID
  private let connection: PostgresConnection
  private let journal: PostgresJournal

  public init(_ operation: OperationID, on connection: PostgresConnection, journal: PostgresJournal) {
    self.operation = operation
    self.connection = connection
    self.journal = journal
  }

  /// What undoing would do now.
  public struct Plan: Equatable, Sendable {
    /// Rows that are still as the replay left them.
    public var count: Int
    /// Rows that somebody has changed since; they stay.
    public var moved: Int
    /// The tables' names, as locks and history have them.
    public var tables: [String]

    public var warnings: [String] {
      var warnings = ["what was sent stays sent; the events will be sent again by the next replay"]
      if moved > 0 {
        warnings.append(
          "\(moved.counted("event")) \(moved == 1 ? "has changed since and is" : "have changed since and are") left alone"
        )
      }
      return warnings
    }
  }

  /// Reads only.
  public func plan() throws -> Plan {
    var plan = Plan(count: 0, moved: 0, tables: [])
    try journal.forEachBeforeImage(operation) { _, content in
      let image = try Image(content, connection)
      let rows = try connection.query(
        "SELECT count(*) AS count FROM \(image.table.quotedName) t, \(Image.groups) WHERE \(image.condition)",
        image.parameters(content))
      let count: Int = try rows.first?.decode("count") ?? 0
      plan.count += count
      plan.moved += image.total - count
      if !plan.tables.contains(image.table.name) { plan.tables.append(image.table.name) }
    }
    return plan
  }

  /// One transaction a portion of a before-image, all of it where no pace is asked for: the rows, the count of the undo, and what is left
  /// of the image belong together.
  public func apply(as undo: OperationID, control: ChangeControl = .init()) throws -> ChangeOutcome {
    var outcome = ChangeOutcome()
    var pacer = control.makePacer()
    try journal.forEachBeforeImage(operation) { batch, content in
      var rest: String? = content
      while let content = rest, !outcome.wasInterrupted {
        let image = try Image(content, connection)
        let portion = control.batchSize(upTo: max(1, image.total))
        pacer.wait(for: min(portion, image.total))
        guard !control.isInterrupted() else {
          outcome.wasInterrupted = true
          return
        }
        let (changed, left) = try connection.transaction {
          let changed = try connection.execute(image.update, image.parameters(content) + [.init(portion)])
          try journal.add(changed: changed, to: undo)
          let left = portion < image.total ? try Image.rest(of: content, after: portion, connection) : nil
          if let left {
            try journal.replaceBeforeImage(operation, batch: batch, content: left)
          } else {
            try journal.removeBeforeImage(operation, batch: batch)
          }
          return (changed, left)
        }
        rest = left
        outcome.changed += changed
        outcome.skipped += min(portion, image.total) - changed
        control.progress(outcome.changed)
      }
    }
    if outcome.skipped > 0 {
      outcome.notes.append(
        "\(outcome.skipped.counted("event")) \(outcome.skipped == 1 ? "has changed since and was" : "have changed since and were") left alone"
      )
    }
    return outcome
  }
}

extension ReplayUndo {
  /// A before-image, read by the server: its head, and its table as it is now.
  private struct Image {
    let table: OutboxTable
    let total: Int
    private let mark: String
    private let publishedAt: String?

    init(_ content: String, _ connection: PostgresConnection) throws {
      let rows = try connection.query(
        """
        SELECT c ->> 'table' AS "table", c ->> 'id' AS id, c ->> 'status' AS status, c ->> 'created' AS created,
          c ->> 'published' AS published, c ->> 'mark' AS mark, c ->> 'at' AS at,
          (SELECT coalesce(sum(json_array_length(g -> 'ids')), 0) FROM json_array_elements(c -> 'groups') g)::bigint AS total
        FROM (SELECT $1::json AS c) image
        """, [.init(text: content)])
      guard let row = rows.first else { throw Failure(.bug, "no answer about a before-image") }
      mark = try row.decode("mark")
      publishedAt = try row.decode("at")
      total = try row.decode("total")
      table = try OutboxTable(
        OutboxMapping(
          table: try row.decode("table"),
          columns: .init(
            id: try row.decode("id"), status: try row.decode("status"), created: try row.decode("created"),
            published: try row.decode("published")),
          statuses: .init(initial: mark, published: mark, fail: mark, retry: mark)),
        on: connection)
    }

    /// The rows of the image, as `g.id`, with what they were as `g.status` and `g.published`, and their places as `g.n`, from 1.
    static let groups = """
      (SELECT status, published, id, row_number() OVER (ORDER BY number, place) AS n
        FROM ROWS FROM (json_to_recordset($1::json -> 'groups') AS (status text, published text, ids json))
          WITH ORDINALITY AS one(status, published, ids, number),
        json_array_elements_text(ids) WITH ORDINALITY AS member(id, place)) AS g
      """

    /// The image without its first rows.
    static func rest(of content: String, after count: Int, _ connection: PostgresConnection) throws -> String {
      let rows = try connection.query(
        """
        SELECT ($1::jsonb || jsonb_build_object('groups', (
          SELECT jsonb_agg(jsonb_build_object('status', status, 'published', published, 'ids', ids) ORDER BY first)
          FROM (SELECT status, published, jsonb_agg(id ORDER BY n) AS ids, min(n) AS first
            FROM \(groups) WHERE n > $2::bigint GROUP BY status, published) AS left_over
        )))::text AS rest
        """, [.init(text: content), .init(count)])
      guard let rest: String = try rows.first?.decode("rest") else { throw Failure(.bug, "a before-image has no rest") }
      return rest
    }

    /// Still as the replay left it.
    var condition: String {
      let published = table.publishedColumn.map {
        " AND t.\($0.quoted) IS NOT DISTINCT FROM $3::\($0.storedType)"
      }
      return """
        t.\(table.idColumn.quoted) = g.id::\(table.idColumn.type) AND t.\(table.statusColumn.quoted) = $2::\(table.statusColumn.type)\(published ?? "")
        """
    }

    var update: String {
      let published = table.publishedColumn.map { ", \($0.quoted) = g.published::\($0.type)" } ?? ""
      return """
        UPDATE \(table.quotedName) t SET \(table.statusColumn.quoted) = g.status::\(table.statusColumn.type)\(published)
        FROM \(Self.groups) WHERE \(condition) AND g.n <= $\(table.publishedColumn == nil ? 3 : 4)::bigint
        """
    }

    func parameters(_ content: String) -> [PostgresValue?] {
      var parameters: [PostgresValue?] = [.init(text: content), .init(text: mark)]
      if table.publishedColumn != nil { parameters.append(publishedAt.map { .init(text: $0) }) }
      return parameters
    }
  }
}
