/// What is wrong with the Redis keys of a queue taken together. Without these checks a command would work on the wrong keys.
extension QueueSettings {
  /// A Redis key of the queue, and the name of the key of the file that gives it.
  private struct NamedKey {
    let name: String
    let key: Sourced<String>

    var hasToken: Bool { key.value.contains("{token}") }
    var hasConcert: Bool { key.value.contains("{concert}") }
  }

  /// Reports each mistake where it stands in the file.
  func checkKeys(_ problems: ProblemList) {
    checkWaitingAndActive(problems)
    checkTokens(problems)
    checkConcerts(problems)
    checkEqual(problems)
    checkWalk(problems)
  }

  private var waitingKey: NamedKey { NamedKey(name: QueueKeys.keys.waiting.name, key: waiting) }
  private var activeKey: NamedKey { NamedKey(name: QueueKeys.keys.active.name, key: active) }

  /// The keys beside the queue.
  private var beside: [NamedKey] {
    let keys = QueueKeys.keys
    let single = [
      (keys.waitingCounter, waitingCounter), (keys.activeCounter, activeCounter), (keys.pauseKey, pauseKey),
    ]
    return sideKeys.map { NamedKey(name: keys.sideKeys.name, key: $0) }
      + single.compactMap { key, value in value.map { NamedKey(name: key.name, key: $0) } }
  }

  /// Under one key, waiting and active users would be the same users; a queue for each concert needs two keys for each concert.
  private func checkWaitingAndActive(_ problems: ProblemList) {
    if waiting.value == active.value {
      problems.add(
        "queue '\(name)' has the same key for waiting and active users, '\(waiting.value)'; use two keys",
        at: active.filePlace ?? waiting.filePlace ?? place)
    }
    if waitingKey.hasConcert != activeKey.hasConcert {
      let (with, without) = isFamily ? (waitingKey, activeKey) : (activeKey, waitingKey)
      problems.add(
        "queue '\(name)' has {concert} in '\(with.name)', '\(with.key.value)', but not in '\(without.name)', "
          + "'\(without.key.value)'", at: without.key.filePlace ?? with.key.filePlace ?? place)
    }
  }

  /// `{token}` is replaced in the patterns of keys for each token, and nowhere else.
  private func checkTokens(_ problems: ProblemList) {
    let form = activeForm.value.rawValue
    for entry in [waitingKey, activeKey] + beside {
      let isActive = entry.name == activeKey.name
      let isPerToken = isActive ? activeForm.value == .keyPerToken : entry.name == QueueKeys.keys.sideKeys.name
      guard entry.hasToken != isPerToken else { continue }
      var message = "'\(entry.name)' of queue '\(name)' is '\(entry.key.value)'"
      message += isPerToken ? ", which does not contain {token}" : ", in which {token} is not replaced"
      if isActive, isPerToken {
        message += "; the form \(form) needs it, for example \(entry.key.value):{token}"
      } else if isActive {
        message += "; the form \(form) has one key for all users"
      }
      problems.add(message, at: entry.key.filePlace ?? activeForm.filePlace ?? preset.filePlace ?? place)
    }
  }

  /// `{concert}` is replaced only in a queue for each concert.
  private func checkConcerts(_ problems: ProblemList) {
    guard !isFamily, !activeKey.hasConcert else { return }
    for entry in beside where entry.hasConcert {
      problems.add(
        "'\(entry.name)' of queue '\(name)' is '\(entry.key.value)', in which {concert} is not replaced, because "
          + "'\(waitingKey.name)' and '\(activeKey.name)' do not contain it", at: entry.key.filePlace ?? place)
    }
  }

  /// One Redis key cannot have two meanings.
  private func checkEqual(_ problems: ProblemList) {
    var seen = [waitingKey, activeKey]
    for entry in beside {
      if let other = seen.first(where: { $0.key.value == entry.key.value }) {
        problems.add(
          "'\(entry.name)' of queue '\(name)' is '\(entry.key.value)', which is also its '\(other.name)'; use two keys",
          at: entry.key.filePlace ?? place)
      }
      seen.append(entry)
    }
  }

  /// Keys for each token are found by a walk over all keys, which must not find another key of the queue.
  private func checkWalk(_ problems: ProblemList) {
    let parts = active.value.split(separator: "{token}", maxSplits: 1, omittingEmptySubsequences: false)
    guard activeForm.value == .keyPerToken, parts.count == 2 else { return }
    for entry in [waitingKey] + beside where entry.key.value != active.value {
      // Any token that is in no name.
      let example = entry.key.value.replacing("{token}", with: "\u{1}")
      guard example.count > parts[0].count + parts[1].count, example.hasPrefix(parts[0]), example.hasSuffix(parts[1])
      else { continue }
      problems.add(
        "'\(entry.name)' of queue '\(name)' is '\(entry.key.value)', which the pattern of '\(activeKey.name)', "
          + "'\(active.value)', matches too; use another prefix",
        at: entry.key.filePlace ?? active.filePlace ?? place)
    }
  }
}

extension Sourced {
  /// The place in a file that the value comes from; nil for every other origin.
  var filePlace: Place? { if case .file(let place, _) = origin { place } else { nil } }
}
