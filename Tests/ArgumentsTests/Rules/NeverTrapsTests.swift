import Testing

@testable import Arguments

/// Whatever the words are, the parser comes to an end with a result or one usage error.
@Suite("Any list of words ends in a result or a usage error")
struct NeverTrapsTests {
  /// A quarter of 200,000 where the parser is optimised; a fifth of that where it isn't, so that nobody waits.
  #if DEBUG
    private static let rounds = 10_000
  #else
    private static let rounds = 50_000
  #endif

  /// Pieces that mean something to the parser, alone and glued together.
  private static let pieces: [[UInt8]] =
    [
      "queue", "admit", "outbox", "replay", "index", "create", "shift", "help", "status", "-", "--", "---", "=", "-h",
      "--help",
      "--version", "-n", "-q", "-v", "-r", "-d", "-i", "-c", "-z", "--rate", "--delta", "--no-color", "--no-",
      "--status", "--topic", "--since",
      "--timeout", "--password", "--fill-to", "--reason", "5", "-5", "-1e3", "-1e999", "1_0", "_",
      "9223372036854775808", "-9223372036854775808",
      "7/s", "420/min", "0/s", "1h30m", "-15m", "99999999999w", "now", "@0", "@-9e9", "2025-02-30T00:00:00Z",
      "0000-01-01T00:00:00+23:59", "INIT,FAIL",
      ",", "", " ", "대기열", "👩‍👩‍👧", "\u{1112}\u{1161}\u{11AB}", "\u{202E}", "\u{0}", "é", "e\u{301}", "95%", "10K",
      "[::1]:0",
    ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0x2D, 0x2D, 0xFF], [0x2D, 0xF0, 0x9F]]

  /// Half of the lists begin with a command, so that chance gets to its options and operands.
  private static let starts: [[[UInt8]]] = [
    [], [], [], [], ["queue".bytes, "admit".bytes], ["outbox".bytes, "replay".bytes, "--topic=t".bytes],
    ["index".bytes, "create".bytes], ["shift".bytes],
  ]

  private static func word(_ random: inout SeededRandom) -> [UInt8] {
    switch Int.random(in: 0..<10, using: &random) {
    case 0: (0..<Int.random(in: 0...8, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
    case 1, 2: (pieces.randomElement(using: &random) ?? []) + (pieces.randomElement(using: &random) ?? [])
    default: pieces.randomElement(using: &random) ?? []
    }
  }

  @Test("lists of words made by chance from what the parser reads", arguments: 0..<4 as Range<UInt64>)
  func chance(part: UInt64) {
    var random = SeededRandom(seed: 42 + part)
    var counts: [String: Int] = [:]
    for _ in 0..<Self.rounds {
      let start = Self.starts.randomElement(using: &random) ?? []
      let words = start + (0..<Int.random(in: 0...6, using: &random)).map { _ in Self.word(&random) }
      let variable = Bool.random(using: &random) ? Self.word(&random) : nil
      switch Sample.parser.parse(words, environment: { _ in variable }) {
      case .run(let invocation):
        counts["run", default: 0] += 1
        _ = try? invocation.values[Sample.table]
      case .help: counts["help", default: 0] += 1
      case .version: counts["version", default: 0] += 1
      case .failure(let error):
        counts["failure", default: 0] += 1
        if error.message.isEmpty || error.message.utf8.contains(0x1B) {
          Issue.record("\(words) gives \(error.message)")
        }
      }
    }
    // Chance reaches every kind of result, or it proves nothing.
    #expect(counts.count == 4)
  }

  @Test("every accepted value of every kind is printed and accepted again, whatever the word")
  func acceptedWords() {
    var random = SeededRandom(seed: 7)
    var accepted = 0
    func check<Value: Equatable>(_ kind: ValueKind<Value>, _ word: String) {
      guard let value = try? kind.parse(word) else { return }
      accepted += 1
      #expect((try? kind.parse(kind.print(value))) == value, "\(kind.form.name) \(word)")
    }
    for _ in 0..<20_000 {
      let word = String(decoding: Self.word(&random), as: UTF8.self)
      check(.integer, word)
      check(.number, word)
      check(.duration, word)
      check(.byteCount, word)
      check(.rate, word)
      check(.instant, word)
      check(.percent, word)
      check(.hostPort, word)
      check(.offset, word)
      check(.uuid, word)
      check(.url, word)
    }
    #expect(accepted > 1000)
  }

  @Test("long lists and long words take no long time and no stack")
  func size() {
    let many = [Array("index".utf8), Array("create".utf8)] + [[UInt8]](repeating: Array("a".utf8), count: 200_000)
    guard case .run = Sample.parser.parse(many) else { return #expect(Bool(false)) }
    let bundle = Array("-".utf8) + [UInt8](repeating: UInt8(ascii: "v"), count: 20_000)
    guard case .run(let invocation) = Sample.parser.parse(["queue".bytes, "status".bytes, bundle]) else {
      return #expect(Bool(false))
    }
    #expect(invocation.values[Sample.verbose] == 20_000)
    let long = "--" + String(repeating: "x", count: 1_000_000)
    #expect(Sample.text(Sample.parser.parse(["queue", "admit", long])).count < 1000)
  }
}
