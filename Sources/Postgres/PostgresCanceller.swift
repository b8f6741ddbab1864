import CLibpq
import Glibc

/// Cancels the statement that its connection is running, from any thread. Without a statement it does nothing.
///
/// Unchecked, because libpq never changes a PGcancel after its creation and documents PQcancel as safe on any thread.
/// Source: https://www.postgresql.org/docs/current/libpq-cancel.html
public final class PostgresCanceller: @unchecked Sendable {
  /// Freed in deinit.
  private let pointer: OpaquePointer

  init?(_ connection: OpaquePointer) {
    guard let pointer = PQgetCancel(connection) else { return nil }
    self.pointer = pointer
  }

  deinit { PQfreeCancel(pointer) }

  /// Opens a second connection to the server and waits until the request is delivered, not until it takes effect.
  ///
  /// False when it was not delivered within `limit`; it may still be delivered later. PQcancel has a thread of its own, because it
  /// waits without a limit for a server that accepts the connection and does not answer.
  @discardableResult
  public func cancel(within limit: Duration = .seconds(5)) -> Bool {
    var ends: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
      return false
    }
    defer { close(ends[0]) }
    CancelRequest(self, answeringTo: ends[1]).start()
    let (seconds, attoseconds) = limit.components
    let milliseconds = min(max(seconds, 0), 1_000_000) * 1000 + attoseconds / 1_000_000_000_000_000
    var entry = pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0)
    let end = ContinuousClock.now + limit
    while poll(&entry, 1, Int32(milliseconds)) < 0, ContinuousClock.now < end {}
    var isDelivered: UInt8 = 0
    return recv(ends[0], &isDelivered, 1, Int32(MSG_DONTWAIT)) == 1 && isDelivered == 1
  }

  fileprivate func deliver() -> Bool {
    var complaint = [CChar](repeating: 0, count: 256)
    return PQcancel(pointer, &complaint, Int32(complaint.count)) == 1
  }
}

/// One request in progress. It holds the canceller until it ends, even when nobody waits for it.
private final class CancelRequest: Sendable {
  private let canceller: PostgresCanceller
  /// Closed in deinit.
  private let descriptor: Int32

  init(_ canceller: PostgresCanceller, answeringTo descriptor: Int32) {
    self.canceller = canceller
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  func start() {
    var thread = pthread_t()
    let own = Unmanaged.passRetained(self)
    let status = pthread_create(
      &thread, nil,
      { pointer in
        pointer.map { Unmanaged<CancelRequest>.fromOpaque($0).takeRetainedValue().run() }
        return nil
      }, own.toOpaque())
    if status == 0 { pthread_detach(thread) } else { own.release() }
  }

  private func run() {
    var isDelivered: UInt8 = canceller.deliver() ? 1 : 0
    send(descriptor, &isDelivered, 1, Int32(MSG_NOSIGNAL))
  }
}
