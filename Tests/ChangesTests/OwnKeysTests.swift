import Glibc
import Redis
import Support
import Synchronization
import Testing

@testable import Changes

@Suite("The names of usher's own keys")
struct OwnKeysTests {
  static let id = OperationID(OperationID.example)!

  @Test(
    "carry the service's key as their hash tag, or its own tag and then the key",
    arguments: [
      ("waiting_tokens", "usher:{waiting_tokens}:lock"),
      ("users:queue:7:wait", "usher:{users:queue:7:wait}:lock"),
      ("queue:{42}:wait", "usher:{42}:queue:{42}:wait:lock"),
      ("{q}", "usher:{q}:{q}:lock"),
      ("a{}b", "usher:{a{}b}:lock"),
      ("a{b", "usher:{a{b}:lock"),
      ("대기열 1", "usher:{대기열 1}:lock"),
    ])
  func names(key: String, lock: String) { #expect(OwnKeys(beside: key).lock == lock) }

  private static let port = Mutex(20_000 + Int(getpid()) % 20_000)

  @Test(
    "lie in the hash slot of the service's key",
    arguments: ["waiting_tokens", "queue:{42}:wait", "{q}", "a{b", "대기열 1"])
  func slots(key: String) throws {
    // Two nodes on one machine must share neither the file in which they keep their cluster nor its port.
    let port = Self.port.withLock { port in
      port += 1
      return port
    }
    let server = try TestRedis.make(settings: [
      "--cluster-enabled yes", "--cluster-config-file nodes-\(port).conf", "--cluster-port \(port)",
    ])
    let redis = try server.connect()
    func slot(_ name: String) throws -> Int {
      try redis.command("CLUSTER", "KEYSLOT", RedisArgument(name)).integer
    }
    let keys = OwnKeys(beside: key)
    for name in [
      keys.lock, keys.lockQueue, keys.operation(Self.id), keys.beforeImages(Self.id) + ":1", keys.heartbeat(Self.id),
      keys.name("parked"),
    ] {
      #expect(try slot(name) == slot(key), "\(name)")
    }
  }

  @Test("two queues with one hash tag have names of their own")
  func sharedTag() {
    #expect(OwnKeys(beside: "{7}:wait").lock != OwnKeys(beside: "{7}:vip").lock)
  }
}
