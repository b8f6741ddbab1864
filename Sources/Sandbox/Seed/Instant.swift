import Glibc

/// Points in time as text, in UTC.
public enum Instant {
  /// Milliseconds since 1970.
  public static func nowMilliseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
  }
}
