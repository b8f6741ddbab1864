import Failures
import Support
import Testing

@testable import Caching

@Suite("A cache definition")
struct CacheDefinitionTests {
  @Test("takes keys and prefixes literally, and matches as globs")
  func kinds() throws {
    let cache = try CacheDefinition(
      name: "all", keys: ["concerts::SimpleKey []"], prefixes: ["a*b:"], matches: ["seat:[12]:*"])
    #expect(cache.keys == [Array("concerts::SimpleKey []".utf8)])
    let selection = KeySelection(caches: [cache])
    func matched(_ key: String) -> Bool { Array(key.utf8).withUnsafeBytes(selection.patternsMatch) }
    #expect(matched("a*b:1"))
    #expect(!matched("axb:1"))
    #expect(matched("seat:2:5"))
    #expect(!matched("seat:3:5"))
    #expect(!matched("concerts::SimpleKey []"))
  }

  @Test("names each key and pattern once")
  func repetitions() throws {
    let cache = try CacheDefinition(
      name: "twice", keys: ["a", "b", "a"], prefixes: ["p:", "p:"], matches: ["p:*", "q"])
    #expect(cache.keys == [Array("a".utf8), Array("b".utf8)])
    #expect(cache.patterns.map(\.source) == [Array("p:*".utf8), Array("q".utf8)])
  }

  @Test("that names nothing is a configuration error")
  func nothing() {
    #expect(throws: Failure.self) { try CacheDefinition(name: "empty") }
  }

  static let everything: [(prefixes: [String], matches: [String])] = [
    ([""], []), ([], ["*"]), ([], ["***"]), ([], [""]), (["a"], ["*"]),
  ]

  @Test("that covers every key, or has an empty pattern, is a configuration error", arguments: everything)
  func everyKey(_ row: (prefixes: [String], matches: [String])) {
    let failure = #expect(throws: Failure.self) {
      try CacheDefinition(name: "greedy", prefixes: row.prefixes, matches: row.matches)
    }
    #expect(failure?.kind == .configuration)
    #expect(failure?.message.contains("greedy") == true)
  }
}

@Suite("The configured caches")
struct CacheNamesTests {
  let names: CacheNames

  init() throws {
    names = CacheNames(
      try ["concerts", "concertOption", "seats"].map { try CacheDefinition(name: $0, keys: ["\($0)-key"]) })
  }

  @Test("are found in the order asked, each once")
  func found() throws {
    #expect(try names.find(["seats", "concerts", "seats"]).map(\.name) == ["seats", "concerts"])
  }

  static let misspelt = [
    ("concert", "concerts"), ("concertoption", "concertOption"), ("seat", "seats"), ("conzertOptoin", "concertOption"),
  ]

  @Test("refuse an unknown name with the nearest one and the whole list", arguments: misspelt)
  func suggestion(_ typed: String, _ meant: String) {
    let failure = #expect(throws: Failure.self) { try names.find(["seats", typed]) }
    #expect(failure?.kind == .usage)
    #expect(failure?.message == "unknown cache '\(typed)'")
    #expect(
      failure?.hints == ["did you mean '\(meant)'?", "configured caches: concerts, concertOption, seats"])
  }

  @Test("suggest nothing where nothing is near", arguments: ["waiting", "x", "", "좌석"])
  func noSuggestion(_ typed: String) {
    let failure = #expect(throws: Failure.self) { try names.find([typed]) }
    #expect(failure?.hints == ["configured caches: concerts, concertOption, seats"])
  }

  @Test("say where to describe caches when there are none")
  func none() {
    let failure = #expect(throws: Failure.self) { try CacheNames([]).find(["concerts"]) }
    #expect(failure?.hints.first?.contains("caches:") == true)
  }
}

@Suite("A count judged from a sample")
struct CountEstimateTests {
  @Test("is exact when everything was read")
  func exact() {
    let estimate = CountEstimate(matching: 12, read: 100, total: 100)
    #expect(estimate.isExact)
    #expect(estimate.count == 12)
    #expect(CountEstimate(matching: 0, read: 0, total: 0).isExact)
    #expect(CountEstimate(exactly: 5).adding(2) == CountEstimate(exactly: 7))
  }

  static let samples: [(matching: Int, read: Int, total: Int)] = [
    (0, 10_000, 2_000_000), (5_000, 10_000, 2_000_000), (10_000, 10_000, 2_000_000), (1, 10_000, 2_000_000),
    (9_999, 10_000, 10_001), (3, 10, 11), (0, 1, 2), (1, 1, 1_000_000_000),
  ]

  @Test("lies in its range, which holds what was seen and leaves room for what was not", arguments: samples)
  func range(_ row: (matching: Int, read: Int, total: Int)) {
    let estimate = CountEstimate(matching: row.matching, read: row.read, total: row.total)
    #expect(estimate.range.contains(estimate.count))
    #expect(estimate.range.lowerBound >= row.matching)
    #expect(estimate.range.upperBound <= row.total - (row.read - row.matching))
    #expect(!estimate.isExact)
  }

  @Test("misses the truth at most once in ten draws of twenty, over a seeded draw")
  func coverage() {
    var random = SeededRandom(seed: 3)
    var misses = 0
    for _ in 0..<200 {
      let total = 100_000
      let truth = Int.random(in: 0...total, using: &random)
      var matching = 0
      for _ in 0..<2_000 where Int.random(in: 0..<total, using: &random) < truth { matching += 1 }
      if !CountEstimate(matching: matching, read: 2_000, total: total).range.contains(truth) { misses += 1 }
    }
    #expect(misses < 20)
  }
}
