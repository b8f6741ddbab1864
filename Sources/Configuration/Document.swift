import Text

/// What the configuration files say, taken together or one by one.
struct Document: Equatable {
  var currentContext: Sourced<String>?
  var contexts: [String: ContextSettings] = [:]
  var queues: [String: QueueSettings] = [:]
  var caches: [String: CacheSettings] = [:]
  var outbox: OutboxSettings?

  init() {}

  /// Reads a whole tree and reports what is wrong. `isPartial` is for one file of several: what another may still say
  /// is not missed in it.
  init(_ tree: Tree, isPartial: Bool, problems: ProblemList) {
    var root = SectionReader(tree, subject: "the configuration", problems: problems)
    currentContext = root.text("current-context")
    for member in root.named("contexts", subject: "contexts") {
      contexts[member.key] = ContextSettings(member, problems: problems)
    }
    for member in root.named("queues", subject: "queues") {
      queues[member.key] = QueueSettings(member, isPartial: isPartial, problems: problems)
    }
    for member in root.named("caches", subject: "caches") {
      caches[member.key] = CacheSettings(member, problems: problems)
    }
    outbox = root.section("outbox", subject: "the outbox").map { OutboxSettings($0) }
    root.finish()
    if !isPartial { checkCurrentContext(problems) }
  }

  private func checkCurrentContext(_ problems: ProblemList) {
    guard let currentContext, contexts[currentContext.value] == nil, case .file(let place, _) = currentContext.origin
    else { return }
    var message = "\"current-context\" names \"\(currentContext.value)\", which is not among the contexts"
    if let near = Spelling.nearest(to: currentContext.value, among: contexts.keys.sorted()).first {
      message += "; did you mean \"\(near)\"?"
    }
    problems.add(message, at: place)
  }
}
