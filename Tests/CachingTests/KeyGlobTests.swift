import Redis
import Support
import Testing

@testable import Caching

/// One row of the matcher's table.
struct GlobCase: Sendable, CustomTestStringConvertible {
  let pattern: String
  let matching: [String]
  let failing: [String]

  init(_ pattern: String, matches matching: [String] = [], fails failing: [String] = []) {
    self.pattern = pattern
    self.matching = matching
    self.failing = failing
  }

  var testDescription: String { pattern }
}

@Suite("A key glob")
struct KeyGlobTests {
  static let rules: [GlobCase] = [
    GlobCase("h?llo", matches: ["hello", "hxllo"], fails: ["hllo", "heello"]),
    GlobCase("h*llo", matches: ["hllo", "heeeello"], fails: ["hell"]),
    GlobCase("h[ae]llo", matches: ["hello", "hallo"], fails: ["hillo"]),
    GlobCase("h[^e]llo", matches: ["hallo", "hbllo"], fails: ["hello"]),
    GlobCase("h[a-b]llo", matches: ["hallo", "hbllo"], fails: ["hcllo"]),
    GlobCase("h[b-a]llo", matches: ["hallo", "hbllo"], fails: ["hcllo"]),
    GlobCase("*", matches: ["", "x", "a b"]),
    GlobCase("**", matches: ["x"], fails: [""]),
    GlobCase("", matches: [""], fails: ["x"]),
    GlobCase("a*", matches: ["a", "ab"], fails: ["", "ba"]),
    GlobCase("*a*b*c", matches: ["abc", "xaxbxc", "abcabc"], fails: ["acb", "abcd"]),
    GlobCase("*:5", matches: ["concert:5", ":5", ":5:5"], fails: ["concert:55"]),
    GlobCase("\\*", matches: ["*"], fails: ["a", "\\*"]),
    GlobCase("a\\", matches: ["a\\"], fails: ["a"]),
    GlobCase("concertOption::*", matches: ["concertOption::1", "concertOption::"], fails: ["concertOption:1"]),
    GlobCase("concert::서울*", matches: ["concert::서울 콘서트"], fails: ["concert::부산"]),
  ]

  @Test("reads stars, question marks, classes and escapes", arguments: rules)
  func rule(_ row: GlobCase) {
    for key in row.matching { #expect(KeyGlob(row.pattern).matches(Array(key.utf8)), "\(key)") }
    for key in row.failing { #expect(!KeyGlob(row.pattern).matches(Array(key.utf8)), "\(key)") }
  }

  static let corners: [GlobCase] = [
    GlobCase("[a", matches: ["a"], fails: ["b", "[a", ""]),
    GlobCase("[", fails: ["[", "a", ""]),
    GlobCase("[^", matches: ["a", "["], fails: ["", "ab"]),
    GlobCase("[^]", matches: ["a", "]"], fails: [""]),
    GlobCase("[]", fails: ["]", "", "a"]),
    GlobCase("[]a]", fails: ["a]", "]", "a"]),
    GlobCase("[a-]", matches: ["]", "^", "_", "`", "a"], fails: ["-", "b"]),
    GlobCase("[-a]", matches: ["-", "a"], fails: ["b"]),
    GlobCase("[\\]]", matches: ["]"], fails: ["\\", "\\]"]),
    GlobCase("[\\a-c]", matches: ["a", "-", "c"], fails: ["b"]),
    GlobCase("[a\\", matches: ["a", "\\"], fails: ["b"]),
    GlobCase("[*]", matches: ["*"], fails: ["a"]),
    GlobCase("[?]x", matches: ["?x"], fails: ["ax"]),
  ]

  @Test("keeps the server's odd corners", arguments: corners)
  func corner(_ row: GlobCase) {
    for key in row.matching { #expect(KeyGlob(row.pattern).matches(Array(key.utf8)), "\(key)") }
    for key in row.failing { #expect(!KeyGlob(row.pattern).matches(Array(key.utf8)), "\(key)") }
  }

  @Test("counts bytes, so one Korean syllable is three question marks")
  func koreanBytes() {
    #expect(!KeyGlob("서?").matches(Array("서울".utf8)))
    #expect(KeyGlob("서???").matches(Array("서울".utf8)))
  }

  @Test("matches bytes that are no text at all")
  func bytesThatAreNoText() {
    #expect(KeyGlob([0xFF, UInt8(ascii: "*")]).matches([0xFF, 0x00, 0xFE]))
    #expect(KeyGlob("*\0?").matches([0x41, 0x00, 0xFE]))
    #expect(!KeyGlob("*\0?").matches([0x41, 0x00]))
  }

  @Test("compares the ends of a range as signed bytes")
  func signedRange() {
    let glob = KeyGlob([UInt8(ascii: "["), 0x01, UInt8(ascii: "-"), 0xFE, UInt8(ascii: "]")])
    #expect(glob.matches([0x00]))
    #expect(glob.matches([0xFF]))
    #expect(!glob.matches([0x80]))
    #expect(!glob.matches([0x02]))
  }

  static let literals = [
    "concertOption::", "concerts::SimpleKey []", "a*b", "[^x-y]", "back\\slash", "what?", "콘서트::", "-", "", "*",
  ]

  @Test("made from a prefix takes every character literally", arguments: literals)
  func prefix(_ prefix: String) {
    let glob = KeyGlob(keysBeginningWith: Array(prefix.utf8))
    #expect(glob.matches(Array("\(prefix)1".utf8)))
    #expect(glob.matches(Array("\(prefix)*[]\\".utf8)))
    #expect(glob.matches(Array(prefix.utf8)))
    if !prefix.isEmpty { #expect(!glob.matches(Array("x\(prefix)".utf8))) }
  }

  @Test("of the Spring key's own name does not match that key, which is why exact keys exist")
  func springKey() {
    let key = "concerts::SimpleKey []"
    #expect(!KeyGlob(key).matches(Array(key.utf8)))
    #expect(KeyGlob(RedisGlob.escaped(Array(key.utf8))).matches(Array(key.utf8)))
  }

  @Test("answers an adversarial pattern without going back more than one star")
  func adversarialPattern() {
    let pattern = String(repeating: "a*", count: 40) + "b"
    #expect(!KeyGlob(pattern).matches(Array(repeating: UInt8(ascii: "a"), count: 4_000)))
  }

  @Test("knows when it names the whole keyspace", arguments: [("*", true), ("***", true), ("*a", false), ("", false)])
  func everyKey(_ pattern: String, _ expected: Bool) {
    #expect(KeyGlob(pattern).matchesEveryKey == expected)
  }
}

@Suite("A key glob over a prefix")
struct KeyGlobPrefixTests {
  static let table: [(pattern: String, prefix: String, could: Bool)] = [
    ("*", "usher:", true),
    ("usher:*", "usher:", true),
    ("ush*", "usher:", true),
    ("usher:operation:1", "usher:", true),
    ("u[a-z]her:?", "usher:", true),
    ("??????", "usher:", true),
    ("?????", "usher:", false),
    ("*:lock", "usher:", true),
    ("*s*h*", "usher:", true),
    ("concertOption::*", "usher:", false),
    ("usher", "usher:", false),
    ("usher:*[]", "usher:", false),
    ("[^u]*", "usher:", false),
    ("", "usher:", false),
    ("", "", true),
    ("a", "", true),
    ("[]", "", false),
    ("users:queue:*", "users:queue:", true),
    ("users:*:wait", "users:queue:", true),
    ("users:q", "users:queue:", false),
  ]

  @Test("is alive exactly when a longer key could match", arguments: table)
  func alive(_ row: (pattern: String, prefix: String, could: Bool)) {
    #expect(KeyGlob(row.pattern).couldMatch(keysBeginningWith: Array(row.prefix.utf8)) == row.could)
  }

  @Test("is alive whenever a key with that prefix matches, over random patterns and keys")
  func aliveForEveryMatch() {
    var random = SeededRandom(seed: 20)
    var matches = 0
    for _ in 0..<40_000 {
      let glob = KeyGlob(random.bytes(from: "ab*?[]^-\\", upTo: 7))
      let key = random.bytes(from: "ab]", upTo: 6)
      guard glob.matches(key), !key.isEmpty else { continue }
      matches += 1
      for length in 0...key.count {
        #expect(glob.couldMatch(keysBeginningWith: Array(key.prefix(length))), "\(glob.source) \(key)")
      }
    }
    #expect(matches > 500)
  }
}
