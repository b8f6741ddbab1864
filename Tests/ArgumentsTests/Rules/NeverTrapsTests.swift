import Testing

@testable import Arguments

/// Whatever the words are, the parser comes to an end with a result or one usage error; what it promises of them holds.
@Suite("Any list of words ends in a result or a usage error")
struct NeverTrapsTests {
  /// A quarter of 200,000 where the parser is optimised; less where it isn't, so that nobody waits.
  #if DEBUG
    private static let rounds = 3000
  #else
    private static let rounds = 50_000
  #endif

  private static let promises = Promises(parser: Sample.parser)
  private static let vocabulary = Vocabulary(Sample.root).words

  /// Half of the lists begin with a command, so that chance gets to its options and operands.
  private static let starts: [[[UInt8]]] =
    [[], [], [], [], []]
    + [
      "queue admit", "outbox replay --topic=t", "index create", "shift",
      "cluster node disk check d --host=n:1 --size=1B",
    ].map { Sample.words($0).map(\.bytes) }

  private static func word(_ random: inout SeededRandom) -> [UInt8] {
    switch Int.random(in: 0..<10, using: &random) {
    case 0: (0..<Int.random(in: 0...8, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
    case 1, 2: (vocabulary.randomElement(using: &random) ?? []) + (vocabulary.randomElement(using: &random) ?? [])
    default: vocabulary.randomElement(using: &random) ?? []
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
      let width = Int.random(in: 40...100, using: &random)
      let (result, broken) = Self.promises.check(words, variable: variable, width: width)
      if let broken { Issue.record("\(words) with \(variable ?? []): \(broken)") }
      switch result {
      case .run: counts["run", default: 0] += 1
      case .help: counts["help", default: 0] += 1
      case .version: counts["version", default: 0] += 1
      case .failure(let error):
        counts["failure", default: 0] += 1
        if error.correction != nil { counts["correction", default: 0] += 1 }
      }
    }
    // Chance reaches every kind of result, or it proves nothing.
    #expect(counts.count == 5, "\(counts)")
  }

  @Test("a secret among whatever words is in nothing that is shown of a mistake")
  func secrets() {
    var random = SeededRandom(seed: 11)
    var failures = 0
    for _ in 0..<Self.rounds {
      let secret = "s3cr3t!Zq"
      let planted =
        [
          ["--password", secret], ["--password=\(secret)"], ["--pin", secret], ["--pin=\(secret)"],
          ["--pasword", secret], ["--passwort=\(secret)"], ["-password", secret], ["--password:\(secret)"],
          ["--password-file=\(secret)"],
        ].randomElement(using: &random) ?? []
      let start = Self.starts.randomElement(using: &random) ?? []
      let before = (0..<Int.random(in: 0...3, using: &random)).map { _ in Self.word(&random) }
      let after = (0..<Int.random(in: 0...3, using: &random)).map { _ in Self.word(&random) }
      // Behind the end of the options it is a word like any other.
      if before.contains("--".bytes) { continue }
      let words = start + before + planted.map(\.bytes) + after
      guard case .failure(let error) = Sample.parser.parse(words) else { continue }
      failures += 1
      let text = error.text(words: words, width: 100, isTerminal: true) + error.text(words: words)
      if text.contains("s3cr3t") { Issue.record("\(words.map { String(decoding: $0, as: UTF8.self) }): \(text)") }
    }
    #expect(failures > Self.rounds / 4)
  }

  @Test("every accepted value of every kind is printed and accepted again, whatever the word")
  func acceptedWords() {
    var random = SeededRandom(seed: 7)
    var accepted: [String: Int] = [:]
    func check<Value: Equatable>(_ kind: ValueKind<Value>, _ word: String) {
      let (isAccepted, broken) = Promises.check(kind, word)
      if let broken { Issue.record("\(kind.form.name) \(word.debugDescription): \(broken)") }
      if isAccepted { accepted[kind.form.name, default: 0] += 1 }
    }
    for _ in 0..<Self.rounds {
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
      check(.glob, word)
    }
    #expect(accepted.count == 12, "\(accepted)")
  }

  @Test(
    "what fuzzing found stays mended",
    arguments: [
      // A hint that repeated the word with what a terminal obeys.
      ["cluster", "node", "disk", "check", "--link", "\u{9B}31m"],
      ["cluster", "node", "disk", "check", "--link", "a\u{1B}]0;x\u{7}"],
      // Two parts of a duration that fit 128 bits, and whose sum does not.
      ["queue", "status", "--timeout", "280000000000000000000000w1900000000000000000000000d"],
      ["queue", "status", "--timeout", "280000000000000000000000w1900000000000000000000000d "],
      ["queue", "admit", "--since", "-280000000000000000000000w1900000000000000000000000d"],
    ])
  func findings(words: [String]) { #expect(Self.promises.check(words.map(\.bytes)).broken == nil) }

  @Test("long lists and long words take no long time and no stack")
  func size() {
    let many = ["index".bytes, "create".bytes] + [[UInt8]](repeating: "a".bytes, count: 200_000)
    guard case .run = Sample.parser.parse(many) else { return #expect(Bool(false)) }
    let bundle = "-".bytes + [UInt8](repeating: UInt8(ascii: "v"), count: 20_000)
    guard case .run(let invocation) = Sample.parser.parse(["queue".bytes, "status".bytes, bundle]) else {
      return #expect(Bool(false))
    }
    #expect(invocation.values[Sample.verbose] == 20_000)
    let repeated =
      ["outbox".bytes, "replay".bytes, "--topic=t".bytes] + [[UInt8]](repeating: "-i5".bytes, count: 50_000)
    guard case .run(let replay) = Sample.parser.parse(repeated) else { return #expect(Bool(false)) }
    #expect(replay.values[Sample.id].count == 50_000)
    let long = "--" + String(repeating: "x", count: 1_000_000)
    #expect(Sample.outcome(["queue", "admit", long]).count < 1000)
  }
}
