import Configuration
import Failures
import Outbox

extension Session {
  /// The configured outbox, as it stands in the database.
  ///
  /// - Parameter topic: stands in for the configured topic and stream.
  func outbox(topic: OutboxTemplate? = nil) throws -> OutboxTable {
    guard let settings = try context().outbox else {
      throw Failure(
        .configuration, "no outbox is configured",
        hints: ["describe its table under `outbox:` in the config file; `usher config path` lists where that may be"])
    }
    var mapping = try OutboxMapping(settings)
    if let topic {
      mapping.publishing.topic = topic
      mapping.publishing.stream = nil
    }
    return try OutboxTable(mapping, on: try postgres())
  }
}

extension OutboxMapping {
  /// The mapping that the settings describe; what they leave out has no default, because it would be a guess.
  init(_ settings: OutboxSettings) throws(Failure) {
    func column(_ role: OutboxSettings.Role) throws(Failure) -> String {
      if let column = settings.column(role) { return column.value }
      throw Failure(
        .configuration, "'\(OutboxSettings.path(ofColumn: role))' is not set", causes: ["\(settings.place)"],
        hints: ["set \(OutboxSettings.path(ofColumn: role))"])
    }
    guard let table = settings.table?.value else {
      throw Failure(
        .configuration, "the outbox's table is not configured", causes: ["\(settings.place)"],
        hints: ["set outbox.table"])
    }
    self.init(
      table: table,
      columns: Columns(
        id: try column(\.id), status: try column(\.status), created: try column(\.created),
        key: settings.column(\.key)?.value, type: settings.column(\.type)?.value,
        payload: settings.column(\.payload)?.value, published: settings.column(\.published)?.value),
      statuses: Statuses(
        initial: settings.status(\.initial), published: settings.status(\.published), fail: settings.status(\.fail),
        retry: settings.status(\.retry)),
      publishing: try Publishing(settings))
  }
}

extension OutboxMapping.Publishing {
  fileprivate init(_ settings: OutboxSettings) throws(Failure) {
    func template(_ text: Sourced<String>?, _ role: String) throws(Failure) -> OutboxTemplate? {
      guard let text else { return nil }
      do {
        return try OutboxTemplate(text.value, role: role)
      } catch {
        var failure = error
        failure.causes.append("\(text.origin)")
        throw failure
      }
    }
    let given = settings.publishing
    self.init(
      topic: try template(given?.topic, OutboxSettings.path(ofTemplate: \.topic)),
      stream: try template(given?.stream, OutboxSettings.path(ofTemplate: \.stream)),
      key: try template(given?.key, OutboxSettings.path(ofTemplate: \.key)),
      value: try template(given?.value, OutboxSettings.path(ofTemplate: \.value)), idHeader: settings.idHeader)
    for (name, text) in (given?.headers ?? [:]).sorted(by: { $0.key < $1.key }) {
      guard let value = try template(text, OutboxSettings.path(ofHeader: name)) else { continue }
      headers.append(Header(name: name, value: value))
    }
  }
}
