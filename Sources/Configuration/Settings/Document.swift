import Text

/// What the configuration files say, together or one by one.
struct Document: Equatable {
  var currentContext: Sourced<String>?
  var contexts: [String: ContextSettings] = [:]
  var queues: [String: QueueSettings] = [:]
  var caches: [String: CacheSettings] = [:]
  var outbox: OutboxSettings?

  init() {}

  /// Reads a whole tree and reports what is wrong in it.
  ///
  /// - Parameter isPartial: whether the tree is one file of several, in which another file may add what is absent.
  init(_ tree: Tree, isPartial: Bool, problems: ProblemList) {
    let root = SectionReader(tree, FileKeys.keys, subject: "the configuration", problems: problems)
    currentContext = root.value(\.currentContext)
    for entry in root.entries(\.contexts) { contexts[entry.key] = ContextSettings(entry, problems: problems) }
    for entry in root.entries(\.queues) {
      queues[entry.key] = QueueSettings(entry, isPartial: isPartial, problems: problems)
    }
    for entry in root.entries(\.caches) { caches[entry.key] = CacheSettings(entry, problems: problems) }
    outbox = root.section(\.outbox, subject: "the outbox", problems: problems).map {
      OutboxSettings($0, problems: problems)
    }
    if !isPartial { checkCurrentContext(problems) }
  }

  private func checkCurrentContext(_ problems: ProblemList) {
    guard let currentContext, contexts[currentContext.value] == nil, let place = currentContext.filePlace else {
      return
    }
    var message =
      "'\(FileKeys.keys.currentContext.name)' is '\(currentContext.value)', which is not the name of a context"
    if let near = Spelling.nearest(to: currentContext.value, among: contexts.keys.sorted()).first {
      message += "; did you mean '\(near)'?"
    }
    problems.add(message, at: place)
  }
}
