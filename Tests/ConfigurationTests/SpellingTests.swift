import Testing

@testable import Configuration

/// YAML has many ways to write one thing; an operator may use any of them.
@Suite("A file in another spelling")
struct SpellingTests {
  static let plain = """
    current-context: sale
    contexts: { sale: { redis: "cache-1:6379", protected: true } }
    queues: { tickets: { preset: set-ttl, active-ttl: 300s, capacity: 2100 } }
    caches: { concerts: { key: "concerts::SimpleKey []" } }
    """

  static let spellings: [(name: String, text: String)] = [
    (
      "in blocks",
      """
      current-context: sale
      contexts:
        sale:
          redis: cache-1:6379
          protected: true
      queues:
        tickets:
          preset: set-ttl
          active-ttl: 300s
          capacity: 2100
      caches:
        concerts:
          key: concerts::SimpleKey []
      """
    ),
    (
      "in JSON",
      """
      {"current-context": "sale", "contexts": {"sale": {"redis": "cache-1:6379", "protected": "true"}},
       "queues": {"tickets": {"preset": "set-ttl", "active-ttl": "300s", "capacity": 2100}},
       "caches": {"concerts": {"key": "concerts::SimpleKey []"}}}
      """
    ),
    ("with the line ends of Windows", plain.replacing("\n", with: "\r\n")),
    ("with a byte order mark", "\u{FEFF}" + plain),
    (
      "with marks of a document and comments",
      "# of the shop\n---\n" + plain.replacing("\n", with: " # x\n") + "\n...\n"
    ),
    ("with other units", plain.replacing("300s", with: "5m").replacing("2100", with: "2_100")),
    ("in another order", plain.split(separator: "\n").reversed().joined(separator: "\n")),
  ]

  @Test("says the same", arguments: spellings)
  func same(name: String, text: String) throws {
    func values(_ text: String) throws -> [String] {
      try Fixture.load(text).resolve().entries.map { "\($0.name)=\($0.value ?? "-")" }
    }
    #expect(try values(text) == values(Self.plain))
  }
}

@Suite("Numbers and times at their bounds")
struct BoundTests {
  @Test(
    "are taken up to the bound, and refused beyond it with what was expected",
    arguments: [
      ("active-ttl: 1s", nil), ("active-ttl: 999ms", "a duration of at least 1s"), ("active-ttl: 0s", "at least 1s"),
      ("active-ttl: -5m", "at least 1s"), ("active-ttl: 52w", nil), ("active-ttl: forever", "a duration"),
      ("capacity: 1", nil), ("capacity: 0", "a whole number of at least 1"), ("capacity: -1", "at least 1"),
      ("capacity: 9223372036854775807", nil), ("capacity: 9223372036854775808", "a whole number"),
      ("capacity: 2.5", "a whole number"), ("capacity: 1e3", "a whole number"),
    ] as [(String, String?)])
  func bounds(member: String, expected: String?) {
    let problems = Fixture.problems("queues: { q: { preset: set-ttl, \(member) } }")
    #expect(problems.isEmpty == (expected == nil), "\(problems)")
    #expect(problems.allSatisfy { $0.hasPrefix("1:") && $0.contains("expected ") && $0.contains(expected ?? "") })
  }
}
