import Outbox
import Terminal
import Text

/// What `usher doctor` looks at in the outbox: whether the mapping fits the table, and the table a replay.
enum DoctorOutbox {
  private static let area = "outbox"

  /// Asked once PostgreSQL has answered.
  static func examine(_ session: Session) -> [Finding] {
    let table: OutboxTable
    do {
      guard try session.context().outbox != nil else {
        return [Finding(area, "mapping", .skipped, "no outbox is configured")]
      }
      table = try session.outbox()
    } catch {
      return [Finding(area, "mapping", failed: error)]
    }
    let checks: [(String, (OutboxTable) throws -> Finding)] = [
      ("privileges", privileges), ("id", id), ("statuses", statuses),
    ]
    return [mapping(table), topic(table, session)]
      + checks.map { name, check in
        do { return try check(table) } catch { return Finding(area, name, failed: error) }
      }
  }

  private static func mapping(_ table: OutboxTable) -> Finding {
    let columns = table.mappedColumns.map { "\($0.role): \($0.name) \($0.type)" }
    return Finding(area, "mapping", .ok, "\(table.name) with \(columns.joined(separator: ", "))")
  }

  /// The columns of all templates have been found when the table was opened.
  private static func topic(_ table: OutboxTable, _ session: Session) -> Finding {
    do {
      let destination = try session.outboxDestination()
      let topic = try destination.topic(of: table.mapping)
      _ = try table.valueTemplate
      return Finding(area, "topic", .ok, "\(topic) for \(destination.rawValue)")
    } catch {
      return Finding(area, "topic", failed: error)
    }
  }

  private static func privileges(_ table: OutboxTable) throws -> Finding {
    let missing = try table.missingPrivileges()
    guard !missing.isEmpty else { return Finding(area, "privileges", .ok, "this role may read and mark events") }
    return Finding(
      area, "privileges", .problem, "this role lacks \(missing.joined(separator: ", "))",
      hint: "GRANT SELECT, UPDATE ON \(table.name) to the role of usher")
  }

  private static func id(_ table: OutboxTable) throws -> Finding {
    let name = table.mapping.columns.id
    guard try !table.idIsUnique() else { return Finding(area, "id", .ok, "column \"\(name)\" is unique") }
    return Finding(
      area, "id", .warning, "nothing keeps two events from having one \"\(name)\", by which replay marks them",
      hint: "map outbox.columns.id to the primary key, or make the column unique with `usher index create`")
  }

  private static func statuses(_ table: OutboxTable) throws -> Finding {
    guard let warning = try table.overview().unmappedWarning else {
      return Finding(area, "statuses", .ok, "every event is in a status of outbox.statuses")
    }
    return Finding(
      area, "statuses", .warning, warning, hint: "correct outbox.statuses: such events are never replayed")
  }
}

extension OutboxOverview {
  /// What an operator has to know about events in statuses that the mapping does not name; nil when there are none.
  var unmappedWarning: String? {
    guard counts.other > 0 else { return nil }
    // The first few say what is wrong; a column that is no status at all has thousands.
    var names = unmapped.prefix(5).map { "\($0.status ?? "NULL") (\($0.count.grouped))" }
    if unmapped.count > names.count { names.append("…") }
    return "\(counts.other.counted("event")) in statuses that outbox.statuses does not name: "
      + names.joined(separator: ", ")
  }
}
