/// How the outbox table is mapped and where its events are published, as the file describes it.
public struct OutboxSettings: Equatable, Sendable {
  /// Where an event is published and what the record contains: templates in which `{column}` stands for a column of its row.
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
    /// The name of the header with the row's id; nil where the file does not say.
    public let idHeader: Sourced<String>?
  }

  /// The declaration of a column's role, of a status, and of a template.
  public typealias Role = KeyPath<OutboxColumnKeys, ConfigurationKey<String>>
  public typealias Status = KeyPath<OutboxStatusKeys, DefaultedKey<Void, String>>
  public typealias Template = KeyPath<OutboxPublishKeys, ConfigurationKey<String>>

  public let place: Place
  public let table: Sourced<String>?
  public let publishing: Publishing?

  /// The names of columns and the texts of statuses that the file gives, by the names of their keys.
  let columns, statuses: [String: Sourced<String>]

  init(_ section: SectionReader<OutboxKeys>, problems: ProblemList) {
    place = section.place
    table = section.value(\.table)
    columns = section.section(\.columns, problems: problems)?.texts ?? [:]
    statuses = section.section(\.statuses, problems: problems)?.texts ?? [:]
    publishing = section.section(\.publish, problems: problems).map { Publishing($0) }
  }

  /// The column that has a role; nil where the file does not say.
  public func column(_ role: Role) -> Sourced<String>? {
    columns[OutboxColumnKeys.keys[keyPath: role].name]
  }

  /// The text that the table has for a status.
  public func status(_ status: Status) -> String {
    let key = OutboxStatusKeys.keys[keyPath: status]
    return statuses[key.name]?.value ?? key.standard
  }

  /// The name of a status's key: `init`.
  public static func name(of status: Status) -> String { OutboxStatusKeys.keys[keyPath: status].name }

  /// The name of the header with the row's id.
  public var idHeader: String { publishing?.idHeader?.value ?? OutboxPublishKeys.keys.idHeader.standard }

  /// The path of a column's key: `outbox.columns.id`.
  public static func path(ofColumn role: Role) -> String {
    let outbox = FileKeys.keys.outbox
    return "\(outbox.name).\(outbox.keys.columns.name).\(OutboxColumnKeys.keys[keyPath: role].name)"
  }

  /// The path of a template's key: `outbox.publish.topic`.
  public static func path(ofTemplate template: Template) -> String {
    "\(publishPath).\(OutboxPublishKeys.keys[keyPath: template].name)"
  }

  /// The path of the template of a header: `outbox.publish.headers.event_type`.
  public static func path(ofHeader name: String) -> String {
    "\(publishPath).\(OutboxPublishKeys.keys.headers.name).\(name)"
  }

  private static var publishPath: String {
    let outbox = FileKeys.keys.outbox
    return "\(outbox.name).\(outbox.keys.publish.name)"
  }
}

extension OutboxSettings.Publishing {
  fileprivate init(_ section: SectionReader<OutboxPublishKeys>) {
    destination = section.value(\.to)
    topic = section.value(\.topic)
    stream = section.value(\.stream)
    key = section.value(\.key)
    value = section.value(\.value)
    headers = section.texts(\.headers)
    idHeader = section.value(\.idHeader)
  }

  /// All templates that the file gives, each with its key as messages name it.
  var templates: [(name: String, text: Sourced<String>)] {
    let keys = OutboxPublishKeys.keys
    let single = [(keys.topic, topic), (keys.stream, stream), (keys.key, key), (keys.value, value)]
    return single.compactMap { key, text in text.map { (key.name, $0) } }
      + headers.sorted { $0.key < $1.key }.map { ("\(keys.headers.name).\($0.key)", $0.value) }
  }
}
