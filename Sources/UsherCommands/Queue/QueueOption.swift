import Arguments
import Changes
import Configuration
import Failures
import Redis
import WaitingRoom

/// The choice of a queue, and what history calls one.
enum QueueOption {
  static let queue = Option(
    "queue", .text.completing(.queues), placeholder: "NAME", help: "Use this queue of the config file")
  /// For commands that read: what changes, changes one queue.
  static let all = Toggle("all", help: "Show all queues, and every concert of a family")

  private static let targetPrefix = "queue "

  static func target(_ name: String) -> String { targetPrefix + name }

  static func name(inTarget target: String) throws -> String {
    guard target.hasPrefix(targetPrefix) else { throw Failure(.failed, "the record is not about a queue: '\(target)'") }
    return String(target.dropFirst(targetPrefix.count))
  }
}

extension Session {
  /// One queue: the one named, or the only one configured.
  func queueLayout(named name: String?) throws -> QueueLayout {
    let entries = try queueSettings(named: name)
    guard entries.count == 1, let entry = entries.first else {
      throw Failure(
        .usage, "several queues are configured, and the command needs one of them",
        hints: ["add `--queue NAME` with one of: \(entries.map(\.settings.name).joined(separator: ", "))"])
    }
    guard !entry.settings.isFamily || entry.concert != nil else {
      let name = entry.settings.name
      throw Failure(
        .usage, "queue '\(name)' has one queue for each concert, and this command needs one of them",
        hints: ["name the concert, as `--queue \(name)/42`", "see them all with `usher queue status --queue \(name)`"])
    }
    return try entry.settings.layout(concert: entry.concert)
  }

  /// The queue named, or all that are configured, by name; of a family every concert that has people now, so this may be empty.
  func queueLayouts(named name: String?) throws -> [QueueLayout] {
    try queueSettings(named: name).flatMap { entry in
      guard entry.settings.isFamily, entry.concert == nil else {
        return [try entry.settings.layout(concert: entry.concert)]
      }
      return try concerts(of: entry.settings).map { try entry.settings.layout(concert: $0) }
    }
  }

  /// The concerts of a family, found by a walk over the keys, which may be cut short after so many pages.
  func concerts(of settings: QueueSettings, pages: Int? = nil) throws -> [String] {
    try WaitingRoom.concerts(
      waiting: settings.waiting.value, active: settings.active.value, on: try redis(), pages: pages)
  }

  /// The entries of the file that are meant; with a concert where the name has one, as `tickets/42`.
  private func queueSettings(named name: String?) throws -> [(settings: QueueSettings, concert: String?)] {
    let configured = try context().queues
    guard !configured.isEmpty else {
      throw Failure(
        .configuration, "no queue is configured",
        hints: ["describe one under `queues:` in the config file, as `tickets: {preset: set-ttl}`"])
    }
    let names = configured.keys.sorted()
    guard let name else { return names.compactMap { configured[$0] }.map { ($0, nil) } }
    if let settings = configured[name] { return [(settings, nil)] }
    // The name of a queue may hold a slash, and that of a concert too: the longest queue's name counts.
    for family in names.reversed() where name.hasPrefix(family + "/") && name.count > family.count + 1 {
      guard let settings = configured[family] else { continue }
      guard settings.isFamily else {
        throw Failure(
          .usage, "queue '\(family)' is one queue for all concerts, so there is no '\(name)'",
          hints: ["use the queue without a concert: `--queue \(family)`"])
      }
      return [(settings, String(name.dropFirst(family.count + 1)))]
    }
    throw Failure(
      .usage, "no queue is called '\(name)'", hints: ["these are configured: \(names.joined(separator: ", "))"])
  }
}
