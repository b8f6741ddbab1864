import Failures
import Postgres
import Text

extension OutboxTable {
  /// Finds the events of the filter: how many, which ones, and where they go. Reads only, in one snapshot.
  public func planReplay(_ filter: ReplayFilter, to publisher: any OutboxPublisher) throws -> ReplayPlan {
    let topic = try publisher.topic(of: mapping)
    _ = try valueTemplate
    return try connection.transaction(isolation: .repeatableRead, readOnly: true) {
      let knownIDs = try countKnown(filter.ids)
      let selection = try ReplaySelection(filter, self, cutoff: try cutoff(filter.olderThan))
      let groups = try groups(selection, topic)
      var warnings = try timeWarnings(selection)
      if groups.count > 0 { warnings += try identityWarnings(selection) }
      if !filter.ids.isEmpty && groups.count < Set(filter.ids).count {
        warnings.append(idWarning(Set(filter.ids).count, known: knownIDs, matching: groups.count, filter))
      }
      let types = try missingTypes(filter.types, found: groups.types)
      if groups.withoutKey > 0 && keyTemplate != nil {
        warnings.append(
          "\(groups.withoutKey.grouped) of them \(groups.withoutKey == 1 ? "has" : "have") no key, so their order is not kept"
        )
      }
      if groups.withoutTopic > 0 {
        guard groups.withoutTopic < groups.count else { throw noTopic(topic, groups.count) }
        let (has, it) = groups.withoutTopic == 1 ? ("has", "it") : ("have", "they")
        warnings.append(
          "\(groups.withoutTopic.grouped) of them \(has) no topic, because '\(topic)' is NULL or empty: \(it) and later events with the "
            + "same key are not sent")
      }
      if groups.count > 0, let overtaking = try countOvertaking(selection), overtaking > 0 {
        warnings.append(
          "\(overtaking.grouped) of them \(overtaking == 1 ? "overtakes" : "overtake") an older unpublished event of the same key, which the filter excludes"
        )
      }
      return ReplayPlan(
        filter: filter, count: groups.count, types: groups.types, topics: groups.topics,
        sample: groups.count > 0 ? try sample(selection) : [], oldestMilliseconds: groups.oldest, warnings: warnings,
        unknownTypes: types.unknown, knownTypes: types.known, selection: selection, topic: topic)
    }
  }

  /// The record's value: as configured, else the payload column. Throws `configuration` without both.
  public var valueTemplate: OutboxTemplate {
    get throws {
      if let template = mapping.publishing.value { return template }
      if let payload = mapping.columns.payload { return OutboxTemplate(column: payload) }
      throw Failure(
        .configuration, "no value is configured for the events of table \(name)",
        causes: ["neither outbox.publish.value nor outbox.columns.payload is set"])
    }
  }

  /// The server's time minus `age`, in the text form of the created column.
  private func cutoff(_ age: Duration) throws -> String {
    let seconds = Double(age.components.seconds) + Double(age.components.attoseconds) / 1e18
    let rows = try connection.query(
      "SELECT ((now() - make_interval(secs => $1::float8))::\(createdColumn.type))::text AS cutoff", [.init(seconds)])
    guard let cutoff: String = try rows.first?.decode("cutoff") else { throw Failure(.bug, "no answer to now()") }
    return cutoff
  }

  private struct Groups {
    var count = 0
    var withoutKey = 0
    var withoutTopic = 0
    var oldest: Int?
    var types: [(type: String?, count: Int)] = []
    var topics: [(topic: String, count: Int)] = []
  }

  /// Counts in all, by type and by topic, in one pass over the selection.
  private func groups(_ selection: ReplaySelection, _ topic: OutboxTemplate) throws -> Groups {
    let topicColumns = Array(Set(topic.columns)).sorted()
    let topicNames = topicColumns.indices.map { "e.t\($0)" }
    let topicSet = topicNames.isEmpty ? "e.t" : topicNames.joined(separator: ", ")
    let topicSources =
      topicColumns.enumerated().map { ", \(column($1).quoted)::text AS t\($0)" }.joined()
      + (topicColumns.isEmpty ? ", ''::text AS t" : "")
    let key = keyTemplate.map { "\(keyIsNull($0))" } ?? "true"
    let rows = try connection.query(
      """
      SELECT * FROM (
        SELECT CASE WHEN grouping(e.y) = 0 THEN 1 WHEN grouping(\(topicNames.first ?? "e.t")) = 0 THEN 2 ELSE 0 END AS level,
          e.y, \(topicSet), count(*) AS count, count(*) FILTER (WHERE e.k) AS without_key,
          (extract(epoch FROM now() - min(e.c)) * 1000)::bigint AS oldest_ms
        FROM (
          SELECT \(typeColumn.map { "\($0.quoted)::text" } ?? "NULL::text") AS y, \(createdColumn.quoted) AS c, \(key) AS k\(topicSources)
          FROM \(quotedName) o WHERE \(selection.condition)\(selection.limited(by: order))) e
        GROUP BY GROUPING SETS ((), (e.y), (\(topicSet)))) g
      ORDER BY level, count DESC, y LIMIT 300
      """, selection.parameters)
    var groups = Groups()
    for row in rows {
      let count: Int = try row.decode("count")
      switch try row.decode("level", as: Int.self) {
      case 0:
        groups.count = count
        groups.withoutKey = try row.decode("without_key")
        groups.oldest = try row.decode("oldest_ms")
      case 1: if typeColumn != nil { groups.types.append((try row.decode("y"), count)) }
      default:
        let bytes = try topic.render { name in
          try row.decode("t\(topicColumns.firstIndex(of: name) ?? 0)", as: [UInt8]?.self)
        }
        guard let bytes, !bytes.isEmpty else {
          groups.withoutTopic += count
          continue
        }
        if groups.topics.count < 100 { groups.topics.append((String(decoding: bytes, as: UTF8.self), count)) }
      }
    }
    return groups
  }

  private func noTopic(_ topic: OutboxTemplate, _ count: Int) -> Failure {
    Failure(
      .badInput, "\(count.counted("event")) of table \(name) \(count == 1 ? "has" : "have") no topic",
      causes: ["'\(topic)' is NULL or empty for \(count == 1 ? "it" : "them")"],
      hints: ["correct \(topic.role), or choose events with --type or --id"])
  }

  /// Whether an event has no key, in SQL. Only a key that is one column can be NULL.
  private func keyIsNull(_ key: OutboxTemplate) -> String {
    key.parts.count == 1 && key.columns.count == 1 ? "\(column(key.columns[0]).quoted) IS NULL" : "false"
  }

  private func sample(_ selection: ReplaySelection) throws -> [ReplayPlan.Event] {
    let keyColumn = keyTemplate?.columns.first.map { "\(column($0).quoted)::text" } ?? "NULL::text"
    let limit = min(5, selection.limit ?? 5)
    return try connection.query(
      """
      SELECT \(idColumn.quoted)::text AS id, \(typeColumn.map { "\($0.quoted)::text" } ?? "NULL::text") AS type, \(keyColumn) AS key,
        \(statusColumn.quoted)::text AS status, (extract(epoch FROM now() - \(createdColumn.quoted)) * 1000)::bigint AS age_ms
      FROM \(quotedName) o WHERE \(selection.condition) ORDER BY \(order) LIMIT \(limit)
      """, selection.parameters
    ).map { row in
      ReplayPlan.Event(
        id: try row.decode("id"), type: try row.decode("type"), key: try row.decode("key"),
        status: try row.decode("status"), ageMilliseconds: try row.decode("age_ms"))
    }
  }
}

// MARK: - Warnings

extension OutboxTable {
  private func countKnown(_ ids: [String]) throws -> Int {
    guard !ids.isEmpty else { return 0 }
    let rows: [PostgresRow]
    do {
      rows = try connection.query(
        "SELECT count(*) AS count FROM \(quotedName) WHERE \(idColumn.quoted) = ANY ($1::\(idColumn.type)[])",
        [.array(ids)])
    } catch {
      guard error.sqlState?.hasPrefix("22") == true else { throw error }
      throw Failure(
        .usage,
        "one of the ids is not a valid \(idColumn.type), the type of column '\(idColumn.name)' of table \(name)",
        causes: ["given: \(ids.prefix(5).joined(separator: ", "))"])
    }
    return try rows.first?.decode("count") ?? 0
  }

  private func idWarning(_ asked: Int, known: Int, matching: Int, _ filter: ReplayFilter) -> String {
    let unknown = asked - known
    let left = known - matching
    var reasons: [String] = []
    func are(_ count: Int) -> String { "\(count.grouped) \(count == 1 ? "is" : "are")" }
    if unknown > 0 { reasons.append("\(are(unknown)) not in the table") }
    if left > 0 { reasons.append("\(are(left)) younger, of another type, or in another status") }
    let out = asked == 1 ? "the id is" : "\((asked - matching).grouped) of the \(asked.grouped) ids are"
    return "\(out) excluded: \(reasons.joined(separator: ", "))"
  }

  /// Types that no recent event has, which are probably misspelt, and the types of recent events. Both are empty where all types are
  /// known, and where the table has no events.
  private func missingTypes(
    _ asked: [String], found: [(type: String?, count: Int)]
  ) throws -> (unknown: [String], known: [String]) {
    let missing = Set(asked).subtracting(found.compactMap(\.type))
    guard !missing.isEmpty else { return ([], []) }
    let known = try recentTypes(limit: 20)
    let unknown = missing.subtracting(known).sorted()
    return unknown.isEmpty || known.isEmpty ? ([], []) : (unknown, known)
  }

  private func timeWarnings(_ selection: ReplaySelection) throws -> [String] {
    var warnings: [String] = []
    if createdColumn.type == "timestamp without time zone" {
      let rows = try connection.query("SELECT current_setting('TimeZone') AS zone")
      let zone: String = try rows.first?.decode("zone") ?? "?"
      warnings.append(
        "column '\(createdColumn.name)' has no time zone: ages are computed as if its values were in \(zone)")
    }
    guard createdColumn.isNullable else { return warnings }
    let rows = try connection.query(
      """
      SELECT count(*) AS count FROM \(quotedName)
      WHERE \(statusColumn.quoted) = ANY ($1::\(statusColumn.type)[]) AND \(createdColumn.quoted) IS NULL
      """, [statusArray(selection.statuses)])
    let count: Int = try rows.first?.decode("count") ?? 0
    if count > 0 {
      warnings.append(
        "\(count.counted("unpublished event")) \(count == 1 ? "has" : "have") no '\(createdColumn.name)' and "
          + "\(count == 1 ? "is excluded, because its" : "are excluded, because their") position in the order is unknown"
      )
    }
    return warnings
  }

  /// How many selected events have an older unpublished event with the same key that is not selected; nil without keys.
  ///
  /// One grouping by key and one join, so that a few keys with many events cost no more than many keys.
  private func countOvertaking(_ selection: ReplaySelection) throws -> Int? {
    guard let names = keyTemplate?.columns, !names.isEmpty else { return nil }
    let keys = Array(Set(names)).sorted().map { column($0).quoted }
    let unpublished = mapping.statuses.unpublished
    var parameters = selection.parameters
    parameters.append(statusArray(unpublished))
    let rows = try connection.query(
      """
      SELECT count(*) AS count FROM (
        SELECT \(keys.joined(separator: ", ")), \(createdColumn.quoted) AS c FROM \(quotedName) o
        WHERE \(selection.condition)\(selection.limited(by: order))) s
      JOIN (
        SELECT \(keys.joined(separator: ", ")), min(\(createdColumn.quoted)) AS first FROM \(quotedName)
        WHERE \(statusColumn.quoted) = ANY ($\(parameters.count)::\(statusColumn.type)[]) AND NOT (\(selection.kind))
          AND \(createdColumn.quoted) < $2::\(createdColumn.type)
        GROUP BY \(keys.joined(separator: ", "))) o USING (\(keys.joined(separator: ", ")))
      WHERE o.first < s.c
      """, parameters)
    return try rows.first?.decode("count")
  }
}
