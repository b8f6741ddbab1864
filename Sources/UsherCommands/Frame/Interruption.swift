import Failures
import Glibc
import Synchronization

/// The wish of somebody outside that this process ends: SIGINT, SIGTERM or SIGHUP.
///
/// The first signal is only remembered, so that the batch in hand is finished; a second one of the same kind kills. Where a lock is held
/// that would outlive the process, the second one is remembered too, and the third kills. One that comes at once after another is the
/// same wish: quick presses of Ctrl-C, and a key that is held, mean no more than one.
public enum Interruption {
  private static let received = Atomic<Int32>(0)
  /// A bit for each kind of signal that came.
  private static let kinds = Atomic<UInt32>(0)
  private static let deferrals = Atomic<Int>(0)
  private static let holdings = Atomic<Int>(0)
  /// When the latest signal came, in milliseconds of the monotonic clock; 0 before.
  private static let latest = Atomic<Int64>(0)
  /// When the second signal came, in milliseconds of the monotonic clock; 0 before.
  private static let insisted = Atomic<Int64>(0)
  /// How long the batch in hand may still take after the second signal, and how soon after another one a signal is the same wish. A
  /// server that is well answers sooner.
  private static let grace: Int64 = 300

  /// Installs the handlers, and makes a closed pipe an error of `write` instead of a death.
  public static func install() {
    signal(SIGPIPE, SIG_IGN)
    // What is made at its first use must not be made in a handler.
    _ = (signalNumber, isForced, deferrals.load(ordering: .relaxed), kinds.load(ordering: .relaxed))
    _ = (holdings.load(ordering: .relaxed), latest.load(ordering: .relaxed))
    for number in [SIGINT, SIGTERM, SIGHUP] {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { Interruption.note($0) }
      // No SA_RESTART: an interrupted poll() returns, so that the wish is noticed at once.
      action.sa_flags = 0
      sigaction(number, &action, nil)
    }
  }

  /// Runs in the handler: atomics, clock_gettime, signal and raise are all that it may use.
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

  /// The signal that came, if one did.
  public static var signalNumber: Int32? {
    let number = received.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  /// How a process ends that a signal has asked to.
  static var failureKind: Failure.Kind { signalNumber == SIGINT ? .interrupted : .terminated }

  /// Whether to end between two batches.
  public static var isRequested: Bool { signalNumber != nil }

  /// Whether to end now, and to let go of what is held without waiting for anybody.
  public static var isForced: Bool {
    let since = insisted.load(ordering: .relaxed)
    return since != 0 && now - since >= grace
  }

  /// Whether to give up even a single statement that waits: not while a change is being applied, unless somebody insists.
  public static var shouldAbandonWaiting: Bool {
    isRequested && (deferrals.load(ordering: .relaxed) == 0 || isForced)
  }

  /// Waits that long, or until somebody asks this process to end.
  static func sleep(_ time: Duration) {
    let clock = ContinuousClock()
    let end = clock.now + time
    while !isRequested, clock.now < end {
      // A tenth of a second, because a signal that comes just before poll() would not end it.
      let left = (end - clock.now) / .milliseconds(1)
      _ = poll(nil, 0, Int32(max(1, min(100, left.rounded(.up)))))
    }
  }

  /// Runs `body` to the end of its batch whatever comes; it looks at `isRequested` by itself.
  ///
  /// - Parameter isHolding: whether it holds a lock that would outlive the process.
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
