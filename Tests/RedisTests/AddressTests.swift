import Failures
import Redis
import Support
import Testing

@Suite("an address of Redis")
struct AddressTests {
  @Test(
    "is read in every form that tools give out",
    arguments: [
      ("redis://cache-1:6379/0", RedisTarget(endpoint: .tcp(host: "cache-1", port: 6379))),
      ("redis://cache-1", RedisTarget(endpoint: .tcp(host: "cache-1", port: 6379))),
      ("redis://cache-1:7000/3", RedisTarget(endpoint: .tcp(host: "cache-1", port: 7000), database: 3)),
      ("REDIS://cache-1/2", RedisTarget(endpoint: .tcp(host: "cache-1", port: 6379), database: 2)),
      ("valkey://cache-1?db=4", RedisTarget(endpoint: .tcp(host: "cache-1", port: 6379), database: 4)),
      ("redis://", RedisTarget(endpoint: .tcp(host: "localhost", port: 6379))),
      ("redis:///5", RedisTarget(endpoint: .tcp(host: "localhost", port: 6379), database: 5)),
      ("cache-1:7000", RedisTarget(endpoint: .tcp(host: "cache-1", port: 7000))),
      ("cache-1", RedisTarget(endpoint: .tcp(host: "cache-1", port: 6379))),
      (" cache-1:7000/1\n", RedisTarget(endpoint: .tcp(host: "cache-1", port: 7000), database: 1)),
      ("redis://[::1]:7000/1", RedisTarget(endpoint: .tcp(host: "::1", port: 7000), database: 1)),
      ("redis://[fe80::1]", RedisTarget(endpoint: .tcp(host: "fe80::1", port: 6379))),
      ("redis://cache-1/0?timeout=5s&protocol=3", RedisTarget(endpoint: .tcp(host: "cache-1", port: 6379))),
      ("/run/redis.sock", RedisTarget(socket: "/run/redis.sock")),
      ("/run/redis.sock?db=2", RedisTarget(socket: "/run/redis.sock", database: 2)),
      ("unix:///run/redis.sock?db=1", RedisTarget(socket: "/run/redis.sock", database: 1)),
      ("redis+unix:///run/redis.sock", RedisTarget(socket: "/run/redis.sock")),
      ("redis-socket:///run/redis.sock?database=7", RedisTarget(socket: "/run/redis.sock", database: 7)),
      ("unix:///run/my%20redis.sock", RedisTarget(socket: "/run/my redis.sock")),
      ("/run/my%20redis.sock", RedisTarget(socket: "/run/my%20redis.sock")),
      ("redis+socket:///run/%EC%A2%8C%EC%84%9D.sock?db=3", RedisTarget(socket: "/run/좌석.sock", database: 3)),
      ("tcp://cache-1:1", RedisTarget(endpoint: .tcp(host: "cache-1", port: 1))),
      ("redis+tcp://cache-1:65535", RedisTarget(endpoint: .tcp(host: "cache-1", port: 65_535))),
      ("redis://cache%2D1:7000", RedisTarget(endpoint: .tcp(host: "cache-1", port: 7000))),
      ("redis://cache-1/2?db=9", RedisTarget(endpoint: .tcp(host: "cache-1", port: 6379), database: 2)),
      ("redis://[fe80::1%25eth0]:7000/", RedisTarget(endpoint: .tcp(host: "fe80::1%25eth0", port: 7000))),
    ])
  func forms(address: String, expected: RedisTarget) throws {
    #expect(try RedisTarget(address) == expected)
  }

  @Test(
    "gives user and password, percent-decoded, whatever characters they hold",
    arguments: [
      ("redis://:secret@h", nil, "secret"),
      ("redis://kim:secret@h", "kim", "secret"),
      ("redis://kim@h", "kim", nil),
      ("redis://kim:@h", "kim", ""),
      ("redis://kim:a%40b%3Ac%2Fd%25@h:1/0", "kim", "a@b:c/d%"),
      ("redis://kim:a@b/c?d:e@h:1/0", "kim", "a@b/c?d:e"),
      ("redis://%EA%B9%80:%EB%B9%84%EB%B0%80@h", "김", "비밀"),
      ("unix://kim:secret@/run/redis.sock?db=1", "kim", "secret"),
    ] as [(String, String?, String?)])
  func credentials(address: String, user: String?, password: String?) throws {
    let target = try RedisTarget(address)
    #expect((target.user, target.password) == (user, password))
  }

  @Test(
    "shows where it leads and never a secret",
    arguments: [
      ("redis://kim:secret@cache-1:7000/2", "cache-1:7000/2"), ("redis://:secret@[::1]", "[::1]:6379"),
      ("unix://kim:secret@/run/redis.sock?db=1", "/run/redis.sock?db=1"), ("/run/redis.sock", "/run/redis.sock"),
    ])
  func description(address: String, shown: String) throws {
    #expect("\(try RedisTarget(address))" == shown)
  }

  @Test(
    "that is wrong is refused as configuration, without repeating what could be a secret",
    arguments: [
      ("", "is empty"), ("redis://:secret@h:port", "a port that is not a number"), ("redis://:secret@h:0", "port"),
      ("redis://:secret@h:65536", "port"), ("redis://:secret@h:+1", "port"), ("redis://:secret@h/first", "database"),
      ("redis://:secret@h/-1", "database"), ("redis://:secret@h?db=", "database"), ("redis://::1", "brackets"),
      ("redis://:secret@[::1", "closing"), ("redis://:secret@[::1]x", "after ]"), ("redis://:secret%4@h", "password"),
      ("redis://:%FF@h", "password"), ("redis://:secret@h%00.other", "host"), ("unix:///run/x%00y", "path"),
      ("h\u{0}.other", "NUL"), ("redis://:secret@h:6379:1", "brackets"), ("redis://:secret@h?dbx=1", "'dbx'"),
      ("unix://run/redis.sock", "absolute"),
      ("http://:secret@h", "'http://'"), ("redis-sentinel://:secret@h", "'redis-sentinel://'"),
    ])
  func refusals(address: String, part: String) throws {
    let failure = try #require(throws: RedisError.self) { try RedisTarget(address) }.failure
    #expect(failure.kind == .configuration)
    #expect(failure.message.contains(part), "\(failure.message)")
    #expect(!"\(failure)".contains("secret"))
  }

  @Test(
    "that asks for TLS is refused with the way around", arguments: ["rediss://h:6380", "redis+tls://h", "valkeys://h"])
  func tls(address: String) throws {
    let failure = try #require(throws: RedisError.self) { try RedisTarget(address) }.failure
    #expect(failure.message.contains("TLS"))
    #expect(failure.hints.contains { $0.contains("stunnel") })
  }
}

@Suite("any text as an address")
struct AnyAddressTests {
  @Test("is a target or an error that shows no password, and never a trap")
  func random() {
    var generator = SeededRandom(seed: 7)
    let pieces = [
      "redis://", "unix://", "/", ":", "@", "[", "]", "?", "db=", "&", "%", "%41", "%zz", "김", "9", "h", " ", "\u{0}",
    ]
    for _ in 0..<5000 {
      let text = (0..<Int.random(in: 0...12, using: &generator)).map { _ in pieces.randomElement(using: &generator)! }
        .joined()
      do {
        let target = try RedisTarget(text)
        #expect(target.database >= 0)
        if let password = target.password, password.count > 3 { #expect(!target.description.contains(password)) }
      } catch {
        #expect(error.failure.kind == .configuration)
      }
    }
  }

  @Test("that a target describes leads to the same place again")
  func roundTrip() throws {
    for address in ["h:1/2", "[::1]:7000", "[::1]:7000/3", "/run/redis.sock", "/run/redis.sock?db=4"] {
      #expect("\(try RedisTarget(address))" == address)
    }
  }
}
