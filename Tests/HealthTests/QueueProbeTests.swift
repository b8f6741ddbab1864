import Redis
import Support
import Testing
import WaitingRoom

@testable import Health

@Suite("The probes of a queue")
struct QueueProbeTests {
  static let cases = [
    ProbeCase("nobody", "tickets: people", .ok, "0 waiting, 0 of 20 active"),
    ProbeCase("people who wait", "tickets: people", .ok, "2 waiting, 0 of 20 active, the first for 1") {
      try $0.enqueue("a", "b")
    },
    ProbeCase("scores of another meaning", "tickets: people", .warning, "the first score in 'waiting'") {
      try $0.redis.command("ZADD", "waiting", "7", "a")
    },
    ProbeCase("nobody admitted", "tickets: idle", .warning, "2 wait, and nobody is active") {
      try $0.enqueue("a", "b")
    },
    ProbeCase("room that is unused", "tickets: idle", .warning, "capacity for 19 more is unused") {
      try $0.enqueue("a")
      try $0.redis.command("ZADD", "active:waiting", .init(try $0.milliseconds()), "x")
    },
    ProbeCase("a pause", "tickets: paused", .warning, "admission is paused for another ") {
      try $0.enqueue("a")
      try $0.redis.command("SET", "usher:{waiting}:paused", "1", "PX", "60000")
    },
    ProbeCase("a key of another type", "tickets: people", .critical, "holds a string") {
      try $0.redis.command("SET", "waiting", "x")
    },
    ProbeCase("a user who may not count", "tickets: people", .unknown, "does not allow ZCARD to this user") {
      try $0.useRedis(without: "zcard")
    },
    ProbeCase("members as configured", "tickets: sample", .ok, "members and scores are as configured") {
      try $0.enqueue("a", "b")
    },
    ProbeCase("somebody who waits and is active", "tickets: both", .warning, "1 is waiting and active at once") {
      try $0.enqueue("a")
      try $0.redis.command("ZADD", "active:waiting", .init(try $0.milliseconds()), "a")
    },
    ProbeCase("a user who may not read", "tickets: sample", .unknown, "does not allow ZRANGE to this user") {
      try $0.enqueue("a")
      try $0.useRedis(without: "zrange")
    },
  ]

  @Test("judge what they find", arguments: cases)
  func judge(example: ProbeCase) throws {
    try example.check(.queue, Service())
  }

  @Test("find nothing idle where the room is used")
  func busy() throws {
    let service = try Service()
    try service.enqueue("a")
    let now = try service.milliseconds()
    for number in 1...18 { try service.redis.command("ZADD", "active:waiting", .init(now), "x\(number)") }
    #expect(service.findings([.queue]).map(\.name) == ["tickets: people", "tickets: sample"])
  }

  @Test("leave the other queues alone where one cannot be read")
  func several() throws {
    let service = try Service()
    try service.redis.command("SET", "w2", "x")
    service.targets.queues.append(
      CheckupTargets.QueueTarget("broken") { [try Service.layout("broken", waiting: "w2")] })
    service.targets.queues.append(
      CheckupTargets.QueueTarget("family") {
        [try Service.layout("family/1", waiting: "w3"), try Service.layout("family/2", waiting: "w4")]
      })
    let findings = service.findings([.queue], for: [.operation])
    #expect(findings.map(\.name) == ["tickets", "broken", "family/1", "family/2"].map { "\($0): people" })
    #expect(findings.map(\.verdict) == [.ok, .critical, .ok, .ok])
  }

  @Test("sample fifty queues of a family, and say that they left out the rest")
  func family() throws {
    let service = try Service()
    service.targets.queues = [
      CheckupTargets.QueueTarget("family") {
        try (1...52).map { try Service.layout("family/\($0)", waiting: "w\($0)") }
      }
    ]
    let findings = service.findings([.queue])
    #expect(findings.count { $0.check == "people" && $0.verdict == .ok } == 52)
    #expect(findings.count { $0.check == "sample" && $0.verdict == .ok } == 50)
    #expect(findings.last?.verdict == .skipped)
    #expect(findings.last?.reason == "the people of 2 more queues were not sampled")
    #expect(service.findings([.queue], for: [.operation]).count == 52)
  }
}

extension Service {
  /// The server's clock.
  func milliseconds() throws -> Int { (Int(try redis.command("TIME").array[0].string) ?? 0) * 1000 }
}
