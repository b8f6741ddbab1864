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

  /// The active store's form where the file gives none.
  var activeForm: QueueActiveForm {
    switch self {
    case .setTTL: .setTTL
    case .zsetExpiry: .zsetExpiry
    case .keyPerToken: .keyPerToken
    case .proceedZset: .zsetAdmission
    }
  }
}

/// A waiting room as the file describes it, with the preset's values where it is silent.
public struct QueueSettings: Equatable, Sendable {
  public let name: String
  public let place: Place
  public let preset: Sourced<QueuePreset>
  /// The key of the waiting people; with `{concert}` in it a family of keys.
  public let waiting: Sourced<String>
  /// The key, or the pattern of the keys, of those who were admitted.
  public let active: Sourced<String>
  /// How long an admission lasts.
  public let activeTTL: Sourced<Duration>
  /// How many may be active at once; nil where nobody said.
  public let capacity: Sourced<Int>?
  public let score: Sourced<QueueScore>
  /// How long a place in line lasts; nil where nobody said.
  public let waitingTTL: Sourced<Duration>?
  public let member: Sourced<QueueMember>
  /// Where a JSON member has its token and its user, with dots; nil where the member is no JSON.
  public let tokenPath: Sourced<String>?
  public let userPath: Sourced<String>?
  public let activeForm: Sourced<QueueActiveForm>
  public let activeMember: Sourced<QueueActiveMember>
  public let activeScore: Sourced<QueueActiveScore>
  /// Templates with `{token}`: what the service keeps of one person beside the queue.
  public let sideKeys: [Sourced<String>]
  public let waitingCounter: Sourced<String>?
  public let activeCounter: Sourced<String>?

  /// Whether it stands for a queue a concert.
  public var isFamily: Bool { waiting.value.contains("{concert}") }
  /// A string key that the service looks at before it admits; nil where it looks at none.
  public let pauseKey: Sourced<String>?

  /// Nil, with a problem reported, for an entry that cannot be used; a partial file may leave the preset to another.
  init?(_ member: Tree.Member, isPartial: Bool, problems: ProblemList) {
    name = member.key
    place = member.keyPlace
    var section = SectionReader(member.value, subject: "queue \"\(name)\"", problems: problems)
    let preset = section.choice("preset", QueuePreset.self)
    let waiting = section.text("waiting")
    let active = section.text("active")
    let activeTTL = section.value("active-ttl", .duration(.seconds(1)...))
    capacity = section.value("capacity", .integer(1...))
    let score = section.choice("score", QueueScore.self)
    waitingTTL = section.value("waiting-ttl", .duration(.seconds(1)...))
    let form = section.choice("member", QueueMember.self)
    tokenPath = section.text("token-path")
    userPath = section.text("user-path")
    let activeForm = section.choice("active-form", QueueActiveForm.self)
    let activeMember = section.choice("active-member", QueueActiveMember.self)
    let activeScore = section.choice("active-score", QueueActiveScore.self)
    sideKeys = section.texts(list: "side-keys")
    waitingCounter = section.text("waiting-counter")
    activeCounter = section.text("active-counter")
    pauseKey = section.text("pause-key")
    section.finish()
    if preset == nil, !section.has("preset"), !isPartial {
      let presets = QueuePreset.allCases.map(\.rawValue).joined(separator: ", ")
      problems.add("queue \"\(name)\" has no \"preset\": one of \(presets)", at: member.keyPlace)
    }
    guard let preset else { return nil }
    self.preset = preset
    let origin = Origin.preset(preset.value.rawValue)
    self.waiting = waiting ?? Sourced(preset.value.keys.waiting, origin)
    self.active = active ?? Sourced(preset.value.keys.active, origin)
    // Five minutes: what the service that the presets were taken from gives its users to pick a seat and pay.
    self.activeTTL = activeTTL ?? Sourced(.seconds(300), origin)
    self.score = score ?? Sourced(.arrivalMilliseconds, origin)
    self.member = form ?? Sourced(.token, origin)
    self.activeForm = activeForm ?? Sourced(preset.value.activeForm, origin)
    self.activeMember = activeMember ?? Sourced(self.activeForm.value.member, origin)
    self.activeScore = activeScore ?? Sourced(.milliseconds, origin)
    // What one file leaves to its preset another may say.
    if !isPartial {
      checkKeys(problems)
      checkMember(problems)
      checkPlaces(problems)
    }
  }

  /// Only a score that is the end of a place is reckoned with how long places last.
  private func checkPlaces(_ problems: ProblemList) {
    guard let waitingTTL, !score.value.isExpiry else { return }
    problems.add(
      "\"waiting-ttl\" of queue \"\(name)\" is for scores that are expiry-ms or expiry-s; its score is \(score.value.rawValue)",
      at: waitingTTL.filePlace ?? place)
  }

  private func checkMember(_ problems: ProblemList) {
    if member.value == .json, tokenPath == nil {
      problems.add(
        "queue \"\(name)\" has JSON members and no \"token-path\"; say where the token is, as \"token\" or \"data.token\"",
        at: member.filePlace ?? place)
    }
    for (key, path) in [("token-path", tokenPath), ("user-path", userPath)] {
      guard let path else { continue }
      if member.value != .json {
        problems.add(
          "\"\(key)\" of queue \"\(name)\" is for JSON members; its members are \"\(member.value.rawValue)\"",
          at: path.filePlace ?? place)
      } else if path.value.split(separator: ".", omittingEmptySubsequences: false).contains(where: \.isEmpty) {
        problems.add(
          "\"\(key)\" of queue \"\(name)\" is \"\(path.value)\": expected names with dots between them, for example data.token",
          at: path.filePlace ?? place)
      }
    }
  }
}
