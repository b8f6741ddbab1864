import Caching
import Changes
import Configuration
import Failures

extension Session {
  /// The configured caches, in the order in which the files describe them.
  func caches() throws -> CacheNames {
    CacheNames(try cacheSettings().map(Self.definition))
  }

  /// The settings of the configured caches, in the same order.
  func cacheSettings() throws -> [CacheSettings] {
    try context().caches.values.sorted {
      ($0.place.file, $0.place.line, $0.place.column) < ($1.place.file, $1.place.line, $1.place.column)
    }
  }

  private static func definition(_ settings: CacheSettings) throws -> CacheDefinition {
    let warming = settings.warming.map {
      CacheWarming(query: $0.sql.value, timeToLive: $0.ttl?.value, place: $0.sql.origin.description)
    }
    switch settings.keys.value {
    case .key(let key): return try CacheDefinition(name: settings.name, keys: [key], warming: warming)
    case .prefix(let prefix): return try CacheDefinition(name: settings.name, prefixes: [prefix], warming: warming)
    case .match(let glob): return try CacheDefinition(name: settings.name, matches: [glob], warming: warming)
    }
  }

  /// What no cache command touches: usher's own keys, and those of every configured queue.
  func protectedKeys() throws -> ProtectedKeys {
    var protected = ProtectedKeys(families: [.init(prefix: OwnKeys.prefix, owner: "usher itself")])
    for queue in try context().queues.values.sorted(by: { $0.name < $1.name }) {
      let owner = "queue '\(queue.name)'"
      let beside =
        [queue.waitingCounter, queue.activeCounter, queue.pauseKey].compactMap { $0?.value }
        + queue.sideKeys.map(\.value)
      for key in [queue.waiting.value, queue.active.value] + beside {
        // The name itself too: braces may be a cluster's hash tag and no placeholder.
        protected.keys.append(.init(key, owner: owner))
        if key.contains("{") { protected.families.append(.init(template: key, owner: owner)) }
      }
      if queue.activeForm.value == .keyPerToken {
        protected.families.append(.init(prefix: String(queue.active.value.prefix { $0 != "{" }), owner: owner))
      }
    }
    return protected
  }
}
