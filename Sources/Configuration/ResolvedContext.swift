import Failures

/// The stores, queues, caches and outbox of one invocation, each value with its origin.
public struct ResolvedContext: Sendable {
  /// The name of the context: selected, or the current context of the file; nil without a context.
  public let name: Sourced<String>?
  /// The protection that holds for this invocation; nil if changes need no `--confirm`.
  public let protection: Protection?
  /// Whether shell completion may ask the stores.
  public let answersCompletion: Bool
  public let postgres: Sourced<String>?
  public let redis: Sourced<String>?
  public let kafka: Sourced<String>?
  public let kafkaProperties: [String: Sourced<String>]
  public let queues: [String: QueueSettings]
  public let caches: [String: CacheSettings]
  public let outbox: OutboxSettings?
  /// Whether the stores are those of the running sandbox.
  public let isSandbox: Bool

  /// For each store, where a connection was looked for, and what was found there.
  let lookedAt: [StoreKind: [String]]

  /// Whether `--context` or USHER_CONTEXT selected the context.
  private var isExplicit: Bool {
    guard let name else { return false }
    if case .file = name.origin { return false }
    return true
  }

  /// The reason why changes need `--confirm`.
  public struct Protection: Equatable, Sendable {
    /// The name of the protected context, which `--confirm` has to repeat.
    public let context: String
    public let origin: Origin
  }

  /// The name of the context in messages, also without a context.
  public var label: String { name?.value ?? (isSandbox ? "the sandbox" : "no context") }

  public var isProtected: Bool { protection != nil }

  /// The connection to a store; nil if none is configured.
  public func connection(_ store: StoreKind) -> Sourced<String>? {
    switch store {
    case .postgres: postgres
    case .redis: redis
    case .kafka: kafka
    }
  }

  /// The connection to a store. Throws with status 78, and with all that was looked at, if none is configured.
  public func require(_ store: StoreKind) throws(Failure) -> Sourced<String> {
    if let connection = connection(store) { return connection }
    let causes = lookedAt[store] ?? []
    if let name, isExplicit {
      throw Failure(
        .configuration, "context '\(name.value)' has no \(store.title) connection", causes: causes,
        hints: ["add '\(store.rawValue)' to the context, or use \(store.option)"])
    }
    throw Failure(
      .configuration, "no \(store.title) is configured", causes: causes,
      hints: ["set \(store.variable), or start a private \(store.title) with `usher sandbox start`"])
  }
}
