import Glibc
import Synchronization

/// Work on a thread of its own, beside what a test does.
public final class Background: Sendable {
  private let thread: Mutex<pthread_t?>
  private let failure = Mutex<(any Error)?>(nil)
  private let stopping = Atomic(false)

  /// Starts `body`, which looks at `isStopping` if it would go on for ever. What it throws, `stop` throws.
  public init(_ body: @escaping @Sendable (Background) throws -> Void) {
    thread = Mutex(nil)
    let work = Unmanaged.passRetained(
      Work { [self] in
        do {
          try body(self)
        } catch {
          failure.withLock { $0 = error }
        }
      })
    var started = pthread_t()
    pthread_create(
      &started, nil,
      { pointer in
        guard let pointer else { return nil }
        Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue().body()
        return nil
      }, work.toOpaque())
    thread.withLock { $0 = started }
  }

  /// Starts `body`, which ends by itself. What it throws, `finish` throws.
  public convenience init(_ body: @escaping @Sendable () throws -> Void) { self.init { _ in try body() } }

  public var isStopping: Bool { stopping.load(ordering: .relaxed) }

  /// Asks the work to end, waits for it, and throws what it has thrown. May be called again.
  public func stop() throws {
    stopping.store(true, ordering: .relaxed)
    try finish()
  }

  /// Waits until the work has ended by itself, and throws what it has thrown. May be called again.
  public func finish() throws {
    if let running = thread.withLock({ $0.take() }) { pthread_join(running, nil) }
    if let error = failure.withLock({ $0.take() }) { throw error }
  }

  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
}
