/// A waiting room as the file describes it, with the preset's values where the file gives none.
public struct QueueSettings: Equatable, Sendable {
  public let name: String
  public let place: Place
  public let preset: Sourced<QueuePreset>
  /// The key of the waiting users; with `{concert}` in it a family of keys.
  public let waiting: Sourced<String>
  /// The key, or the pattern of the keys, of the active users.
  public let active: Sourced<String>
  /// How long an admission is valid.
  public let activeTTL: Sourced<Duration>
  /// The largest number of active users; nil where the file does not say.
  public let capacity: Sourced<Int>?
  public let score: Sourced<QueueScore>
  /// How long a place in the queue is valid; nil where the file does not say.
  public let waitingTTL: Sourced<Duration>?
  public let member: Sourced<QueueMember>
  /// The path of names to the token in a JSON member, and to the user; nil where the file does not say.
  public let tokenPath, userPath: Sourced<String>?
  public let activeForm: Sourced<QueueActiveForm>
  public let activeMember: Sourced<QueueActiveMember>
  public let activeScore: Sourced<QueueActiveScore>
  /// Patterns with `{token}` of the keys that the service keeps for each user beside the queue.
  public let sideKeys: [Sourced<String>]
  public let waitingCounter, activeCounter: Sourced<String>?
  /// A string key that stops the service's own admission; nil where the service has none.
  public let pauseKey: Sourced<String>?

  /// Whether the entry describes one queue for each concert.
  public var isFamily: Bool { waiting.value.contains("{concert}") }

  /// Nil for an entry that cannot be used, with the problem reported unless another file may add the preset.
  init?(_ entry: Tree.Member, isPartial: Bool, problems: ProblemList) {
    name = entry.key
    place = entry.keyPlace
    let section = SectionReader(
      entry.value, QueueKeys.keys, subject: "queue '\(name)'", at: place, isPartial: isPartial, problems: problems)
    guard let preset = section.value(\.preset) else { return nil }
    let origin = Origin.preset(preset.value.rawValue)
    self.preset = preset
    waiting = section.value(\.waiting, for: preset.value, origin)
    active = section.value(\.active, for: preset.value, origin)
    activeTTL = section.value(\.activeTTL, for: (), origin)
    capacity = section.value(\.capacity)
    score = section.value(\.score, for: (), origin)
    waitingTTL = section.value(\.waitingTTL)
    member = section.value(\.member, for: (), origin)
    tokenPath = section.value(\.tokenPath)
    userPath = section.value(\.userPath)
    activeForm = section.value(\.activeForm, for: preset.value, origin)
    activeMember = section.value(\.activeMember, for: activeForm.value, origin)
    activeScore = section.value(\.activeScore, for: (), origin)
    sideKeys = section.texts(\.sideKeys)
    waitingCounter = section.value(\.waitingCounter)
    activeCounter = section.value(\.activeCounter)
    pauseKey = section.value(\.pauseKey)
    // What one file leaves to the preset, another may give.
    if !isPartial {
      checkKeys(problems)
      checkMember(hasTokenPath: section.isPresent(section.keys.tokenPath), problems)
      checkWaitingTTL(problems)
    }
  }

  private func checkWaitingTTL(_ problems: ProblemList) {
    guard let waitingTTL, !score.value.isExpiry else { return }
    let expiries = QueueScore.allCases.filter(\.isExpiry).map(\.rawValue).joined(separator: " or ")
    problems.add(
      "'\(QueueKeys.keys.waitingTTL.name)' of queue '\(name)' needs scores that are \(expiries); its scores are \(score.value.rawValue)",
      at: waitingTTL.filePlace ?? place)
  }

  /// - Parameter hasTokenPath: whether the file gives a path to the token, right or wrong.
  private func checkMember(hasTokenPath: Bool, _ problems: ProblemList) {
    let keys = QueueKeys.keys
    if member.value == .json, !hasTokenPath {
      problems.add(
        "queue '\(name)' has no '\(keys.tokenPath.name)', which JSON members need: expected \(keys.tokenPath.documentation.expected), "
          + "for example \(keys.tokenPath.documentation.example)", at: member.filePlace ?? place)
    }
    for (key, path) in [(keys.tokenPath, tokenPath), (keys.userPath, userPath)] {
      guard let path, member.value != .json else { continue }
      problems.add(
        "'\(key.name)' of queue '\(name)' needs JSON members; its members are \(member.value.rawValue)",
        at: path.filePlace ?? place)
    }
  }
}
