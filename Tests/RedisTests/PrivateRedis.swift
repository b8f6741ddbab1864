import Glibc
import Redis

/// A redis-server of a test's own on a Unix socket in a new directory; `deinit` ends it and removes the directory.
final class PrivateRedis {
  let directory: String
  private(set) var process: pid_t = 0
  private let extra: [String]
  var socket: String { directory + "/redis.sock" }
  var target: RedisTarget { RedisTarget(socket: socket) }

  init(_ extra: String...) throws {
    var template = Array("/tmp/usher-redis-XXXXXX\0".utf8CString)
    guard let made = mkdtemp(&template) else { throw StartProblem(step: "mkdtemp") }
    directory = String(cString: made)
    self.extra = extra
    try start()
  }

  deinit {
    stop(SIGKILL)
    for name in ["redis.sock", "appendonlydir", "dump.rdb"] { removeTree(directory + "/" + name) }
    rmdir(directory)
  }

  struct StartProblem: Error { var step: String }

  func start() throws {
    let words =
      [
        "redis-server", "--port", "0", "--unixsocket", socket, "--dir", directory, "--save", "", "--logfile",
        directory + "/log",
      ] + extra
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for word in arguments { free(word) } }
    guard posix_spawnp(&process, words[0], nil, nil, &arguments, environ) == 0 else {
      throw StartProblem(step: "spawn")
    }
    for _ in 0..<500 {
      if let connection = try? RedisConnection(target), (try? connection.command("PING")) != nil { return }
      usleep(10_000)
    }
    throw StartProblem(step: "ping")
  }

  func stop(_ signal: Int32 = SIGTERM) {
    guard process > 0 else { return }
    kill(process, signal)
    var status: Int32 = 0
    waitpid(process, &status, 0)
    process = 0
  }

  func connect(_ options: RedisOptions = .init()) throws -> RedisConnection {
    try RedisConnection(target, options: options)
  }

  private func removeTree(_ path: String) {
    unlink(path)
  }
}
