import Failures

/// The stores, queues, caches and outbox that one invocation works with, each value with its origin.
public struct ResolvedContext: Sendable {
  /// The context's name: chosen, or the file's current one; nil where there is none.
  public let name: Sourced<String>?
  /// The context whose protection holds for this invocation; nil where changes need no `--confirm`.
  public let protection: Protection?
  /// Whether a shell that completes a name may ask the stores.
  public let answersCompletion: Bool
  public let postgres: Sourced<String>?
  public let redis: Sourced<String>?
  public let kafka: Sourced<String>?
  public let kafkaProperties: [String: Sourced<String>]
  public let queues: [String: QueueSettings]
  public let caches: [String: CacheSettings]
  public let outbox: OutboxSettings?
  /// Whether the stores are the running sandbox's.
  public let isSandbox: Bool

  /// What was looked at in vain for each store that has no connection.
  let lookedAt: [StoreKind: [String]]

  /// Whether the context was chosen by `--context` or USHER_CONTEXT.
  private var isExplicit: Bool {
    guard let name else { return false }
    if case .file = name.origin { return false }
    return true
  }

  /// Why changes need consent by name.
  public struct Protection: Equatable, Sendable {
    /// The protected context's name, which `--confirm` has to repeat.
    public let context: String
    public let origin: Origin
  }

  /// What a person calls it, also where no context has a name.
  public var label: String { name?.value ?? (isSandbox ? "the sandbox" : "no context") }

  public var isProtected: Bool { protection != nil }

  /// A store's connection, if one is configured.
  public func connection(_ store: StoreKind) -> Sourced<String>? {
    switch store {
    case .postgres: postgres
    case .redis: redis
    case .kafka: kafka
    }
  }

  /// A store's connection; throws with status 78 what was looked at where there is none.
  public func require(_ store: StoreKind) throws(Failure) -> Sourced<String> {
    if let connection = connection(store) { return connection }
    let causes = lookedAt[store] ?? []
    if let name, isExplicit {
      throw Failure(
        .configuration, "context \"\(name.value)\" names no \(store.title)", causes: causes,
        hints: ["add \(store.rawValue) to the context, or give \(store.option)"])
    }
    throw Failure(
      .configuration, "no \(store.title) is configured", causes: causes,
      hints: ["set \(store.variable), or start a private one with `usher sandbox start`"])
  }
}
