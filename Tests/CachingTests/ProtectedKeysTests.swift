import Failures
import Redis
import Testing
import Text

@testable import Caching

@Suite("Protected keys")
struct ProtectedKeysTests {
  static let protected = ProtectedKeys(
    keys: [
      .init("waiting_tokens", owner: "queue 'tickets'"), .init("active_tokens", owner: "queue 'tickets'"),
    ],
    families: [
      .init(prefix: "usher:", owner: "usher itself"),
      .init(template: "users:queue:{concert}:wait", owner: "queue 'concert'"),
    ])

  static func selection(keys: [String] = [], _ patterns: String...) -> KeySelection {
    KeySelection(keys: keys.map { Array($0.utf8) }, patterns: patterns.map { KeyGlob($0) })
  }

  static let owners: [(key: String, owner: String?)] = [
    ("waiting_tokens", "queue 'tickets'"), ("waiting_token", nil), ("waiting_tokens2", nil), ("", nil),
    ("usher:", "usher itself"), ("usher:operations", "usher itself"), ("usher", nil),
    ("users:queue:7:wait", "queue 'concert'"), ("users:queue:7:proceed", nil), ("users:7", nil),
    ("concertOption::1", nil),
  ]

  @Test("are known by exact bytes and by prefix", arguments: owners)
  func owner(_ row: (key: String, owner: String?)) {
    #expect(Array(row.key.utf8).withUnsafeBytes(Self.protected.owner(of:)) == row.owner)
  }

  static let conflicts: [(selection: KeySelection, key: String?)] = [
    (selection(keys: ["waiting_tokens"]), "waiting_tokens"),
    (selection(keys: ["concerts", "usher:operations"]), "usher:operations"),
    (selection(keys: ["users:queue:1:wait"]), "users:queue:1:wait"),
    (selection("*"), "waiting_tokens"),
    (selection("*_tokens"), "waiting_tokens"),
    (selection("active*"), "active_tokens"),
    (selection("concert*", "[w]aiting_token?"), "waiting_tokens"),
    (selection("usher:*"), nil),
    (selection("concertOption::*"), nil),
    (selection(keys: ["concerts::SimpleKey []"]), nil),
    (selection("waiting_tokens "), nil),
  ]

  @Test("conflict with a selection that names them, without a look at the database", arguments: conflicts)
  func conflict(_ row: (selection: KeySelection, key: String?)) {
    #expect(Self.protected.conflict(with: row.selection).map { ByteNotation.encode($0.key) } == row.key)
  }

  @Test("under a prefix are out of reach of most patterns")
  func reach() {
    #expect(Self.protected.reachable(by: Self.selection("concertOption::*")).isEmpty)
    #expect(Self.protected.reachable(by: Self.selection("usher:lock:*")).map(\.owner) == ["usher itself"])
    #expect(Self.protected.reachable(by: Self.selection("us*")).count == 2)
    #expect(Self.protected.reachable(by: Self.selection("concert*", "*:wait")).count == 2)
    #expect(Self.protected.reachable(by: Self.selection(keys: ["a"])).isEmpty)
  }

  static let templates: [(template: String, key: String, isIn: Bool)] = [
    ("users:queue:{concert}:wait", "users:queue:1:wait", true),
    ("users:queue:{concert}:wait", "users:queue:1:proceed", false),
    ("{concert}:wait:{user}", "7:wait:eve", true),
    ("{concert}:wait:{user}", "7:proceed:eve", false),
    ("active[1]*{token}", "active[1]*abc", true),
    ("active[1]*{token}", "active1abc", false),
    ("unclosed{token", "unclosed{token", true),
    ("plain", "plain", true),
    ("plain", "plain2", false),
  ]

  @Test("of a template hold anything in the place of a placeholder, and the rest literally", arguments: templates)
  func template(_ row: (template: String, key: String, isIn: Bool)) {
    let family = ProtectedKeys.Family(template: row.template, owner: "queue")
    #expect(family.shape.matches(Array(row.key.utf8)) == row.isIn)
  }

  @Test("are named in the refusal, with their owner and the pattern")
  func refusal() throws {
    let byPattern = try #require(Self.protected.conflict(with: Self.selection("*_tokens"))).failure
    #expect(byPattern.kind == .refused)
    #expect(
      byPattern.message == "refused: the pattern '*_tokens' touches the key 'waiting_tokens' of queue 'tickets'")
    let byName = try #require(Self.protected.conflict(with: Self.selection(keys: ["usher:operations"]))).failure
    #expect(byName.kind == .refused)
    #expect(byName.message == "refused: the key 'usher:operations' belongs to usher itself")
  }

  @Test("make a configured cache that covers a queue's key a conflict too")
  func cacheOverQueue() throws {
    let cache = try CacheDefinition(name: "tokens", prefixes: ["waiting_"])
    #expect(Self.protected.conflict(with: KeySelection(caches: [cache])) != nil)
  }
}

@Suite("A key selection")
struct KeySelectionTests {
  @Test("of caches promises warming as the way back only when every one can be warmed")
  func undoPromise() throws {
    let warming = CacheWarming(query: "SELECT 1", timeToLive: nil)
    let concerts = try CacheDefinition(name: "concerts", keys: ["c"], warming: warming)
    let options = try CacheDefinition(name: "options", prefixes: ["o:"], warming: warming)
    let seats = try CacheDefinition(name: "seats", prefixes: ["s:"])
    #expect(
      KeySelection(caches: [concerts, options]).undoPromise == .by(command: "usher cache warm concerts options"))
    let refill = "the service refills its caches at the next read"
    #expect(KeySelection(caches: [concerts, seats]).undoPromise == .none(reason: refill))
    #expect(KeySelection(keys: [[1]]).undoPromise == .none(reason: refill))
  }

  @Test("lets the server filter when it has one pattern, and filters itself when it has more")
  func serverPattern() {
    #expect(KeySelection(patterns: [KeyGlob("a*"), KeyGlob("a*")]).serverPattern == KeyGlob("a*"))
    #expect(KeySelection(patterns: [KeyGlob("a*"), KeyGlob("b*")]).serverPattern == nil)
    #expect(KeySelection(keys: [[1]]).serverPattern == nil)
  }
}
