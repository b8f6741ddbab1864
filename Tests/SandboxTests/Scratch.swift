import Glibc
import Sandbox
import Support

/// A directory of its own for one test, and what must be gone afterwards.
final class Scratch {
  let path: String
  private let root: String
  private var sandboxes: [Sandbox] = []

  init(_ name: String = "sandbox", in parent: String = scratchRoot) {
    root = "\(parent)/usher-scratch-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    path = "\(root)/\(name)"
  }

  /// A sandbox here, or in a directory below. It is stopped and deleted with the scratch directory.
  func sandbox(_ name: String? = nil, broker: String? = nil, isInterrupted: @escaping @Sendable () -> Bool = { false })
    -> Sandbox
  {
    let sandbox = Sandbox(
      directory: name.map { "\(path)/\($0)" } ?? path, path: environment("PATH") ?? "/usr/bin", broker: broker,
      isInterrupted: isInterrupted)
    sandboxes.append(sandbox)
    return sandbox
  }

  deinit {
    for sandbox in sandboxes { _ = try? sandbox.stop(deleting: true) }
    _ = try? ChildCommand("/bin/rm", ["-rf", root]).spawn().wait()
  }
}

/// Waits, for at most a minute, until something is so.
func eventually(_ condition: () -> Bool) -> Bool {
  for _ in 0..<3_000 {
    if condition() { return true }
    usleep(20_000)
  }
  return condition()
}

/// The moment that all made-up sales of the tests are at.
let moment = 1_795_000_000_000

/// A sale of a few hundred rows.
let tiny: SeedScale = {
  var scale = SeedScale.small
  (scale.concerts, scale.datesPerConcert, scale.customers) = (3, 4, 40)
  (scale.complete, scale.waiting, scale.expired) = (60, 10, 20)
  (scale.paymentEvents, scale.createdEvents, scale.expiredEvents) = (40, 30, 5)
  (scale.initEvents, scale.failEvents, scale.waitingTokens, scale.activeTokens) = (14, 6, 30, 7)
  (scale.seatSearches, scale.cheapQueries) = (20, 20)
  return scale
}()
