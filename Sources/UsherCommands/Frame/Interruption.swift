import Failures
import Glibc
import Synchronization

/// The handling of SIGINT, SIGTERM and SIGHUP.
///
/// The first signal is only noted, so that the current batch can finish. A second signal of the same kind ends the process. While a lock
/// is held that would outlive the process, the second signal is noted as well, and the third ends the process. A signal that follows
/// another one within 300 ms is ignored, so that repeated quick presses of Ctrl-C count as one.
public enum Interruption {
  private static let received = Atomic<Int32>(0)
  /// One bit for each kind of signal that was received.
  private static let kinds = Atomic<UInt32>(0)
  private static let deferrals = Atomic<Int>(0)
  private static let holdings = Atomic<Int>(0)
  /// The time of the latest signal, in milliseconds of the monotonic clock; 0 without a signal.
  private static let latest = Atomic<Int64>(0)
  /// The time of the second signal, in milliseconds of the monotonic clock; 0 without one.
  private static let insisted = Atomic<Int64>(0)
  /// The time in milliseconds that the current batch may still take after the second signal, and within which a further signal is
  /// ignored. A server without problems answers a batch in less.
  private static let grace: Int64 = 300

  /// Installs the handlers. Writing to a closed pipe becomes an error instead of ending the process.
  public static func install() {
    signal(SIGPIPE, SIG_IGN)
    // Static variables are initialized at their first use, which must not happen in a handler.
    _ = (signalNumber, isForced, deferrals.load(ordering: .relaxed), kinds.load(ordering: .relaxed))
    _ = (holdings.load(ordering: .relaxed), latest.load(ordering: .relaxed))
    for number in [SIGINT, SIGTERM, SIGHUP] {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { Interruption.note($0) }
      // Without SA_RESTART an interrupted poll() returns, so that the signal is noticed at once.
      action.sa_flags = 0
      sigaction(number, &action, nil)
    }
  }

  /// Runs in the signal handler. It may use only atomics, clock_gettime, signal and raise.
  private static func note(_ number: Int32) {
    let bit = UInt32(1) << UInt32(number)
    let time = now
    let before = latest.exchange(time, ordering: .relaxed)
    if kinds.bitwiseOr(bit, ordering: .relaxed).oldValue & bit == 0 {
      return received.store(number, ordering: .relaxed)
    }
    if time - before < grace { return }
    if holdings.load(ordering: .relaxed) > 0, insisted.load(ordering: .relaxed) == 0 {
      insisted.store(time, ordering: .relaxed)
    } else {
      signal(number, SIG_DFL)
      raise(number)
    }
  }

  /// The signal that was received; nil without one.
  public static var signalNumber: Int32? {
    let number = received.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  /// The kind of failure with which a process ends after a signal.
  static var failureKind: Failure.Kind { signalNumber == SIGINT ? .interrupted : .terminated }

  /// Whether a signal was received, so that the run ends after the current batch.
  public static var isRequested: Bool { signalNumber != nil }

  /// Whether to end now and to release locks without waiting for an answer.
  public static var isForced: Bool {
    let since = insisted.load(ordering: .relaxed)
    return since != 0 && now - since >= grace
  }

  /// Whether to cancel a statement that waits. While a change is applied, only the second signal does so.
  public static var shouldAbandonWaiting: Bool {
    isRequested && (deferrals.load(ordering: .relaxed) == 0 || isForced)
  }

  /// Waits for this time, or until a signal is received.
  static func sleep(_ time: Duration) {
    let clock = ContinuousClock()
    let end = clock.now + time
    while !isRequested, clock.now < end {
      // At most a tenth of a second, because a signal just before poll() does not interrupt it.
      let left = (end - clock.now) / .milliseconds(1)
      _ = poll(nil, 0, Int32(max(1, min(100, left.rounded(.up)))))
    }
  }

  /// Runs `body` without cancelling its statements at the first signal. `body` checks `isRequested` between batches.
  ///
  /// - Parameter isHolding: whether a lock is held that would outlive the process.
  static func deferred<T>(whileHolding isHolding: Bool = false, _ body: () throws -> T) rethrows -> T {
    deferrals.add(1, ordering: .relaxed)
    holdings.add(isHolding ? 1 : 0, ordering: .relaxed)
    defer {
      holdings.subtract(isHolding ? 1 : 0, ordering: .relaxed)
      deferrals.subtract(1, ordering: .relaxed)
    }
    return try body()
  }

  private static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
