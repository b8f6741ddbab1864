import Glibc

/// The process behind a run, as the run's token names it: the value of its heartbeat and of its lock.
struct RunHolder {
  /// `user@host`.
  let actor: String
  /// The process's number on its own machine.
  let pid: String
  /// Nil in tokens of a process that does not know it.
  let process: ProcessMark?

  /// Nil for a text that is not a token of usher. Read from its end, because a user's name may hold blanks.
  init?(token: String) {
    let words = token.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count >= 3 else { return nil }
    actor = words.dropLast(2).joined(separator: " ")
    pid = String(words[words.count - 2])
    process = ProcessMark(pid: pid, words[words.count - 1].prefix { $0 != "." })
  }

  /// True when the process was one of this machine and is gone.
  var isKnownDead: Bool { process?.isKnownDead ?? false }

  /// For messages that name the holder of the lock.
  static func description(of token: String) -> String {
    guard let holder = RunHolder(token: token) else { return "it is held by another program" }
    return "it is held by \(holder.actor), process \(holder.pid)"
  }
}

extension Actor {
  /// A token for one run of this process, different from all others: `user@host PID PROCESS.RANDOM`.
  public func makeToken() -> String {
    let random = (UInt64.random(in: 0...UInt64.max), UInt64.random(in: 0...UInt64.max))
    let process = ProcessMark.current?.text ?? ""
    return "\(text) \(getpid()) \(process)." + String(random.0, radix: 36) + String(random.1, radix: 36)
  }
}
