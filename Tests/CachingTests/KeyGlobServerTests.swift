import Redis
import Support
import Testing

@testable import Caching

@Suite("A key glob and the real server")
struct KeyGlobServerTests {
  /// Compares all keys that KEYS gives with all that the matcher gives, for every pattern.
  private func compare(keys: Set<[UInt8]>, patterns: [[UInt8]]) throws -> Int {
    let server = try TestRedis.make()
    let redis = try RedisConnection(try RedisTarget(server.url))
    for key in keys { try redis.append(["SET", RedisArgument(key), "x"]) }
    for _ in keys { _ = try redis.nextReply() }
    var matches = 0
    for pattern in patterns {
      let reply = try redis.command("KEYS", RedisArgument(pattern)).array
      let theirs = Set(try reply.map { try $0.bytes })
      let ours = keys.filter { KeyGlob(pattern).matches($0) }
      #expect(ours == theirs, "\(String(decoding: pattern, as: UTF8.self)) \(pattern)")
      matches += ours.count
    }
    return matches
  }

  @Test("agree over random patterns of every special character")
  func randomPatterns() throws {
    var random = SeededRandom(seed: 7)
    var keys: Set<[UInt8]> = [[]]
    while keys.count < 400 { keys.insert(random.bytes(from: "abc]-^*[\\?", upTo: 5)) }
    let patterns = (0..<4_000).map { _ in random.bytes(from: "abc**??[[]]^^--\\\\", upTo: 8) }
    let matches = try compare(keys: keys, patterns: patterns)
    #expect(matches > 1_000)
  }

  @Test("agree over bytes that are no text, zero among them")
  func randomBytes() throws {
    var random = SeededRandom(seed: 11)
    let alphabet: [UInt8] = [0x00, 0x01, 0x7F, 0x80, 0xEA, 0xFF, 0x5B, 0x5D, 0x2D, 0x2A, 0x5E]
    func word(_ length: Int) -> [UInt8] {
      (0..<Int.random(in: 0...length, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? 0 }
    }
    var keys: Set<[UInt8]> = []
    while keys.count < 300 { keys.insert(word(4)) }
    let matches = try compare(keys: keys, patterns: (0..<3_000).map { _ in word(7) })
    #expect(matches > 500)
  }

  @Test("agree over Korean keys and the keys of Spring")
  func realKeys() throws {
    let keys = [
      "concerts::SimpleKey []", "concertOption::1", "concertOption::22", "concertOption::", "콘서트::서울", "콘서트::부산",
      "waiting_tokens", "users:queue:1:wait", "usher:operations",
    ]
    let patterns =
      keys + [
        "concert*", "concertOption::?", "concerts::SimpleKey \\[\\]", "*[]*", "콘서트::*", "콘서트::???", "*queue*", "[uw]*",
        "*SimpleKey*", "*\\]", "[^c]*",
      ]
    let matches = try compare(keys: Set(keys.map { Array($0.utf8) }), patterns: patterns.map { Array($0.utf8) })
    #expect(matches > 10)
  }

  @Test("agree on every prefix taken literally")
  func literalPrefixes() throws {
    var random = SeededRandom(seed: 13)
    var keys: Set<[UInt8]> = []
    while keys.count < 300 { keys.insert(random.bytes(from: "ab[]*?\\^-", upTo: 6)) }
    let prefixes = keys.prefix(150).filter { !$0.isEmpty }
    let matches = try compare(keys: keys, patterns: prefixes.map { KeyGlob(keysBeginningWith: $0).source })
    #expect(matches >= prefixes.count)
  }
}
