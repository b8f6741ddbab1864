import Caching
import Failures
import Redis
import Support
import Testing

@testable import Health

@Suite("The probe of the caches")
struct CacheProbeTests {
  static let cases = [
    ProbeCase("entries", "dates: keys", .ok, "3 keys"), ProbeCase("no entry", "list: keys", .ok, "0 keys"),
    ProbeCase("a user who may not walk", "dates: keys", .unknown, "does not allow SCAN to this user") {
      try $0.useRedis(without: "scan")
    },
    ProbeCase("a definition that is wrong", "list: keys", .critical, "a cache needs a key") {
      $0.targets.caches = CheckupTargets.CacheTargets(["dates", "list"]) {
        throw Failure(.configuration, "a cache needs a key")
      }
    },
  ]

  @Test("judges what it finds", arguments: cases)
  func judge(example: ProbeCase) throws {
    try example.check(.cache, Service())
  }
}
