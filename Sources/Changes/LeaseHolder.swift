import Glibc

/// Who holds a lease, as its token says.
struct LeaseHolder {
  /// `user@host`.
  let actor: String
  /// The process's number on its own machine.
  let pid: String
  /// Nil in tokens of an usher that could not tell.
  let process: ProcessMark?

  /// A token of this process, unlike any other.
  static func token(of actor: Actor) -> String {
    let random = (UInt64.random(in: 0...UInt64.max), UInt64.random(in: 0...UInt64.max))
    let process = ProcessMark.current?.text ?? ""
    return "\(actor.text) \(getpid()) \(process)." + String(random.0, radix: 36) + String(random.1, radix: 36)
  }

  /// Nil for what is no token of usher's. Read from its end, because a user's name may hold blanks.
  init?(token: String) {
    let words = token.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count >= 3 else { return nil }
    actor = words.dropLast(2).joined(separator: " ")
    pid = String(words[words.count - 2])
    process = ProcessMark(pid: pid, words[words.count - 1].prefix { $0 != "." })
  }

  /// True when the process was one of this machine and is gone.
  var isKnownDead: Bool { process?.isKnownDead ?? false }

  /// For the refusal of whoever comes second.
  static func description(of token: String) -> String {
    guard let holder = LeaseHolder(token: token) else { return "it is held by another program" }
    return "it is held by \(holder.actor), process \(holder.pid)"
  }
}
