import Failures
import Glibc
import Redis
import Support
import Testing

@testable import Sandbox

@Suite("the private Redis")
struct RedisServerTests {
  /// A home whose servers end with the body.
  private func withHome(_ body: (ServerHome) throws -> Void) throws {
    let scratch = Scratch()
    let home = try ServerHome(scratch.path)
    let guardian = try ServerGuard(mark: home.directory)
    try body(home)
    guardian.endServers()
    #expect(ProcessTable.pids(marked: home.directory).isEmpty)
  }

  private func connect(_ server: RedisServer) throws -> RedisConnection {
    try RedisConnection(RedisTarget(socket: server.socket))
  }

  /// Ends it as a stop does, and waits for its end.
  private func end(_ child: ChildProcess) {
    kill(child.pid, SIGINT)
    #expect(child.wait() == .status(0))
  }

  @Test("listens on its socket alone, which is its user's")
  func socket() throws {
    try withHome { home in
      let server = try RedisServer(home, path: "/usr/bin")
      try server.start()
      let redis = try connect(server)
      func setting(_ name: RedisArgument) throws -> String { try redis.command("CONFIG", "GET", name).array[1].string }
      #expect(try setting("port") == "0")
      #expect(try setting("unixsocketperm") == "700")
      #expect(try setting("appendonly") == "no")
      #expect(try setting("dir") == "\(home.place)/redis")
      var status = stat()
      #expect(stat(server.socket, &status) == 0)
      #expect(status.st_uid == home.user?.uid ?? geteuid())
    }
  }

  @Test("keeps its data over a polite end where that is wanted, and only there", arguments: [true, false])
  func data(isKept: Bool) throws {
    try withHome { home in
      let server = try RedisServer(home, path: "/usr/bin")
      let first = try server.start(isKept: isKept)
      try connect(server).command("SET", "name", "서연")
      end(first)
      try server.start(isKept: isKept)
      #expect(try connect(server).command("EXISTS", "name").integer == (isKept ? 1 : 0))
    }
  }

  @Test("several live in one home under names of their own")
  func several() throws {
    try withHome { home in
      let servers = try ["redis", "redis-2"].map { try RedisServer(home, name: $0, path: "/usr/bin") }
      let children = try servers.map { try $0.start() }
      for (server, value) in zip(servers, ["1", "2"]) {
        try connect(server).command("SET", "who", RedisArgument(value))
      }
      for child in children { end(child) }
      // Each has written a file of its own.
      for (server, value) in zip(servers, ["1", "2"]) {
        try server.start()
        #expect(try connect(server).command("GET", "who").string == value)
      }
    }
  }

  @Test("starts over a socket that a killed one left")
  func staleSocket() throws {
    try withHome { home in
      let server = try RedisServer(home, path: "/usr/bin")
      let first = try server.start()
      kill(first.pid, SIGKILL)
      first.wait()
      #expect(exists(server.socket))
      #expect(socketConnected(to: server.socket) == -1)
      try server.start()
      #expect(try connect(server).command("PING") == .status("PONG"))
    }
  }

  @Test("takes further settings, and tells in its own words which one is wrong")
  func settings() throws {
    try withHome { home in
      let server = try RedisServer(home, path: "/usr/bin")
      let child = try server.start(settings: ["--maxmemory", "10mb"])
      #expect(try connect(server).command("CONFIG", "GET", "maxmemory").array[1].string == "10485760")
      end(child)
      let failure = #expect(throws: Failure.self) { try server.start(settings: ["--maxmemory", "much"]) }
      #expect(failure?.kind == .unavailable)
      #expect(failure?.message == "redis ended while it started (exit status 1)")
      #expect(failure?.causes.contains { $0.contains("maxmemory") || $0.contains("argument") } == true)
      #expect(failure?.hints == ["read \(home.log("redis"))"])
    }
  }

  @Test("a path longer than a socket's may be leads nowhere, and not to a shorter one")
  func longPath() throws {
    try withHome { home in
      let server = try RedisServer(home, path: "/usr/bin")
      try server.start()
      let descriptor = socketConnected(to: server.socket)
      #expect(descriptor >= 0)
      close(descriptor)
      #expect(socketConnected(to: server.socket + String(repeating: "x", count: 108)) == -1)
    }
  }
}
