import Failures
import Redis
import Support
import Testing

@Suite("a server that will not just now")
struct ServerStateTests {
  /// Nil when there is none.
  private func complaint(_ body: () throws(RedisError) -> RedisValue) -> RedisError? {
    if case .failure(let error) = Result(catching: body) { error } else { nil }
  }

  private func refusal(_ redis: RedisConnection, _ words: RedisArgument...) throws -> RedisError {
    try #require(throws: RedisError.self) { try redis.command(words) }
  }

  @Test(
    "says so with its own code, which decides whether a script should try again",
    arguments: [
      (["--replicaof", "127.0.0.1 1"], "READONLY", .refused),
      (["--min-replicas-to-write", "1"], "NOREPLICAS", .tryAgain), (["--maxmemory", "1"], "OOM", .failed),
    ] as [([String], String, Failure.Kind)])
  func settings(words: [String], code: String, kind: Failure.Kind) throws {
    let server = try TestRedis.make(settings: words)
    let redis = try server.connect()
    let error = try refusal(redis, "SET", "seat:s3cret", "s3cret")
    #expect((error.serverCode, error.failure.kind, error.command) == (code, kind, "SET"))
    #expect(error.failure.message.contains(server.socket))
    #expect(!error.failure.causes.isEmpty && !error.failure.hints.isEmpty)
    #expect(!"\(error)".contains("s3cret"))
    let script = RedisScript(name: "write", source: "return redis.call('SET', KEYS[1], ARGV[1])")
    let scripted = try #require(throws: RedisError.self) {
      try redis.evaluate(script, keys: ["seat"], arguments: ["x"])
    }
    #expect(scripted.serverCode == code, "\(scripted)")
    #expect(try redis.command("PING") == .status("PONG"))
  }

  @Test("a replica that lost its primary and gives no old answers is a reason to try again")
  func noPrimary() throws {
    let server = try TestRedis.make(settings: ["--replicaof", "127.0.0.1 1"])
    let redis = try server.connect()
    #expect(try redis.command("GET", "k") == .null)
    try redis.command("CONFIG", "SET", "replica-serve-stale-data", "no")
    let error = try refusal(redis, "GET", "k")
    #expect((error.serverCode, error.failure.kind) == ("MASTERDOWN", .tryAgain))
  }

  @Test("a node of a cluster without slots is a reason to try again; with all of them it refuses keys of two")
  func cluster() throws {
    let server = try TestRedis.make(settings: [
      "--cluster-enabled", "yes", "--cluster-config-file", "state-test.conf", "--bind", "127.0.0.1",
      "--port", "\(try Listener.freePort())", "--cluster-port", "\(try Listener.freePort())",
    ])
    let redis = try server.connect()
    let down = try refusal(redis, "SET", "a", "1")
    #expect((down.serverCode, down.failure.kind) == ("CLUSTERDOWN", .tryAgain))
    try redis.command("CLUSTER", "ADDSLOTSRANGE", "0", "16383")
    try waitUntil { try redis.command("CLUSTER", "INFO").string.contains("cluster_state:ok") }
    let error = try refusal(redis, "MSET", "a", "1", "b", "2")
    #expect((error.serverCode, error.failure.kind) == ("CROSSSLOT", .configuration))
    #expect(try redis.command("MSET", "{seat}a", "1", "{seat}b", "2") == .status("OK"))
  }

  @Test("a server that cannot save takes no writes, and says where to look")
  func cannotSave() throws {
    let server = try TestRedis.make(settings: ["--dir", "/proc", "--save", "3600 1"])
    let redis = try server.connect()
    try redis.command("SET", "k", "1")
    try redis.command("BGSAVE")
    try waitUntil { try redis.information("persistence")["rdb_last_bgsave_status"] == "err" }
    let error = try refusal(redis, "SET", "k", "2")
    #expect((error.serverCode, error.failure.kind) == ("MISCONF", .failed))
    #expect(error.failure.message.contains("refuses writes because it cannot save to disk"))
    #expect(error.failure.hints == ["see `redis-cli INFO persistence`"])
    #expect(try redis.command("GET", "k").integer == 1)
  }

  @Test("a server that is held by a script is busy for others, and the one who waits is told when it is killed")
  func busy() throws {
    let server = try TestRedis.make(settings: ["--busy-reply-threshold", "5"])
    let redis = try server.connect()
    let holder = Background {
      let own = try server.connect(RedisOptions(commandTimeout: .seconds(60)))
      let script = RedisScript(name: "hold", source: "while true do end")
      let error = try #require(throws: RedisError.self) { try own.evaluate(script, keys: ["seats"]) }
      #expect((error.command, error.keys) == ("EVALSHA (hold)", ["seats"]))
      #expect(error.failure.causes.first?.contains("Script killed by user") == true)
      #expect(try own.command("PING") == .status("PONG"))
    }
    var busy: RedisError?
    try waitUntil {
      busy = complaint { () throws(RedisError) in try redis.command("GET", "k") }
      return busy != nil
    }
    #expect((busy?.serverCode, busy?.failure.kind, busy?.isConnectionProblem) == ("BUSY", .tryAgain, false))
    try redis.command("SCRIPT", "KILL")
    try holder.finish()
    #expect(try redis.command("GET", "k") == .null)
  }

  @Test("a server that still loads its data is a reason to connect again later")
  func loading() throws {
    let port = try Listener.freePort()
    let primary = try TestRedis.make(settings: [
      "--port", "\(port)", "--bind", "127.0.0.1", "--repl-diskless-sync-delay", "0",
    ])
    let filler = try primary.connect()
    _ = try filler.pipeline((0..<400).map { ["SET", "k\($0)", RedisArgument([UInt8](repeating: 120, count: 500))] })
    let replica = try TestRedis.make(settings: [
      "--key-load-delay", "2000", "--loading-process-events-interval-bytes", "1024", "--repl-diskless-load", "disabled",
    ])
    let redis = try replica.connect()
    try redis.command("REPLICAOF", "127.0.0.1", RedisArgument(port))
    var loading: RedisError?
    try waitUntil {
      loading = complaint { () throws(RedisError) in try redis.command("GET", "k1") }
      return loading?.serverCode == "LOADING"
    }
    #expect(loading?.failure.kind == .tryAgain)
    #expect(loading?.isConnectionProblem == true)
  }
}
