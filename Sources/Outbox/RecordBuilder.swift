import Failures
import Postgres

/// Builds records from rows, by the mapping's templates.
struct RecordBuilder {
  /// The names of the columns that records need, the id first.
  private let columns: [String]
  /// The select list, in that order.
  let columnList: String
  /// The number of columns in the select list.
  var columnCount: Int { columns.count }
  /// The columns of the record's key, for rows that contain no other part of the record.
  let keyColumns: [String]

  private let table: OutboxTable
  private let places: [String: Int]
  private let topic: OutboxTemplate
  /// The topic, where it is the same for every row; else nil.
  private let fixedTopic: String?
  private let key: OutboxTemplate?
  private let value: OutboxTemplate
  private let headers: [OutboxMapping.Publishing.Header]

  init(_ table: OutboxTable, topic: OutboxTemplate) throws {
    self.table = table
    self.topic = topic
    fixedTopic = topic.columns.isEmpty ? String(decoding: topic.render { _ in nil } ?? [], as: UTF8.self) : nil
    key = table.keyTemplate
    value = try table.valueTemplate
    headers = table.mapping.publishing.headers
    keyColumns = table.keyTemplate.map { Array(Set($0.columns)).sorted() } ?? []
    var names = [table.idColumn.name]
    var needed = topic.columns + (key?.columns ?? []) + value.columns + headers.flatMap { $0.value.columns }
    if let type = table.typeColumn { needed.append(type.name) }
    for name in needed where !names.contains(name) { names.append(name) }
    columns = names
    places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    // The id as text, by which rows are found again; the others without a cast, so that a bytea gives its bytes.
    columnList = names.enumerated().map { index, name in
      table.column(name).quoted + (index == 0 ? "::text" : "")
    }.joined(separator: ", ")
  }

  /// The record of a row that was selected with `columnList`.
  func record(of row: PostgresRow) throws -> OutboxRecord {
    let id = try row.text(0) ?? ""
    func bytes(_ name: String) throws -> [UInt8]? { try row.bytes(places[name] ?? 0) }
    let name = try fixedTopic ?? topic.render(bytes).map { String(decoding: $0, as: UTF8.self) } ?? ""
    guard !name.isEmpty else {
      throw Failure(
        .badInput, "it has no topic: '\(topic)' is NULL or empty in table \(table.name)")
    }
    var headers: [OutboxRecord.Header] = []
    for header in self.headers {
      // A header without a value is left out.
      if let value = try header.value.render(bytes) { headers.append(.init(header.name, value)) }
    }
    headers.append(.init(table.mapping.publishing.idHeader, Array(id.utf8)))
    let type = try table.typeColumn.flatMap { try row.text(places[$0.name] ?? 0) }
    return OutboxRecord(
      id: id, topic: name, key: try key?.render(bytes) ?? nil,
      value: try value.render(bytes), type: type, headers: headers)
  }

  /// The record's key, from a row that has `keyColumns` from `firstColumn` on.
  func key(of row: PostgresRow, firstColumn: Int) throws -> [UInt8]? {
    try key?.render { name in
      try row.bytes(firstColumn + (keyColumns.firstIndex(of: name) ?? 0))
    } ?? nil
  }
}
