import CSpawn
import Failures
import Glibc

/// A program to start: posix_spawn(3) with nothing inherited but what is named here.
///
/// Signals are at their defaults in the child, and every descriptor above the named ones is closed.
public struct ChildCommand: Sendable {
  /// What one of the child's standard streams is.
  public enum Stream: Sendable {
    case null
    /// A file, created with mode 0600 where it is missing and written at its end.
    case appending(String)
    /// A descriptor of this process; it stays open here.
    case descriptor(Int32)
    /// A terminal's path; a session leader that opens one gets it as its controlling terminal.
    case terminal(String)
    /// Another of the child's streams, of a lower number.
    case same(as: Int32)
  }

  public var executable: String
  /// Without the program's own name.
  public var arguments: [String]
  public var environment: [String: String]
  public var directory = "/"
  public var input = Stream.null
  public var output = Stream.null
  public var error = Stream.null
  /// Descriptors of this process that the child gets as 3, 4, …
  public var furtherDescriptors: [Int32] = []
  /// In a session of its own: signals from the terminal do not reach it.
  public var isSessionLeader = false

  public init(_ executable: String, _ arguments: [String], environment: [String: String] = [:]) {
    self.executable = executable
    self.arguments = arguments
    self.environment = environment
  }

  /// Starts the program; the caller waits for it, or leaves it to init(8) by ending first.
  public func spawn() throws(Failure) -> ChildProcess {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (target, stream) in [(Int32(0), input), (1, output), (2, error)] {
      switch stream {
      case .null: posix_spawn_file_actions_addopen(&actions, target, "/dev/null", target == 0 ? O_RDONLY : O_WRONLY, 0)
      case .appending(let path):
        posix_spawn_file_actions_addopen(&actions, target, path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
      case .descriptor(let source): posix_spawn_file_actions_adddup2(&actions, source, target)
      case .terminal(let path): posix_spawn_file_actions_addopen(&actions, target, path, O_RDWR, 0)
      case .same(let other): posix_spawn_file_actions_adddup2(&actions, other, target)
      }
    }
    for (index, source) in furtherDescriptors.enumerated() {
      posix_spawn_file_actions_adddup2(&actions, source, Int32(3 + index))
    }
    posix_spawn_file_actions_addclosefrom_np(&actions, Int32(3 + furtherDescriptors.count))
    posix_spawn_file_actions_addchdir_np(&actions, directory)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
    if isSessionLeader { flags |= usher_POSIX_SPAWN_SETSID }
    posix_spawnattr_setflags(&attributes, Int16(flags))
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    for signal in [SIGKILL, SIGSTOP] { sigdelset(&signals, signal) }
    posix_spawnattr_setsigdefault(&attributes, &signals)

    let words = ([executable] + arguments).map { strdup($0) } + [nil]
    let variables = environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for word in words + variables { free(word) } }
    var pid = pid_t()
    let status = posix_spawn(&pid, executable, &actions, &attributes, words, variables)
    guard status == 0 else {
      throw Failure(.failed, "cannot start \(executable)", causes: [String(cString: strerror(status))])
    }
    return ChildProcess(pid: pid)
  }

  /// Starts the program, waits for its end, and gives what it wrote to both streams together.
  public func capture() throws(Failure) -> (exit: ChildExit, text: String) {
    var ends: [Int32] = [-1, -1]
    guard pipe2(&ends, O_CLOEXEC) == 0 else {
      throw Failure(.failed, "cannot create a pipe", causes: [lastSystemError()])
    }
    var copy = self
    copy.output = .descriptor(ends[1])
    copy.error = .descriptor(ends[1])
    defer { close(ends[0]) }
    let child: ChildProcess
    do { child = try copy.spawn() } catch {
      close(ends[1])
      throw error
    }
    close(ends[1])
    let bytes = readToEnd(ends[0])
    return (child.wait(), String(decoding: bytes, as: UTF8.self))
  }
}
