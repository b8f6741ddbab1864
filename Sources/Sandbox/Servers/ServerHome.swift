import Failures
import Glibc
import Text

/// A directory that private servers live in, and the mark that all of their processes carry.
///
///     <place>/run/        sockets; only the servers' user gets in
///     <place>/postgres/   PostgreSQL's data
///     <place>/redis/      Redis's dump
///     <place>/log/        a log a server
public struct ServerHome: Sendable {
  /// The directory that was asked for, absolute and without symbolic links: the mark of the servers' processes.
  public let directory: String
  /// Where the servers' files are: the same directory, or a stand-in for one that servers can't use.
  public let place: String
  /// Who the servers run as, where that isn't ourselves.
  public let user: ServerUser?

  public var socketDirectory: String { "\(place)/run" }
  public var logDirectory: String { "\(place)/log" }

  /// Makes the directories that are missing.
  public init(_ path: String) throws(Failure) {
    // The guard looks for the mark with grep(1), to which a line feed separates two patterns.
    guard !SandboxFiles.resolve(path).utf8.contains(UInt8(ascii: "\n")) else {
      throw Failure(.refused, "will not use a directory with a line feed in its name for servers")
    }
    user = try ServerUser.needed()
    try makeDirectories(path, mode: user == nil ? 0o700 : 0o711)
    guard let resolved = realpath(path, nil) else {
      throw Failure(.cannotCreate, "cannot use the directory \(path)", causes: [lastSystemError()])
    }
    directory = String(cString: resolved)
    free(resolved)
    place = Self.suits(directory, user) ? directory : Self.standIn(for: directory)
    if place != directory { try Self.makeStandIn(place) }
    for name in ["run", "postgres-home", "redis", "log"] {
      let path = "\(place)/\(name)"
      try makeDirectories(path, mode: 0o700)
      if let user, chown(path, user.uid, user.gid) != 0 {
        throw Failure(.cannotCreate, "cannot give \(path) to the user \(user.name)", causes: [lastSystemError()])
      }
    }
  }

  /// Whether servers can use a directory: their user gets there, socket paths fit into the 107 bytes that the kernel
  /// allows, and the path holds nothing that a connection string or a server's settings give a meaning to.
  static func suits(_ directory: String, _ user: ServerUser?) -> Bool {
    let longest = "\(directory)/run/.s.PGSQL.5432"
    let plain = directory.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "/._-".utf8.contains(byte)
      }
    }
    return longest.utf8.count <= 107 && plain && user?.canReach(directory) != false
  }

  /// The stand-in's path follows from the directory's alone (FNV-1a), so that no record of it can be lost.
  static func standIn(for directory: String) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in directory.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return "/var/tmp/usher-\(geteuid())-" + hash.hexadecimal(digits: 16)
  }

  /// Anybody may write to /var/tmp: what stands there already must be a directory and ours.
  private static func makeStandIn(_ path: String) throws(Failure) {
    if mkdir(path, 0o711) == 0 {
      chmod(path, 0o711)
      return
    }
    let cause = lastSystemError()
    guard isOurs(path) else {
      throw Failure(.cannotCreate, "cannot use the directory \(path) for the servers' files", causes: [cause])
    }
  }

  /// A directory, no link to one, that belongs to this user.
  static func isOurs(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR && status.st_uid == geteuid()
  }

  func log(_ server: String) -> String { "\(logDirectory)/\(server).log" }

  /// A server's program, marked, as the right user, in a session of its own, writing to its log.
  public func command(_ server: String, _ executable: String, _ arguments: [String]) -> ChildCommand {
    let environment = [
      "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": place, "LC_ALL": "C.UTF-8", "TZ": "UTC",
      ProcessTable.markName: directory,
    ]
    var command = ChildCommand(executable, arguments, environment: environment)
    if let user {
      // setpriv(1) becomes the program itself: the process id stays.
      command.executable = "/usr/bin/setpriv"
      command.arguments =
        ["--reuid=\(user.uid)", "--regid=\(user.gid)", "--clear-groups", "--", executable] + arguments
    }
    command.output = .appending(log(server))
    command.error = .appending(log(server))
    command.isSessionLeader = true
    return command
  }

  /// Waits until a server is ready, and tells from its log why it is not.
  func waitUntilReady(
    _ server: String, _ child: ChildProcess, _ isInterrupted: () -> Bool = { false }, _ isReady: () -> Bool
  ) throws(Failure) {
    // 60 s: a start takes well under one, but recovery after a crash on a busy machine takes its time.
    for _ in 0..<12_000 {
      if isReady() { return }
      if let exit = child.poll() {
        throw Failure(
          .unavailable, "\(server) ended while it started (\(exit))", causes: lastLines(of: log(server)),
          hints: ["read \(log(server))"])
      }
      if isInterrupted() { throw Failure(.interrupted, "interrupted while \(server) started") }
      usleep(5_000)
    }
    throw Failure(
      .unavailable, "\(server) was not ready after 60s", causes: lastLines(of: log(server)),
      hints: ["read \(log(server))"])
  }
}
