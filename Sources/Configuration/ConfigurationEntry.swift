import Arguments

/// One value as `config show` lists it.
public struct ConfigurationEntry: Equatable, Sendable {
  /// The way to it: `queues.tickets.capacity`.
  public let name: String
  /// Free of passwords; nil where the value isn't set.
  public let value: String?
  public let origin: Origin?

  public init(_ name: String, _ value: Sourced<String>?) {
    self.name = name
    self.value = value?.value
    origin = value?.origin
  }
}

extension ResolvedContext {
  /// Every value in force and where it came from; connections that are not set are listed too.
  public var entries: [ConfigurationEntry] {
    var entries = [ConfigurationEntry("context", name)]
    entries.append(
      ConfigurationEntry("protected", protection.map { Sourced("by context \($0.context)", $0.origin) }))
    for store in StoreKind.allCases {
      entries.append(ConfigurationEntry(store.rawValue, connection(store)?.map { Self.shown($0, store) }))
    }
    for (name, value) in kafkaProperties.sorted(by: { $0.key < $1.key }) {
      let shown = Redaction.isHarmless(property: name) ? value : Sourced(Redaction.mask, value.origin)
      entries.append(ConfigurationEntry("kafka-properties.\(name)", shown))
    }
    entries += queues.values.sorted { $0.name < $1.name }.flatMap(\.entries)
    entries += caches.values.sorted { $0.name < $1.name }.flatMap(\.entries)
    return entries + (outbox?.entries ?? [])
  }

  private static func shown(_ connection: String, _ store: StoreKind) -> String {
    connection.isEmpty ? "(libpq's own environment)" : Redaction.redacted(connection, store)
  }
}

extension Sourced {
  func map<Other>(_ transform: (Value) -> Other) -> Sourced<Other> { Sourced<Other>(transform(value), origin) }
}

extension QueueSettings {
  fileprivate var entries: [ConfigurationEntry] {
    // What decides how the queue is read is listed always; what only some services have, where the file has it.
    var values: [(String, Sourced<String>?)] = [
      ("preset", preset.map(\.rawValue)), ("waiting", waiting), ("active", active),
      ("active-ttl", activeTTL.map(ValueKind.duration.print)), ("capacity", capacity?.map { String($0) }),
      ("score", score.map(\.rawValue)), ("member", member.map(\.rawValue)),
      ("active-form", activeForm.map(\.rawValue)),
    ]
    var further: [(String, Sourced<String>?)] = [
      ("waiting-ttl", waitingTTL?.map(ValueKind.duration.print)), ("token-path", tokenPath), ("user-path", userPath),
      ("active-member", activeMember.map(\.rawValue)),
      ("active-score", activeScore.map(\.rawValue)),
    ]
    further += sideKeys.map { ("side-keys", $0) }
    further += [("waiting-counter", waitingCounter), ("active-counter", activeCounter), ("pause-key", pauseKey)]
    values += further.filter { if case .file = $0.1?.origin { true } else { false } }
    return values.map { ConfigurationEntry("queues.\(name).\($0)", $1) }
  }
}

extension CacheSettings {
  fileprivate var entries: [ConfigurationEntry] {
    let (kind, text) =
      switch keys.value {
      case .key(let key): ("key", key)
      case .prefix(let prefix): ("prefix", prefix)
      case .match(let match): ("match", match)
      }
    var entries = [ConfigurationEntry("caches.\(name).\(kind)", Sourced(text, keys.origin))]
    guard let warming else { return entries }
    entries.append(ConfigurationEntry("caches.\(name).warm.sql", warming.sql))
    if let ttl = warming.ttl {
      entries.append(ConfigurationEntry("caches.\(name).warm.ttl", ttl.map(ValueKind.duration.print)))
    }
    return entries
  }
}

extension OutboxSettings {
  fileprivate var entries: [ConfigurationEntry] {
    var values: [(String, Sourced<String>?)] = [("table", table)]
    values += Self.columnRoles.map { ("columns.\($0)", columns[$0]) }
    values += Self.statusRoles.map { ("statuses.\($0)", statuses[$0]) }
    if let publishing {
      values.append(("publish.to", publishing.destination?.map(\.rawValue)))
      values += publishing.templates.map { ("publish.\($0.name)", $0.text) }
      values.append(("publish.id-header", publishing.idHeader))
    }
    return values.compactMap { name, value in value.map { ConfigurationEntry("outbox.\(name)", $0) } }
  }
}
