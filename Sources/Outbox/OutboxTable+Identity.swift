import Failures
import Postgres
import Text

/// Marking and undoing find rows by their id alone, so an id must identify one row.
extension OutboxTable {
  /// Throws `configuration` where several rows have the same id of the selection, or an id is NULL; warns where no unique index prevents that.
  func identityWarnings(_ selection: ReplaySelection) throws -> [String] {
    let isUnique = try idIsUnique()
    if !isUnique {
      let shared = try sharedIDs(selection)
      guard shared.isEmpty else { throw notUnique(shared.joined(separator: ", ")) }
    }
    if idColumn.isNullable {
      let count = try countWithoutID(selection)
      guard count == 0 else { throw notUnique("it is NULL for \(count.grouped) of the events") }
    }
    return isUnique
      ? []
      : [
        "table \(name) has no unique index over column '\(idColumn.name)' alone: the ids of these events are unique now, but nothing "
          + "prevents a second event with the same id"
      ]
  }

  private func notUnique(_ cause: String) -> Failure {
    Failure(
      .configuration, "column '\(idColumn.name)' of table \(name) is not unique", causes: [cause],
      hints: ["set outbox.columns.id to a column that is unique and never NULL"])
  }

  /// Some ids of the selection that other rows also have, in any status.
  private func sharedIDs(_ selection: ReplaySelection) throws -> [String] {
    try connection.query(
      """
      SELECT \(idColumn.quoted)::text AS id, count(*) AS rows FROM \(quotedName)
      WHERE \(idColumn.quoted) IN (\(ids(selection))) GROUP BY \(idColumn.quoted) HAVING count(*) > 1 ORDER BY rows DESC, 1 LIMIT 3
      """, selection.parameters
    ).map { "'\(try $0.decode("id", as: String.self))' is in \(try $0.decode("rows", as: Int.self)) rows" }
  }

  private func countWithoutID(_ selection: ReplaySelection) throws -> Int {
    try connection.query(
      "SELECT count(*) AS count FROM (\(ids(selection))) s (id) WHERE id IS NULL", selection.parameters
    ).first?.decode("count") ?? 0
  }

  private func ids(_ selection: ReplaySelection) -> String {
    "SELECT o.\(idColumn.quoted) FROM \(quotedName) o WHERE \(selection.condition)\(selection.limited(by: order))"
  }
}
