import Glibc

/// An end of the process that nothing can delay, whatever a library waits for.
enum Deadline {
  /// After that time, at the least a millisecond, the process ends with status 0; what it had not written by then is not written.
  ///
  /// Source: setitimer(2); _exit(2) is among the functions that a signal handler may call.
  static func arm(after time: Duration) {
    signal(SIGALRM) { _ in _exit(0) }
    var timer = itimerval()
    let microseconds = max(1000, Int(time / .microseconds(1)))
    timer.it_value = timeval(tv_sec: microseconds / 1_000_000, tv_usec: microseconds % 1_000_000)
    setitimer(__itimer_which_t(ITIMER_REAL.rawValue), &timer, nil)
  }
}
