import Arguments

/// The shapes that cover most waiting rooms; which keys of Redis hold what.
public enum QueuePreset: String, CaseIterable, Sendable {
  /// Active tokens in a set with one time to live for the whole key.
  case setTTL = "set-ttl"
  /// Active tokens in a sorted set, scored with each one's expiry.
  case zsetExpiry = "zset-expiry"
  /// One string key a token, each with its own time to live.
  case keyPerToken = "key-per-token"
  /// A queue for each concert, active tokens scored with the time of admission.
  case proceedZset = "proceed-zset"

  /// The key names where the file gives none: what services of this shape commonly use.
  var keys: (waiting: String, active: String) {
    switch self {
    case .setTTL, .zsetExpiry: ("waiting_tokens", "active_tokens")
    case .keyPerToken: ("waiting_tokens", "active_token:{token}")
    case .proceedZset: ("users:queue:{concert}:wait", "users:queue:{concert}:proceed")
    }
  }
}

/// A waiting room as the file describes it, with the preset's values where it is silent.
public struct QueueSettings: Equatable, Sendable {
  public let name: String
  public let place: Place
  public let preset: Sourced<QueuePreset>
  /// The key of the waiting people.
  public let waiting: Sourced<String>
  /// The key, or the pattern of the keys, of those who were admitted.
  public let active: Sourced<String>
  /// How long an admission lasts.
  public let activeTTL: Sourced<Duration>
  /// How many may be active at once; nil where nobody said.
  public let capacity: Sourced<Int>?
  /// A string key that the service looks at before it admits; nil where it looks at none.
  public let pauseKey: Sourced<String>?

  /// Nil, with a problem reported, for an entry that cannot be used; a partial file may leave the preset to another.
  init?(_ member: Tree.Member, isPartial: Bool, problems: ProblemList) {
    name = member.key
    place = member.keyPlace
    var section = SectionReader(member.value, subject: "queue \"\(name)\"", problems: problems)
    let preset = section.value("preset", .choice(QueuePreset.allCases.map(\.rawValue)))
    let waiting = section.text("waiting")
    let active = section.text("active")
    let activeTTL = section.value("active-ttl", .duration(.seconds(1)...))
    capacity = section.value("capacity", .integer(1...))
    pauseKey = section.text("pause-key")
    section.finish()
    if preset == nil, !section.has("preset"), !isPartial {
      let presets = QueuePreset.allCases.map(\.rawValue).joined(separator: ", ")
      problems.add("queue \"\(name)\" has no \"preset\": one of \(presets)", at: member.keyPlace)
    }
    guard let preset, let shape = QueuePreset(rawValue: preset.value) else { return nil }
    self.preset = Sourced(shape, preset.origin)
    let origin = Origin.preset(shape.rawValue)
    self.waiting = waiting ?? Sourced(shape.keys.waiting, origin)
    self.active = active ?? Sourced(shape.keys.active, origin)
    // Five minutes: what the service that the presets were taken from gives its users to pick a seat and pay.
    self.activeTTL = activeTTL ?? Sourced(.seconds(300), origin)
    // What one file leaves to its preset another may say.
    if !isPartial { checkKeys(problems) }
  }

  /// Under one key nobody could be told from those who were admitted.
  private func checkKeys(_ problems: ProblemList) {
    guard waiting.value == active.value else { return }
    let places = [active.origin, waiting.origin].compactMap { origin -> Place? in
      if case .file(let place, _) = origin { place } else { nil }
    }
    problems.add(
      "queue \"\(name)\" keeps waiting and active people under one key, \"\(waiting.value)\"; give each its own",
      at: places.first ?? place)
  }
}
