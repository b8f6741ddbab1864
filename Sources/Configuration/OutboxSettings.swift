import Arguments

/// How the outbox table is mapped and where its events are published; what is absent is the outbox's own to decide.
public struct OutboxSettings: Equatable, Sendable {
  /// Where an event goes and what it consists of: templates in which `{column}` stands for a column of its row.
  public struct Publishing: Equatable, Sendable {
    public enum Destination: String, CaseIterable, Sendable {
      case kafka
      case redisStream = "redis-stream"
      case standardOutput = "stdout"
    }

    public let destination: Sourced<Destination>?
    public let topic: Sourced<String>?
    public let stream: Sourced<String>?
    public let key: Sourced<String>?
    public let value: Sourced<String>?
    public let headers: [String: Sourced<String>]
    /// The name of the header that carries the row's id.
    public let idHeader: Sourced<String>?

    /// All templates that the file gives, under their keys.
    var templates: [(name: String, text: Sourced<String>)] {
      let named = [("topic", topic), ("stream", stream), ("key", key), ("value", value)]
      return named.compactMap { name, text in text.map { (name, $0) } }
        + headers.sorted { $0.key < $1.key }.map { ("headers.\($0.key)", $0.value) }
    }
  }

  /// The roles that a column can have, and the statuses that a row can be in.
  static let columnRoles = ["id", "key", "type", "payload", "status", "created", "published"]
  static let statusRoles = ["init", "published", "fail", "retry"]

  public let place: Place
  public let table: Sourced<String>?
  /// The column of each role that the file names: `type` → `event_type`.
  public let columns: [String: Sourced<String>]
  /// The stored text of each status that the file names: `init` → `INIT`.
  public let statuses: [String: Sourced<String>]
  public let publishing: Publishing?

  init(_ reader: SectionReader) {
    var section = reader
    place = section.place
    table = section.text("table")
    columns = Self.roles(Self.columnRoles, in: section.section("columns", subject: "columns of the outbox"))
    statuses = Self.roles(Self.statusRoles, in: section.section("statuses", subject: "statuses of the outbox"))
    publishing = section.section("publish", subject: "publish of the outbox").map { Publishing($0) }
    section.finish()
  }

  private static func roles(_ roles: [String], in section: SectionReader?) -> [String: Sourced<String>] {
    guard var section else { return [:] }
    var texts: [String: Sourced<String>] = [:]
    for role in roles { texts[role] = section.text(role) }
    section.finish()
    return texts
  }
}

extension OutboxSettings.Publishing {
  init(_ reader: SectionReader) {
    var section = reader
    destination = section.value("to", .choice(Destination.allCases.map(\.rawValue))).flatMap { name in
      Destination(rawValue: name.value).map { Sourced($0, name.origin) }
    }
    topic = section.text("topic")
    stream = section.text("stream")
    key = section.text("key")
    value = section.text("value")
    headers = section.texts("headers", subject: "headers of publish")
    idHeader = section.text("id-header")
    section.finish()
  }
}
