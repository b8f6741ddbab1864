import Arguments
import Configuration
import Failures
import WaitingRoom

/// The choice of a queue, and what history calls one.
enum QueueOption {
  static let queue = Option(
    "queue", .text.completing(.queues), placeholder: "NAME", help: "Work on this queue of the config file")

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
    let layouts = try queueLayouts(named: name)
    guard layouts.count == 1 else {
      throw Failure(
        .usage, "several queues are configured: which one?",
        hints: ["add `--queue NAME` with one of: \(layouts.map(\.name).joined(separator: ", "))"])
    }
    return layouts[0]
  }

  /// The queue named, or all that are configured, by name; never empty.
  func queueLayouts(named name: String?) throws -> [QueueLayout] {
    let configured = try context().queues
    guard !configured.isEmpty else {
      throw Failure(
        .configuration, "no queue is configured",
        hints: ["describe one under `queues:` in the config file, as `tickets: {preset: set-ttl}`"])
    }
    let names = configured.keys.sorted()
    guard let name else { return try names.compactMap { configured[$0] }.map { try $0.layout() } }
    guard let settings = configured[name] else {
      throw Failure(
        .usage, "no queue is called '\(name)'", hints: ["these are configured: \(names.joined(separator: ", "))"])
    }
    return [try settings.layout()]
  }
}

extension QueueSettings {
  /// The room's layout for these settings.
  func layout() throws -> QueueLayout {
    let lifetime = Int((activeTTL.value / .milliseconds(1)).rounded(.down))
    let form: any ActiveForm =
      switch preset.value {
      case .setTTL: WholeKeySet(key: active.value, lifetimeMilliseconds: lifetime)
      case .zsetExpiry: ExpirySet(key: active.value, lifetimeMilliseconds: lifetime)
      case .keyPerToken: KeyPerToken(pattern: active.value, lifetimeMilliseconds: lifetime)
      case .proceedZset: AdmissionTimeSet(key: active.value, lifetimeMilliseconds: lifetime)
      }
    for key in [waiting.value, active.value] where key.contains("{concert}") {
      throw Failure(
        .configuration, "queue \"\(name)\" has one key a concert, \"\(key)\", and usher works on one queue at a time",
        hints: ["describe each concert's queue with its own keys, as `waiting: users:queue:42:wait`"])
    }
    return try QueueLayout(
      name: name, waitingKey: waiting.value, active: form, capacity: capacity?.value)
  }
}
