import Synchronization

/// Keeps what a progress closure was told.
final class Recorder: Sendable {
  private let numbers = Mutex<[Int]>([])
  func note(_ number: Int) { numbers.withLock { $0.append(number) } }
  var all: [Int] { numbers.withLock { $0 } }
  var last: Int { all.last ?? 0 }
}
