import CSpawn
import Failures
import Glibc
import Synchronization

/// A small process that outlives this one, to end the servers that a start left behind when it was killed.
///
/// It reads a pipe of which only this process holds the other end. A word there dismisses it; the pipe's end without
/// the word says that this process died, however that happened. It then ends whatever carries the servers' mark, a few
/// times over, because a child that was just being born shows its mark only a moment later.
public final class ServerGuard: Sendable {
  private let child: ChildProcess
  /// The writing end, or -1 when the guard has been told.
  private let pipe: Mutex<Int32>

  /// - Parameters:
  ///   - mark: the directory that the servers carry as their mark.
  ///   - lock: a locked descriptor that stays locked until the guard is done.
  ///   - removing: a directory to remove in the end, where the servers were only borrowed.
  public init(mark: String, lock: Int32? = nil, removing: String? = nil) throws(Failure) {
    var ends: [Int32] = [-1, -1]
    guard pipe2(&ends, O_CLOEXEC) == 0 else {
      throw Failure(.failed, "cannot create a pipe", causes: [lastSystemError()])
    }
    var command = ChildCommand(
      "/bin/sh", ["-c", Self.script, "usher-guard", "\(ProcessTable.markName)=\(mark)", removing ?? ""],
      environment: ["PATH": "/usr/bin:/bin"])
    command.input = .descriptor(ends[0])
    command.furtherDescriptors = lock.map { [$0] } ?? []
    command.isSessionLeader = true
    do { child = try command.spawn() } catch {
      close(ends[0])
      close(ends[1])
      throw error
    }
    close(ends[0])
    pipe = Mutex(ends[1])
  }

  /// Lets the servers live: the guard ends.
  public func dismiss() {
    finish(saying: "ok\n")
  }

  /// Ends the servers now, and waits until it is done.
  public func endServers() {
    finish(saying: "")
  }

  private func finish(saying word: String) {
    pipe.withLock { pipe in
      guard pipe >= 0 else { return }
      _ = word.withCString { write(pipe, $0, strlen($0)) }
      close(pipe)
      pipe = -1
      child.wait()
    }
  }

  deinit { finish(saying: "") }

  // `kill` of a process that has just ended is no error worth a word. 60 rounds are three seconds and more.
  private static let script = """
    trap '' HUP INT QUIT TERM
    IFS= read -r word
    if [ "$word" = ok ]; then exit 0; fi
    signal=INT round=0 quiet=0
    while [ $quiet -lt 5 ] && [ $round -lt 400 ]; do
      found=$(grep -lszFx -e "$1" /proc/[0-9]*/environ 2>/dev/null | sed 's,/proc/,,; s,/environ,,')
      if [ -n "$found" ]; then quiet=0; kill -$signal $found 2>/dev/null; else quiet=$((quiet + 1)); fi
      round=$((round + 1))
      if [ $round -gt 60 ]; then signal=KILL; fi
      sleep 0.05
    done
    if [ -n "$2" ]; then rm -rf -- "$2"; fi
    """
}
