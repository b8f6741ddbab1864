import Failures
import Text

extension Configuration {
  /// Decides which stores this invocation connects to.
  ///
  /// A connection comes from the first of these that has one: the option of the store; the context that `--context` selects;
  /// USHER_POSTGRES, USHER_REDIS, USHER_KAFKA; the context that USHER_CONTEXT selects; DATABASE_URL, REDIS_URL and libpq's
  /// variables; the current context of the file; the running sandbox.
  ///
  /// Two rules keep an operator from the wrong store. After a context that is selected explicitly, nothing else is asked: a store
  /// that it does not name is not configured. And the sandbox is used only if no connection at all is configured, so its stores are
  /// never combined with others.
  public func resolve() throws(Failure) -> ResolvedContext {
    try refuseProblems()
    let choice = try chooseContext()
    var connections: [StoreKind: Sourced<String>] = [:]
    var lookedAt: [StoreKind: [String]] = [:]
    for store in StoreKind.allCases {
      let candidates = candidates(store, choice)
      connections[store] = candidates.lazy.compactMap(\.found).first
      lookedAt[store] = candidates.map { "\($0.name): \($0.absence)" } + filesLookedAt(choice)
    }
    let sandbox = connections.isEmpty && choice == nil ? input.sandbox : nil
    let others = connections.values.map(\.origin.description).sorted()
    for store in StoreKind.allCases {
      lookedAt[store]?.append(sandboxLookedAt(store, sandbox, others: others, choice))
      if let sandbox, let endpoint = sandbox.endpoint(store) {
        connections[store] = Sourced(endpoint, .sandbox(directory: sandbox.directory))
      }
    }
    let described = try sandbox == nil ? document : sandboxDocument() ?? document
    let protection = protection(choice, connections)
    return ResolvedContext(
      name: choice?.name, protection: protection,
      answersCompletion: answersCompletion(choice, protection), postgres: connections[.postgres],
      redis: connections[.redis], kafka: connections[.kafka],
      kafkaProperties: kafkaProperties(choice, connections[.kafka]),
      queues: described.queues, caches: described.caches, outbox: described.outbox, isSandbox: sandbox != nil,
      lookedAt: lookedAt)
  }

  /// A context and what selected it.
  struct ContextChoice {
    let name: Sourced<String>
    let settings: ContextSettings

    var isFromOption: Bool { name.origin == .option("--context") }
    var isExplicit: Bool { if case .file = name.origin { false } else { true } }
  }

  private struct Candidate {
    let name: String
    let found: Sourced<String>?
    var absence = "not set"
  }

  private func chooseContext() throws(Failure) -> ContextChoice? {
    let chosen =
      input.options.context.map { Sourced($0, .option("--context")) }
      ?? input.variable("USHER_CONTEXT").map { Sourced($0, .variables(["USHER_CONTEXT"])) }
      ?? document.currentContext
    guard let chosen else { return nil }
    if let settings = document.contexts[chosen.value] { return ContextChoice(name: chosen, settings: settings) }
    var hints: [String] = []
    let names = document.contexts.keys.sorted()
    if let near = Spelling.nearest(to: chosen.value, among: names).first { hints.append("did you mean '\(near)'?") }
    throw Failure(
      .configuration, "context '\(chosen.value)' does not exist; it is named by \(chosen.origin)",
      causes: [
        names.isEmpty
          ? "no configuration file describes a context" : "the contexts are \(names.joined(separator: ", "))"
      ],
      hints: hints + ["list the configuration files with `usher config path`"])
  }

  /// Where the connection to a store may come from, in the order of precedence; without the sandbox.
  private func candidates(_ store: StoreKind, _ choice: ContextChoice?) -> [Candidate] {
    let option =
      switch store {
      case .postgres: input.options.postgres
      case .redis: input.options.redis
      case .kafka: input.options.kafka
      }
    let fromOption = Candidate(name: store.option, found: option.map { Sourced($0, .option(store.option)) })
    let fromOwn = Candidate(name: store.variable, found: sourced(store.variable))
    guard let choice else { return [fromOption, fromOwn] + commonVariables(store) }
    let fromContext = Candidate(
      name: "context '\(choice.settings.name)' at \(choice.settings.place)", found: choice.settings.connection(store),
      absence: "does not set '\(store.rawValue)'")
    if choice.isFromOption { return [fromOption, fromContext] }
    if choice.isExplicit { return [fromOption, fromOwn, fromContext] }
    return [fromOption, fromOwn] + commonVariables(store) + [fromContext]
  }

  /// The variables that other programs read too.
  private func commonVariables(_ store: StoreKind) -> [Candidate] {
    switch store {
    case .kafka: return []
    case .redis: return [Candidate(name: "REDIS_URL", found: sourced("REDIS_URL"))]
    case .postgres:
      let url = sourced("DATABASE_URL")
      let isPostgres = url.map { $0.value.hasPrefix("postgres://") || $0.value.hasPrefix("postgresql://") } ?? false
      // Those that select a server or a database. PGUSER or PGSSLMODE alone selects none.
      let own = ["PGSERVICE", "PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE"].filter { input.variable($0) != nil }
      return [
        Candidate(
          name: "DATABASE_URL", found: isPostgres ? url : nil,
          absence: url == nil ? "not set" : "not a postgresql:// URI"),
        Candidate(
          name: "PGSERVICE, PGHOST, PGHOSTADDR, PGPORT, PGDATABASE",
          found: own.isEmpty ? nil : Sourced("", .variables(own))),
      ]
    }
  }

  private func sourced(_ name: String) -> Sourced<String>? {
    input.variable(name).map { Sourced($0, .variables([name])) }
  }

  /// The properties belong to the brokers of the context. With other brokers they would be wrong.
  private func kafkaProperties(_ choice: ContextChoice?, _ kafka: Sourced<String>?) -> [String: Sourced<String>] {
    guard let choice, let kafka, kafka == choice.settings.kafka else { return [:] }
    return choice.settings.kafkaProperties
  }

  /// A protected context protects if it is selected explicitly, and if any connection equals one of its own, whatever set that
  /// connection.
  private func protection(
    _ choice: ContextChoice?, _ connections: [StoreKind: Sourced<String>]
  ) -> ResolvedContext.Protection? {
    let byName = document.contexts.values.sorted { $0.name < $1.name }
    let chosenFirst = (choice.map { [$0.settings] } ?? []) + byName
    for context in chosenFirst where context.protects {
      let isChosen = choice?.isExplicit == true && choice?.settings.name == context.name
      let isUsed = connections.contains { context.connection($0.key)?.value == $0.value.value }
      if let protected = context.isProtected, isChosen || isUsed {
        return ResolvedContext.Protection(context: context.name, origin: protected.origin)
      }
    }
    return nil
  }

  /// Decided by the context that protects, otherwise by the selected context.
  private func answersCompletion(_ choice: ContextChoice?, _ protection: ResolvedContext.Protection?) -> Bool {
    let context = protection.flatMap { document.contexts[$0.context] } ?? choice?.settings
    return context?.answersCompletion?.value ?? ContextKeys.keys.completion.standard(protection != nil)
  }

  private func filesLookedAt(_ choice: ContextChoice?) -> [String] {
    if choice != nil { return [] }
    return files.compactMap { file in
      switch file.state {
      case .used: "\(file.path): does not set '\(FileKeys.keys.currentContext.name)'"
      case .absent: "\(file.path): does not exist"
      case .unreadable(let reason): "\(file.path): \(reason)"
      case .passedOver: nil
      }
    }
  }

  private func sandboxLookedAt(
    _ store: StoreKind, _ used: SandboxEndpoints?, others: [String], _ choice: ContextChoice?
  ) -> String {
    if let used { return "sandbox at \(used.directory): runs no \(store.title)" }
    guard let sandbox = input.sandbox else { return "sandbox: none is running" }
    let reason =
      choice.map { "context '\($0.settings.name)' is selected" }
      ?? "\(others.joined(separator: ", ")) \(others.count == 1 ? "is" : "are") set"
    return "sandbox at \(sandbox.directory): not used, because \(reason)"
  }
}

extension ContextSettings {
  func connection(_ store: StoreKind) -> Sourced<String>? {
    switch store {
    case .postgres: postgres
    case .redis: redis
    case .kafka: kafka
    }
  }
}

extension SandboxEndpoints {
  func endpoint(_ store: StoreKind) -> String? {
    switch store {
    case .postgres: postgres
    case .redis: redis
    case .kafka: kafka
    }
  }
}
