import Redis
import Support
import Testing

@testable import Health

@Suite("The probes of Redis")
struct RedisProbeTests {
  static let cases = [
    ProbeCase("a server that answers", "connection", .ok, " at /"),
    ProbeCase("a server in use", "load", .ok, ", 3 keys, "),
    ProbeCase("a primary", "role", .ok, "a primary"),
    ProbeCase("a replica", "role", .warning, "a replica of 127.0.0.1") {
      try $0.redis.command("REPLICAOF", "127.0.0.1", "1")
    },
    ProbeCase("no memory limit", "eviction", .ok, "no memory limit"),
    ProbeCase("a limit with room left", "eviction", .ok, "never evicts by itself") {
      try $0.redis.command("CONFIG", "SET", "maxmemory", "100mb")
    },
    ProbeCase("a server that evicts by itself", "eviction", .warning, "may evict the waiting room") {
      try $0.redis.command("CONFIG", "SET", "maxmemory", "100mb", "maxmemory-policy", "allkeys-lru")
    },
    ProbeCase("a server that is full", "eviction", .critical, "full: writes are refused") {
      try $0.redis.command("CONFIG", "SET", "maxmemory", "1")
    },
    ProbeCase("a server that saved", "persistence", .ok, "the last save succeeded"),
  ]

  @Test("judge what they find", arguments: cases)
  func judge(example: ProbeCase) throws {
    try example.check(.redis, Service())
  }

  @Test("tell of a save that failed")
  func persistence() throws {
    let service = try Service(settings: ["--dir", "/proc", "--save", "3600 1"])
    try service.redis.command("BGSAVE")
    try waitUntil { try RedisInformation(service.redis)["rdb_last_bgsave_status"] == "err" }
    #expect(try service.finding(.redis, "persistence").verdict == .critical)
  }

  @Test("tell of a cluster, which usher does not support")
  func cluster() throws {
    let server = try TestRedis.make(settings: ["--cluster-enabled", "yes"])
    let service = try Service()
    service.useRedis(server.target)
    let finding = try service.finding(.redis, "connection")
    #expect(finding.verdict == .critical)
    #expect(finding.reason.hasSuffix(", a cluster"))
  }

  @Test("are unknown to a user without INFO, and the queue is examined all the same")
  func withoutInformation() throws {
    let service = try Service()
    try service.useRedis(without: "info")
    let findings = service.findings([.redis, .queue, .cache])
    #expect(findings.filter { $0.area == .redis }.map(\.verdict) == Array(repeating: .unknown, count: 5))
    #expect(findings.allSatisfy { $0.area != .redis || $0.reason.contains("does not allow INFO to this user") })
    #expect(findings.filter { $0.area != .redis }.allSatisfy { $0.verdict == .ok }, "\(findings)")
  }

  @Test("read INFO once, whatever is examined")
  func once() throws {
    let service = try Service()
    try service.enqueue("a", "b")
    try service.redis.command("CONFIG", "RESETSTAT")
    _ = service.findings([.redis, .queue, .cache])
    #expect(try service.redis.information("commandstats")["cmdstat_info"]?.hasPrefix("calls=1,") == true)
  }
}
