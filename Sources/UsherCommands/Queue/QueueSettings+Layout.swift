import Configuration
import WaitingRoom

extension QueueSettings {
  /// The room's layout for these settings; of a family that of one concert, called `NAME/CONCERT`.
  func layout(concert: String? = nil) throws -> QueueLayout {
    func key(_ template: String) -> String { concert.map { template.replacing("{concert}", with: $0) } ?? template }
    return try QueueLayout(
      name: concert.map { "\(name)/\($0)" } ?? name, waitingKey: key(waiting.value), score: meaning,
      waitingLifetimeMilliseconds: waitingTTL.map { Self.milliseconds($0.value) }, member: memberForm,
      active: form(key(active.value)), capacity: capacity?.value,
      sideKeys: SideKeys(
        perToken: sideKeys.map { key($0.value) }, waitingCounter: waitingCounter.map { key($0.value) },
        activeCounter: activeCounter.map { key($0.value) }, pauseFlag: pauseKey.map { key($0.value) }))
  }

  private var meaning: ScoreMeaning {
    switch score.value {
    case .arrivalMilliseconds: .arrivalMilliseconds
    case .arrivalSeconds: .arrivalSeconds
    case .expiryMilliseconds: .expiryMilliseconds
    case .expirySeconds: .expirySeconds
    case .counter: .counter
    }
  }

  private static func milliseconds(_ time: Duration) -> Int { Int((time / .milliseconds(1)).rounded(.down)) }

  private var memberForm: MemberForm {
    func names(_ path: String) -> [String] { path.split(separator: ".").map(String.init) }
    return switch member.value {
    case .token: .token
    case .tokenAndUser: .tokenAndUser
    case .json: .document(token: names(tokenPath?.value ?? ""), user: userPath.map { names($0.value) })
    }
  }

  private func form(_ key: String) -> any ActiveForm {
    let lifetime = Self.milliseconds(activeTTL.value)
    let naming: MemberForm? = activeMember.value == .member ? nil : memberForm
    let unit: TimeUnit = activeScore.value == .seconds ? .seconds : .milliseconds
    return switch activeForm.value {
    case .setTTL: WholeKeySet(key: key, lifetimeMilliseconds: lifetime, naming: naming)
    case .zsetExpiry: ExpirySet(key: key, lifetimeMilliseconds: lifetime, unit: unit, naming: naming)
    case .zsetAdmission: AdmissionTimeSet(key: key, lifetimeMilliseconds: lifetime, unit: unit, naming: naming)
    case .keyPerToken: KeyPerToken(pattern: key, lifetimeMilliseconds: lifetime, naming: naming)
    case .setExpiry: ExpiringMemberSet(key: key, lifetimeMilliseconds: lifetime, unit: unit, naming: naming)
    }
  }
}
