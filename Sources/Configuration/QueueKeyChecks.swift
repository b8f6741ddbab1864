/// What is wrong with a queue's key names taken together: what else would only show when a command has worked on the wrong keys.
extension QueueSettings {
  /// A key of the queue by the name that the file has for it.
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

  private var keys: [NamedKey] {
    [NamedKey(name: "waiting", key: waiting), NamedKey(name: "active", key: active)] + beside
  }

  /// What the service keeps beside the queue.
  private var beside: [NamedKey] {
    let single = [("waiting-counter", waitingCounter), ("active-counter", activeCounter), ("pause-key", pauseKey)]
    return sideKeys.map { NamedKey(name: "side-keys", key: $0) }
      + single.compactMap { name, key in key.map { NamedKey(name: name, key: $0) } }
  }

  /// Under one key nobody could be told from those who were admitted, and a family needs its part in both keys.
  private func checkWaitingAndActive(_ problems: ProblemList) {
    if waiting.value == active.value {
      problems.add(
        "queue \"\(name)\" keeps waiting and active people under one key, \"\(waiting.value)\"; give each its own",
        at: active.filePlace ?? waiting.filePlace ?? place)
    }
    if waiting.value.contains("{concert}") != active.value.contains("{concert}") {
      let (with, without) = isFamily ? (waiting, active) : (active, waiting)
      problems.add(
        "queue \"\(name)\" has one key a concert, \"\(with.value)\", and one for all, \"\(without.value)\"",
        at: without.filePlace ?? with.filePlace ?? place)
    }
  }

  /// `{token}` is filled in where there is a key a token, and nowhere else.
  private func checkTokens(_ problems: ProblemList) {
    for entry in keys {
      let isPerToken = entry.name == "side-keys" || entry.name == "active" && activeForm.value == .keyPerToken
      guard entry.hasToken != isPerToken else { continue }
      let at = entry.key.filePlace ?? activeForm.filePlace ?? preset.filePlace ?? place
      if isPerToken {
        problems.add(
          entry.name == "side-keys"
            ? "\"side-keys\" of queue \"\(name)\" has \"\(entry.key.value)\", in which {token} is missing"
            : "\"active\" of queue \"\(name)\" is \"\(entry.key.value)\", in which {token} is missing: its form "
              + "\(activeForm.value.rawValue) has a key a token, for example \(entry.key.value):{token}", at: at)
      } else {
        problems.add(
          "\"\(entry.name)\" of queue \"\(name)\" is \"\(entry.key.value)\", and {token} is not filled in there: "
            + (entry.name == "active"
              ? "its form \(activeForm.value.rawValue) keeps all under one key" : "it is one key for all"),
          at: at)
      }
    }
  }

  /// `{concert}` is filled in only in a queue a concert.
  private func checkConcerts(_ problems: ProblemList) {
    guard !isFamily, !active.value.contains("{concert}") else { return }
    for entry in beside where entry.hasConcert {
      problems.add(
        "\"\(entry.name)\" of queue \"\(name)\" is \"\(entry.key.value)\", and {concert} is not filled in there: "
          + "\"waiting\" and \"active\" have none", at: entry.key.filePlace ?? place)
    }
  }

  /// One key cannot be two things.
  private func checkEqual(_ problems: ProblemList) {
    var seen = [NamedKey(name: "waiting", key: waiting), NamedKey(name: "active", key: active)]
    for entry in beside {
      if let other = seen.first(where: { $0.key.value == entry.key.value }) {
        problems.add(
          "\"\(entry.name)\" of queue \"\(name)\" is \"\(entry.key.value)\", and so is \"\(other.name)\"; give each its own",
          at: entry.key.filePlace ?? place)
      }
      seen.append(entry)
    }
  }

  /// A key a token is found by a walk over all keys, which must not take another for one.
  private func checkWalk(_ problems: ProblemList) {
    let parts = active.value.split(separator: "{token}", maxSplits: 1, omittingEmptySubsequences: false)
    guard activeForm.value == .keyPerToken, parts.count == 2 else { return }
    for entry in keys where entry.name != "active" && entry.key.value != active.value {
      // Any token will do that is in no name.
      let example = entry.key.value.replacing("{token}", with: "\u{1}")
      guard example.count > parts[0].count + parts[1].count, example.hasPrefix(parts[0]), example.hasSuffix(parts[1])
      else { continue }
      problems.add(
        "\"\(entry.name)\" of queue \"\(name)\" is \"\(entry.key.value)\", which \"active\", \"\(active.value)\", would take for "
          + "somebody active; give it another beginning", at: entry.key.filePlace ?? active.filePlace ?? place)
    }
  }
}

extension Sourced {
  var filePlace: Place? { if case .file(let place, _) = origin { place } else { nil } }
}
