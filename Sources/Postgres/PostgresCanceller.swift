import CLibpq

/// Cancels whatever its connection runs, from any thread; harmless when nothing runs.
///
/// Unchecked, because libpq never changes a PGcancel after making it and documents PQcancel as safe from any thread.
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
  @discardableResult
  public func cancel() -> Bool {
    var complaint = [CChar](repeating: 0, count: 256)
    return PQcancel(pointer, &complaint, Int32(complaint.count)) == 1
  }
}
