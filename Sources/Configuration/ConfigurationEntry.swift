/// One value as `config show` lists it.
public struct ConfigurationEntry: Equatable, Sendable {
  /// The path to it: `queues.tickets.capacity`.
  public let name: String
  /// Without passwords; nil where the value is not set.
  public let value: String?
  public let origin: Origin?

  public init(_ name: String, _ value: Sourced<String>?) {
    self.name = name
    self.value = value?.value
    origin = value?.origin
  }

  /// The value of a declared key, written as in the file.
  init<Key: ScalarKey>(_ key: Key, _ value: Sourced<Key.Value>?) {
    self.init(key.name, value?.map(key.kind.print))
  }

  /// The same entry further down: `capacity` below `queues.tickets`.
  fileprivate func below(_ path: String) -> ConfigurationEntry {
    ConfigurationEntry("\(path).\(name)", value: value, origin: origin)
  }

  private init(_ name: String, value: String?, origin: Origin?) {
    self.name = name
    self.value = value
    self.origin = origin
  }

  fileprivate var isFromFile: Bool { if case .file = origin { true } else { false } }
}

extension ResolvedContext {
  /// Each value in force and its origin. Connections that are not set are listed too.
  public var entries: [ConfigurationEntry] {
    let keys = FileKeys.keys
    var entries = [
      ConfigurationEntry("context", name),
      ConfigurationEntry(
        ContextKeys.keys.protected.name, protection.map { Sourced("by context \($0.context)", $0.origin) }),
    ]
    for store in StoreKind.allCases {
      entries.append(ConfigurationEntry(store.rawValue, connection(store)?.map { Self.shown($0, store) }))
    }
    for (name, value) in kafkaProperties.sorted(by: { $0.key < $1.key }) {
      let shown = Redaction.isHarmless(property: name) ? value : Sourced(Redaction.mask, value.origin)
      entries.append(ConfigurationEntry(name, shown).below(ContextKeys.keys.kafkaProperties.name))
    }
    for queue in queues.values.sorted(by: { $0.name < $1.name }) {
      entries += queue.entries.map { $0.below("\(keys.queues.name).\(queue.name)") }
    }
    for cache in caches.values.sorted(by: { $0.name < $1.name }) {
      entries += cache.entries.map { $0.below("\(keys.caches.name).\(cache.name)") }
    }
    return entries + (outbox?.entries ?? []).map { $0.below(keys.outbox.name) }
  }

  private static func shown(_ connection: String, _ store: StoreKind) -> String {
    connection.isEmpty ? "(libpq's own environment)" : Redaction.redacted(connection, store)
  }
}

extension Sourced {
  func map<Other>(_ transform: (Value) -> Other) -> Sourced<Other> { Sourced<Other>(transform(value), origin) }
}

extension QueueSettings {
  /// Values that decide how the queue is read are always listed. Values that only some services have are listed where the file has
  /// them.
  fileprivate var entries: [ConfigurationEntry] {
    let keys = QueueKeys.keys
    let always = [
      ConfigurationEntry(keys.preset, preset), ConfigurationEntry(keys.waiting, waiting),
      ConfigurationEntry(keys.active, active), ConfigurationEntry(keys.activeTTL, activeTTL),
      ConfigurationEntry(keys.capacity, capacity), ConfigurationEntry(keys.score, score),
      ConfigurationEntry(keys.member, member), ConfigurationEntry(keys.activeForm, activeForm),
    ]
    let further =
      [
        ConfigurationEntry(keys.waitingTTL, waitingTTL), ConfigurationEntry(keys.tokenPath, tokenPath),
        ConfigurationEntry(keys.userPath, userPath), ConfigurationEntry(keys.activeMember, activeMember),
        ConfigurationEntry(keys.activeScore, activeScore),
      ] + sideKeys.map { ConfigurationEntry(keys.sideKeys.name, $0) } + [
        ConfigurationEntry(keys.waitingCounter, waitingCounter), ConfigurationEntry(keys.activeCounter, activeCounter),
        ConfigurationEntry(keys.pauseKey, pauseKey),
      ]
    return always + further.filter(\.isFromFile)
  }
}

extension CacheSettings {
  fileprivate var entries: [ConfigurationEntry] {
    let declared = CacheKeys.keys
    let entry =
      switch keys.value {
      case .key(let key): ConfigurationEntry(declared.key, Sourced(key, keys.origin))
      case .prefix(let prefix): ConfigurationEntry(declared.prefix, Sourced(prefix, keys.origin))
      case .match(let match): ConfigurationEntry(declared.match, Sourced(match, keys.origin))
      }
    guard let warming else { return [entry] }
    let warm = [
      ConfigurationEntry(declared.warm.keys.sql, warming.sql), ConfigurationEntry(declared.warm.keys.ttl, warming.ttl),
    ]
    return [entry] + warm.filter(\.isFromFile).map { $0.below(declared.warm.name) }
  }
}

extension OutboxSettings {
  /// Those that the file gives.
  fileprivate var entries: [ConfigurationEntry] {
    let keys = OutboxKeys.keys
    var entries = [ConfigurationEntry(keys.table, table)]
    entries += keys.columns.keys.all.map { ConfigurationEntry($0.name, columns[$0.name]).below(keys.columns.name) }
    entries += keys.statuses.keys.all.map { ConfigurationEntry($0.name, statuses[$0.name]).below(keys.statuses.name) }
    if let publishing {
      let publish = keys.publish.keys
      let values =
        [ConfigurationEntry(publish.to, publishing.destination)]
        + publishing.templates.map { ConfigurationEntry($0.name, $0.text) }
        + [ConfigurationEntry(publish.idHeader, publishing.idHeader)]
      entries += values.map { $0.below(keys.publish.name) }
    }
    return entries.filter(\.isFromFile)
  }
}
