import Failures
import Glibc
import Postgres
import Support
import Testing

@testable import Sandbox

@Suite("the private PostgreSQL")
struct PostgresServerTests {
  private func connect(_ server: PostgresServer, _ database: String = "postgres") throws -> PostgresConnection {
    try PostgresConnection(PostgresTarget(server.conninfo(database: database)))
  }

  private func show(_ connection: PostgresConnection, _ setting: String) throws -> String {
    try connection.query("SELECT current_setting($1)", [.init(setting)])[0].decode(0)
  }

  @Test(
    "is set up as its commands rely on it",
    arguments: [
      // What tells a sandbox from a real server.
      ("cluster_name", "usher-sandbox"),
      // Nobody but its user gets to it, and nobody over a network.
      ("listen_addresses", ""), ("unix_socket_permissions", "0700"),
      // What `usher query slow` reads, and what `explain` shows.
      ("shared_preload_libraries", "pg_stat_statements"), ("track_io_timing", "on"), ("jit", "off"),
      ("timezone", "UTC"), ("server_encoding", "UTF8"), ("lc_collate", "C.UTF-8"),
      // Containers' /dev/shm is small.
      ("dynamic_shared_memory_type", "mmap"),
    ])
  func settings(name: String, value: String) throws {
    #expect(try show(TestDatabase.shared(), name) == value)
  }

  @Test("has a superuser of its own who needs no password, and its processes are not root's")
  func user() throws {
    let connection = try TestDatabase.shared()
    #expect(try connection.query("SELECT current_user::text")[0].decode(0, as: String.self) == "usher")
    #expect(try show(connection, "is_superuser") == "on")
    var status = stat()
    #expect(stat("/proc/\(connection.backendPID)", &status) == 0)
    #expect(status.st_uid != 0)
    #expect(status.st_uid == (try TestServers.shared().home.user?.uid ?? geteuid()))
  }

  @Test("its socket is in a directory that nobody else may enter")
  func socket() throws {
    let home = try TestServers.shared().home
    var status = stat()
    #expect(lstat("\(home.socketDirectory)/.s.PGSQL.5432", &status) == 0)
    #expect(status.st_mode & S_IFMT == S_IFSOCK)
    #expect(stat(home.socketDirectory, &status) == 0)
    #expect(status.st_mode & 0o077 == 0)
  }

  @Test("starts again over what a crash left, even where its old process id has another owner now")
  func stalePID() throws {
    let scratch = Scratch()
    let home = try ServerHome(scratch.path)
    let guardian = try ServerGuard(mark: home.directory)
    let server = try PostgresServer(home, path: "/usr/bin")
    let first = try server.start()
    try connect(server).executeAlone("CREATE DATABASE kept")
    kill(first, SIGKILL)
    #expect(eventually { ProcessTable.pids(marked: home.directory).isEmpty })
    let pidFile = "\(server.data)/postmaster.pid"
    let lines = String(decoding: try readFile(pidFile), as: UTF8.self).split(separator: "\n")
    #expect(lines.first == "\(first)")
    // This test's own process has the number now.
    try writeFile(pidFile, ("\(getpid())\n" + lines.dropFirst().joined(separator: "\n") + "\n"))
    if let user = home.user { chown(pidFile, user.uid, user.gid) }
    let second = try server.start()
    #expect(second != first)
    _ = try connect(server, "kept")
    guardian.endServers()
  }

  @Test("an initdb that was killed half-way leaves nothing that the next start would take for whole")
  func halfMade() throws {
    let scratch = Scratch()
    let home = try ServerHome(scratch.path)
    let guardian = try ServerGuard(mark: home.directory)
    let server = try PostgresServer(home, path: "/usr/bin")
    struct Stop: Error {}
    // While the data directory is being made.
    #expect(throws: Stop.self) {
      try server.start(meanwhile: {
        #expect(eventually { exists("\(server.data).new/PG_VERSION") })
        for pid in ProcessTable.pids(marked: home.directory) { kill(pid, SIGKILL) }
        throw Stop()
      })
    }
    #expect(exists("\(server.data).new") && !exists(server.data))
    #expect(eventually { ProcessTable.pids(marked: home.directory).isEmpty })
    try server.start()
    #expect(!exists("\(server.data).new"))
    _ = try connect(server)
    guardian.endServers()
  }

  @Test("a data directory that cannot be made is told with initdb's own words")
  func initdbFails() throws {
    let scratch = Scratch()
    let home = try ServerHome(scratch.path)
    let server = try PostgresServer(home, path: "/usr/bin")
    chmod("\(home.place)/postgres-home", 0o500)
    let failure = #expect(throws: Failure.self) { try server.start() }
    chmod("\(home.place)/postgres-home", 0o700)
    #expect(failure?.message.hasPrefix("cannot create PostgreSQL's data directory (initdb: exit status 1)") == true)
    #expect(failure?.causes.isEmpty == false)
    #expect(failure?.hints == ["read \(home.log("initdb"))"])
  }

  @Test(
    "an interruption while the data directory is made, or while the server starts, ends the start",
    arguments: [true, false])
  func interrupted(whileMaking: Bool) throws {
    let scratch = Scratch()
    let home = try ServerHome(scratch.path)
    let guardian = try ServerGuard(mark: home.directory)
    let server = try PostgresServer(home, path: "/usr/bin")
    if !whileMaking {
      let pid = try server.start()
      kill(pid, SIGKILL)
      #expect(eventually { ProcessTable.pids(marked: home.directory).isEmpty })
    }
    let failure = #expect(throws: Failure.self) { try server.start(isInterrupted: { true }) }
    #expect(failure?.kind == .interrupted)
    #expect(
      failure?.message.contains(whileMaking ? "data directory was being created" : "while postgres started") == true)
    guardian.endServers()
    #expect(ProcessTable.pids(marked: home.directory).isEmpty)
  }
}

extension TestDatabase {
  /// A connection to a database that every test process has.
  fileprivate static func shared() throws -> PostgresConnection {
    try PostgresConnection(PostgresTarget(TestServers.shared().postgres.conninfo(database: "postgres")))
  }
}
