import Failures
import Terminal
import Text
import WaitingRoom

/// The texts about a pause.
enum PauseText {
  /// Runs a step of an admission; fails with `refused` if the queue is paused.
  static func refusing<T>(_ layout: QueueLayout, _ body: () throws -> T) throws -> T {
    do {
      return try body()
    } catch let error as AdmissionPaused {
      throw Failure(
        .refused, "queue '\(layout.name)' is \(sentence(error.pause))",
        hints: ["end the pause with \(layout.command("resume")), or wait for it to end by itself"])
    }
  }

  /// `paused until 2026-11-24T11:00:00.000Z by kim@ops-1`.
  static func sentence(_ pause: RoomPause) -> String {
    "paused until \(Timestamp.rfc3339(milliseconds: pause.untilMilliseconds)) by \(pause.actor)"
  }
}
