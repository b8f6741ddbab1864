import Failures
import Glibc

/// Only one process at a time starts, stops or resets a sandbox. The lock goes with the last process that holds it.
final class SandboxLock {
  let descriptor: Int32

  /// Waits up to 60 s, about as long as the slowest start takes.
  init(_ directory: String, isInterrupted: () -> Bool) throws(Failure) {
    let path = "\(directory)/lock"
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Failure(.cannotCreate, "cannot write \(path)", causes: [lastSystemError()]) }
    for _ in 0..<3_000 {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return }
      if isInterrupted() { throw Failure(.interrupted, "interrupted while waiting for another usher") }
      usleep(20_000)
    }
    throw Failure(
      .tryAgain, "another usher is starting or stopping the sandbox in \(directory)", hints: ["try again in a moment"])
  }

  deinit { if descriptor >= 0 { close(descriptor) } }
}
