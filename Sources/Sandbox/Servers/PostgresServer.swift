import Failures
import Glibc

/// A private PostgreSQL on a Unix socket, with the superuser `usher` and no password.
public struct PostgresServer: Sendable {
  /// The number in the socket's name; sockets in different directories don't clash.
  public static let port = 5432
  public static let superuser = "usher"

  /// Tells any client that it talks to a sandbox: `SHOW cluster_name`.
  public static let clusterName = "usher-sandbox"

  let home: ServerHome
  let programs: String
  var data: String { "\(home.place)/postgres-home/data" }

  /// Finds the programs; nothing is started yet.
  public init(_ home: ServerHome, path: String) throws(Failure) {
    guard let programs = Programs.postgresDirectory(path: path) else {
      throw Failure(
        .failed, "found no PostgreSQL server on this machine",
        causes: ["no initdb in /usr/lib/postgresql/*/bin or PATH"],
        hints: ["apt-get install postgresql-15"])
    }
    self.home = home
    self.programs = programs
  }

  /// How to connect to one of its databases.
  public func conninfo(database: String) -> String {
    "host=\(home.socketDirectory) port=\(Self.port) user=\(Self.superuser) dbname=\(database)"
  }

  /// Initialises the data directory if it isn't yet, starts the server, and waits until it accepts connections.
  ///
  /// - Parameters:
  ///   - preload: shared_preload_libraries.
  ///   - meanwhile: done while the data directory is made, which takes about a second.
  @discardableResult
  public func start(
    preload: [String] = ["pg_stat_statements"], isInterrupted: () -> Bool = { false },
    meanwhile: () throws -> Void = {}
  ) throws -> pid_t {
    try initialise(isInterrupted, meanwhile)
    // No process of this directory runs (the caller's lock and the mark say so): what is left of the last one would
    // stop the server if its process id has since been given to somebody else.
    for stale in ["\(data)/postmaster.pid", socket, "\(socket).lock"] { unlink(stale) }
    let settings =
      Self.settings + [
        ("unix_socket_directories", home.socketDirectory), ("port", "\(Self.port)"),
        ("shared_preload_libraries", preload.joined(separator: ",")),
      ]
    let words = ["-D", data] + settings.flatMap { ["-c", "\($0.0)=\($0.1)"] }
    let child = try home.command("postgres", "\(programs)/postgres", words).spawn()
    try home.waitUntilReady("postgres", child, isInterrupted) { isReady(child.pid) }
    return child.pid
  }

  var socket: String { "\(home.socketDirectory)/.s.PGSQL.\(Self.port)" }

  /// Into a directory of another name first, so that a killed initdb leaves nothing that looks whole.
  private func initialise(_ isInterrupted: () -> Bool, _ meanwhile: () throws -> Void) throws {
    if exists("\(data)/PG_VERSION") { return try meanwhile() }
    removeTree("\(data).new")
    let words = [
      "-D", "\(data).new", "-U", Self.superuser, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
      "--no-instructions",
    ]
    let child = try home.command("initdb", "\(programs)/initdb", words).spawn()
    try meanwhile()
    var ended = child.poll()
    while ended == nil {
      if isInterrupted() {
        throw Failure(.interrupted, "interrupted while PostgreSQL's data directory was being created")
      }
      usleep(5_000)
      ended = child.poll()
    }
    let exit = ended ?? .unknown
    guard exit == .status(0) else {
      throw Failure(
        .failed, "cannot create PostgreSQL's data directory (initdb: \(exit))",
        causes: lastLines(of: home.log("initdb")), hints: ["read \(home.log("initdb"))"])
    }
    guard rename("\(data).new", data) == 0 else {
      throw Failure(.cannotCreate, "cannot rename PostgreSQL's data directory \(data)", causes: [lastSystemError()])
    }
  }

  /// The eighth line of postmaster.pid says `ready`, as pg_ctl(1) reads it.
  private func isReady(_ pid: pid_t) -> Bool {
    guard let bytes = try? readFile("\(data)/postmaster.pid") else { return false }
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    return lines.count >= 8 && String(decoding: lines[0], as: UTF8.self) == "\(pid)"
      && lines[7].starts(with: "ready".utf8)
  }

  /// Modest, quick to start, and safe against a kill of the server, not against a power cut.
  ///
  /// `dynamic_shared_memory_type` is mmap because containers often have a small /dev/shm; JIT is off because on a
  /// small machine it costs more than it gives, and plans should not differ for it.
  private static let settings = [
    ("cluster_name", clusterName), ("listen_addresses", ""), ("unix_socket_permissions", "0700"),
    ("max_connections", "200"), ("max_prepared_transactions", "20"),
    ("shared_buffers", "128MB"), ("dynamic_shared_memory_type", "mmap"), ("fsync", "off"),
    ("synchronous_commit", "off"), ("full_page_writes", "off"), ("wal_level", "minimal"), ("max_wal_senders", "0"),
    ("max_wal_size", "2GB"), ("track_io_timing", "on"), ("jit", "off"), ("timezone", "UTC"), ("log_timezone", "UTC"),
    ("log_checkpoints", "off"), ("autovacuum_naptime", "15s"),
  ]
}
