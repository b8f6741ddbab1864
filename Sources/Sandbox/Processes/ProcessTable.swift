import Glibc

/// The running processes of one set of servers, found by a mark in their environment.
///
/// A mark can't be mistaken as a recycled process id can, needs no record that could be lost, and stands from the
/// moment that a process has its program. A zombie has no environment, so it counts as ended.
/// Source: proc_pid_environ(5).
public enum ProcessTable {
  /// The variable that marks a server; its value is the directory that the server belongs to.
  public static let markName = "USHER_SANDBOX_SERVER"

  /// The processes that carry the mark, in ascending order.
  public static func pids(marked mark: String) -> [pid_t] {
    let wanted = Array("\(markName)=\(mark)".utf8)
    return entries(of: "/proc").compactMap { pid_t($0) }
      .filter { pid in environment(of: pid).contains { $0.elementsEqual(wanted) } }
      .sorted()
  }

  /// Whether one process carries the mark.
  public static func isMarked(_ pid: pid_t, _ mark: String) -> Bool {
    let wanted = Array("\(markName)=\(mark)".utf8)
    return environment(of: pid).contains { $0.elementsEqual(wanted) }
  }

  private static func environment(of pid: pid_t) -> [ArraySlice<UInt8>] {
    guard let bytes = try? readFile("/proc/\(pid)/environ") else { return [] }
    return bytes.split(separator: 0)
  }

  /// Ends everything that carries the mark. True when nothing is left.
  ///
  /// SIGINT is what every one of the servers ends on without waiting for its clients (PostgreSQL's fast shutdown);
  /// Redis writes its data down first. After `patience` it is SIGKILL, and after five seconds more it is given up.
  @discardableResult
  public static func end(marked mark: String, patience: Duration = .seconds(20)) -> Bool {
    let start = ContinuousClock.now
    var asked: Set<pid_t> = []
    while true {
      let running = pids(marked: mark)
      if running.isEmpty { return true }
      let waited = ContinuousClock.now - start
      if waited > patience + .seconds(5) { return false }
      for pid in running where waited > patience || !asked.contains(pid) {
        kill(pid, waited > patience ? SIGKILL : SIGINT)
        asked.insert(pid)
      }
      // Those that are our own children must not stay zombies.
      for pid in running { _ = waitpid(pid, nil, WNOHANG) }
      usleep(10_000)
    }
  }
}
