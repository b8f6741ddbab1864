import Testing

@testable import Arguments

@Suite("Bytes: rule 9")
struct BytesTests {
  private static let badWords: [([[UInt8]], String)] = [
    (["queue".bytes, [0x61, 0xFF, 0x1B]], #"the word 'a\xff\x1b' is not valid UTF-8"#),
    (["queue".bytes, "admit".bytes, "--reason".bytes, [0xC3, 0x28]], #"the word '\xc3(' is not valid UTF-8"#),
    (["--context=".bytes + [0x80]], #"the word '--context=\x80' is not valid UTF-8"#),
    (["--password=hunter2".bytes + [0x80]], "the value of --password is not valid UTF-8"),
    (["--pasword=hunter2".bytes + [0x80]], "the value of --pasword is not valid UTF-8"),
    (["-password=hunter2".bytes + [0x80]], "the value of -password is not valid UTF-8"),
    (["--password".bytes, [0x80]], "the value of --password is not valid UTF-8"),
    (["--password:hunter2".bytes + [0x80]], "the value of --password is not valid UTF-8"),
    (["--pass".bytes + [0x80] + "word=hunter2".bytes], #"the word '--pass\x80word' is not valid UTF-8"#),
    (["-q".bytes + [0x80]], #"the word '-q\x80' is not valid UTF-8"#),
    (["-".bytes + [0x80]], #"the word '-\x80' is not valid UTF-8"#),
    (["--".bytes, "--password=x".bytes + [0x80]], #"the word '--password=x\x80' is not valid UTF-8"#),
    (
      [[UInt8](repeating: 0xFF, count: 300)], "the word '\(String(repeating: "\\xff", count: 200))…' is not valid UTF-8"
    ),
  ]

  @Test("rule 9: bytes that are not valid UTF-8 are refused, escaped", arguments: badWords)
  func badBytes(words: [[UInt8]], message: String) {
    #expect(Sample.text(Sample.parser.parse(words)) == message)
  }

  @Test("rule 9: the mark begins at the first bad byte, whether the value is attached or not")
  func marks() throws {
    for words in [["--reason".bytes, "ab".bytes + [0xFF]], ["--reason=ab".bytes + [0xFF]]] {
      let line = ["queue".bytes, "admit".bytes] + words
      guard case .failure(let error) = Sample.parser.parse(line) else { throw Sample.Unexpected() }
      let last = line.count - 1
      #expect(error.marks == [Mark(word: last, bytes: (line[last].count - 1)..<line[last].count)])
    }
  }

  @Test(
    "rule 9: every way of not being UTF-8 is refused at its first byte",
    arguments: [
      ([0x80], 0),
      ([0x61, 0xC0, 0xAF], 1),
      ([0xE0, 0x80, 0x80], 0),
      ([0xED, 0xA0, 0x80], 0),
      ([0xF5, 0x80], 0),
      ([0xEA, 0xB0, 0x80, 0xEA, 0xB0], 3),
      ([0xF0, 0x9F, 0x91], 0),
      ([0x61, 0x62], 2),
      ([], 0),
    ] as [([UInt8], Int)])
  func firstInvalid(bytes: [UInt8], index: Int) {
    #expect(Word.firstInvalid(in: bytes) == index)
    #expect((Word.text(bytes) == nil) == (index < bytes.count))
  }

  @Test("rule 9: names compare by bytes, although Swift's == would call them equal")
  func canonicalEquivalence() {
    let kelvin = "\u{212A}"
    #expect(kelvin == "K")
    let short = Toggle("kilo", short: "K", help: "x")
    let choice = Option("unit", .choice(["K"]), help: "x")
    let parser = Parser(CommandSpecification("tool", summary: "x", options: [short, choice]))
    #expect(Sample.outcome(["-" + kelvin], of: parser) == "unknown option '-\(kelvin)'")
    #expect(
      Sample.outcome(["--unit", kelvin], of: parser)
        == "invalid value '\(kelvin)' for --unit: expected one of K; did you mean K?; try: tool --unit K")
    #expect(Sample.outcome(["-K", "--unit", "K"], of: parser) == ": --kilo true, --unit K")
  }

  @Test("rule 9: a precomposed and a decomposed name are two names")
  func decomposed() {
    let (precomposed, decomposed) = ("\u{D55C}", "\u{1112}\u{1161}\u{11AB}")
    #expect(precomposed == decomposed)
    let parser = Parser(
      CommandSpecification("tool", summary: "x", options: [Option("name", .choice([precomposed]), help: "x")]))
    #expect(Sample.outcome(["--name", precomposed], of: parser) == ": --name \(precomposed)")
    #expect(Sample.outcome(["--name", decomposed], of: parser).hasPrefix("invalid value"))
  }

  @Test("a word in a message cannot drive the terminal, and a pasted book is cut")
  func quoting() {
    #expect(Word.quoted("a\u{1B}[2J\u{202E}b") == #"'a\x1b[2J\u{202e}b'"#)
    #expect(Word.quoted("대기열 👩‍👩‍👧") == "'대기열 👩‍👩‍👧'")
    // A code point that isn't assigned is drawn in no known width.
    #expect(Word.quoted("a\u{378}\u{E000}") == "'a\u{378}\u{E000}'")
    #expect(Word.quoted(String(repeating: "x", count: 500)).count == 203)
  }
}
