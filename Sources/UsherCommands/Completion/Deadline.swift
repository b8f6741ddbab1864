import Glibc

/// Ends the process at a time that no waiting library can delay.
enum Deadline {
  /// Ends the process with status 0 after that time, at least one millisecond. Output that is not written by then is lost.
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
