import Glibc
import Synchronization

/// The wish of somebody outside that this process ends: SIGINT, SIGTERM or SIGHUP.
///
/// The first signal is only remembered, so that the batch in hand is finished; a second one of the same kind kills.
public enum Interruption {
  private static let received = Atomic<Int32>(0)
  private static let deferrals = Atomic<Int>(0)

  /// Installs the handlers, and makes a closed pipe an error of `write` instead of a death.
  public static func install() {
    signal(SIGPIPE, SIG_IGN)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { Interruption.received.store($0, ordering: .relaxed) }
      // The handler disarms itself, and an interrupted poll() returns so that the wish is noticed at once.
      action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND))
      sigaction(number, &action, nil)
    }
  }

  /// The signal that came, if one did.
  public static var signalNumber: Int32? {
    let number = received.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  /// Whether to end between two batches.
  public static var isRequested: Bool { signalNumber != nil }

  /// Whether to give up even a single statement that waits: never while a change is being applied.
  public static var shouldAbandonWaiting: Bool { isRequested && deferrals.load(ordering: .relaxed) == 0 }

  /// Runs `body` to the end of its batch whatever comes; it looks at `isRequested` by itself.
  static func deferred<T>(_ body: () throws -> T) rethrows -> T {
    deferrals.add(1, ordering: .relaxed)
    defer { deferrals.subtract(1, ordering: .relaxed) }
    return try body()
  }
}
