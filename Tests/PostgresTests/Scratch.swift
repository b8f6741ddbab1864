import Glibc
import Postgres
import Support
import Synchronization

/// The database that the tests of this target share; `extra` keywords override its own.
func scratchServer(_ extra: String = "") throws -> PostgresTarget {
  PostgresTarget(try scratchDatabase.get().conninfo + " " + extra)
}

let scratchDatabase = Result { try TestDatabase.make() }

/// A port that takes connections and never says a word.
struct SilentListener: ~Copyable {
  let port: UInt16
  private let socket: Int32

  init() throws {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, length) == 0 && listen(socket, 5) == 0 && getsockname(socket, $0, &length) == 0
      }
    }
    guard bound else { throw ListenerError() }
    self.socket = socket
    port = UInt16(bigEndian: address.sin_port)
  }

  deinit { close(socket) }
}

struct ListenerError: Error {}

/// A flag for `isInterrupted` that a test raises from anywhere.
final class Flag: Sendable {
  private let value = Atomic(false)
  func raise() { value.store(true, ordering: .releasing) }
  func lower() { value.store(false, ordering: .releasing) }
  var isRaised: Bool { value.load(ordering: .acquiring) }
}

/// Looks again until it is so, for some seconds: for what has no other signal.
func waitUntil(_ isSo: () throws -> Bool) throws {
  for _ in 0..<400 {
    if try isSo() { return }
    usleep(25_000)
  }
  throw NeverHappened()
}

struct NeverHappened: Error {}

extension PostgresConnection {
  /// Waits until pg_stat_activity shows another session as `condition` says.
  func waitFor(_ condition: String, pid: Int32) throws {
    try waitUntil {
      try !query("SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND \(condition)", [PostgresValue(pid)]).isEmpty
    }
  }
}

/// Resident memory of this process in bytes.
func residentMemory() -> Int {
  guard let file = fopen("/proc/self/statm", "r") else { return 0 }
  defer { fclose(file) }
  var total = 0
  var resident = 0
  withUnsafeMutablePointer(to: &total) { first in
    withUnsafeMutablePointer(to: &resident) { second in
      _ = withVaList([first, second]) { vfscanf(file, "%ld %ld", $0) }
    }
  }
  return resident * Int(getpagesize())
}

/// A thread whose outcome can be waited for.
final class Worker: Sendable {
  private let outcome = Mutex<Result<Void, any Error>?>(nil)

  init(_ body: @escaping @Sendable () throws -> Void) {
    let work = Unmanaged.passRetained(
      Work { [self] in
        let result = Result { try body() }
        outcome.withLock { $0 = result }
      })
    var thread = pthread_t()
    _ = pthread_create(
      &thread, nil,
      { pointer in
        pointer.map { Unmanaged<Work>.fromOpaque($0).takeRetainedValue().body() }
        return nil
      }, work.toOpaque())
    pthread_detach(thread)
  }

  /// Throws what the body threw.
  func join() throws {
    try waitUntil { outcome.withLock { $0 != nil } }
    try outcome.withLock { try $0?.get() }
  }
}

private final class Work: Sendable {
  let body: @Sendable () -> Void
  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
