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
    func column(_ role: String) throws(Failure) -> String {
      if let name = settings.columns[role]?.value { return name }
      throw Failure(
        .configuration, "the outbox's \(role) column is not configured", causes: ["\(settings.place)"],
        hints: ["set outbox.columns.\(role)"])
    }
    guard let table = settings.table?.value else {
      throw Failure(
        .configuration, "the outbox's table is not configured", causes: ["\(settings.place)"],
        hints: ["set outbox.table"])
    }
    self.init(
      table: table,
      columns: Columns(
        id: try column("id"), status: try column("status"), created: try column("created"),
        key: settings.columns["key"]?.value, type: settings.columns["type"]?.value,
        payload: settings.columns["payload"]?.value, published: settings.columns["published"]?.value),
      statuses: Statuses(
        initial: settings.statuses["init"]?.value ?? "INIT",
        published: settings.statuses["published"]?.value ?? "PUBLISHED",
        fail: settings.statuses["fail"]?.value ?? "FAIL", retry: settings.statuses["retry"]?.value ?? "RETRY"),
      publishing: try Publishing(settings.publishing))
  }
}

extension OutboxMapping.Publishing {
  fileprivate init(_ settings: OutboxSettings.Publishing?) throws(Failure) {
    func template(_ text: Sourced<String>?, _ name: String) throws(Failure) -> OutboxTemplate? {
      guard let text else { return nil }
      do {
        return try OutboxTemplate(text.value, role: "outbox.publish.\(name)")
      } catch {
        var failure = error
        failure.causes.append("\(text.origin)")
        throw failure
      }
    }
    self.init(
      topic: try template(settings?.topic, "topic"), stream: try template(settings?.stream, "stream"),
      key: try template(settings?.key, "key"), value: try template(settings?.value, "value"))
    for (name, text) in (settings?.headers ?? [:]).sorted(by: { $0.key < $1.key }) {
      guard let value = try template(text, "headers.\(name)") else { continue }
      headers.append(Header(name: name, value: value))
    }
    if let name = settings?.idHeader?.value { idHeader = name }
  }
}
