import Glibc

/// Names a process so that others on the same machine can tell whether it still lives.
///
/// A number alone does not: it is given again after a death, and means another process on another machine or in another container.
struct ProcessMark: Equatable, Sendable {
  let pid: Int32
  /// The running kernel and the namespaces in which `pid` and `start` count; two marks with the same one can be compared.
  let home: String
  /// When the process began, in clock ticks since the kernel did.
  let start: UInt64

  /// This process; nil if /proc does not show it, for example because /proc of another namespace is mounted.
  static let current: ProcessMark? = {
    guard let home = currentHome, let stat = stat(of: "self"), stat.pid == getpid() else { return nil }
    return ProcessMark(pid: getpid(), home: home, start: stat.start)
  }()

  /// Reads what `text` wrote; nil for anything else.
  init?(pid: String, _ text: Substring) {
    guard let pid = Int32(pid), let dash = text.lastIndex(of: "-"), let start = UInt64(text[text.index(after: dash)...])
    else { return nil }
    self.init(pid: pid, home: String(text[..<dash]), start: start)
  }

  init(pid: Int32, home: String, start: UInt64) {
    self.pid = pid
    self.home = home
    self.start = start
  }

  /// All but the number of the process, as one word of letters, digits and dashes.
  var text: String { "\(home)-\(start)" }

  /// True if the process is known to be gone; false if it lives, or if that cannot be known from here.
  var isKnownDead: Bool {
    guard home == Self.current?.home else { return false }
    // Asked first, because /proc may hide the processes of other users.
    if kill(pid, 0) != 0 { return errno == ESRCH }
    guard let stat = Self.stat(of: String(pid)), stat.pid == pid else { return false }
    return stat.start != start || stat.isZombie
  }

  private static let currentHome: String? = {
    guard let boot = contents(of: "/proc/sys/kernel/random/boot_id"), let processes = namespace("pid") else {
      return nil
    }
    // A kernel without namespaces of time has but one.
    return boot.filter(\.isHexDigit).prefix(16) + "-" + processes + "-" + (namespace("time") ?? "0")
  }()

  /// The number of a namespace of ours: `4026531836` of `pid:[4026531836]`.
  private static func namespace(_ kind: String) -> String? {
    var name = [UInt8](repeating: 0, count: 64)
    let length = readlink("/proc/self/ns/\(kind)", &name, name.count)
    return length > 0 ? String(decoding: name.prefix(length), as: UTF8.self).filter(\.isNumber) : nil
  }

  /// The number, the state and the start of a process. Source: proc(5), fields 1, 3 and 22; those after the name are counted from its
  /// end, because it may hold blanks.
  private static func stat(of process: String) -> (pid: Int32, isZombie: Bool, start: UInt64)? {
    guard let text = contents(of: "/proc/\(process)/stat"), let end = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    guard let pid = Int32(text.prefix { $0.isNumber }), fields.count > 19, let start = UInt64(fields[19]) else {
      return nil
    }
    return (pid, fields[0] == "Z" || fields[0] == "X", start)
  }

  /// The beginning of a small file of the kernel's.
  private static func contents(of path: String) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = read(file, &bytes, bytes.count)
    return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
  }
}
