import Testing
import Text

@testable import Arguments

@Suite("The command line shown again")
struct EchoTests {
  @Test(
    "signs stand under the columns of wide characters, marks, emoji and right-to-left text",
    arguments: [
      (["대기열"], "tool 대기열", "     ^^^^^^"),
      (["queue", "admit", "열"], "tool queue admit 열", "                 ^^"),
      (
        ["queue", "admit", "-q", "\u{1112}\u{1161}\u{11AB}x"], "tool queue admit -q \u{1112}\u{1161}\u{11AB}x",
        "                    ^^^"
      ),
      (["queue", "admit", "e\u{301}"], "tool queue admit e\u{301}", "                 ^"),
      (["queue", "admit", "👩‍👩‍👧"], "tool queue admit 👩‍👩‍👧", "                 ^^"),
      (["queue", "admit", "🇰🇷", "1"], "tool queue admit 🇰🇷 1", "                 ^^"),
      (["queue", "admit", "👍🏽"], "tool queue admit 👍🏽", "                 ^^"),
      (["queue", "admit", "❤️"], "tool queue admit ❤️", "                 ^^"),
      (["queue", "admit", "תור"], "tool queue admit תור", "                 ^^^"),
      (
        ["queue", "admit", "--reason", "대기열", "--rate", "빨리"], "tool queue admit --reason 대기열 --rate 빨리",
        "                                        ^^^^"
      ),
      (
        ["outbox", "replay", "--status", "대기,INIT"], "tool outbox replay --status 대기,INIT",
        "                            ^^^^"
      ),
    ])
  func columns(words: [String], line: String, marks: String) throws {
    #expect(try MarksTests.echo(words) == [line, marks])
  }

  @Test(
    "words stand as they can be typed: quoted where a shell needs it, controls escaped, and marked with their quotes",
    arguments: [
      (["queue", "admit", "too many"], "tool queue admit 'too many'", "                 ^^^^^^^^^^"),
      (
        ["queue", "admit", "--reason", "it's", "x"], #"tool queue admit --reason 'it'\''s' x"#,
        "                                    ^"
      ),
      (["queue", "admit", "it's"], #"tool queue admit 'it'\''s'"#, "                 ^^^^^^^^^"),
      (["queue", "admit", ""], "tool queue admit ''", "                 ^"),
      (["queue", "admit", "a\tb"], #"tool queue admit $'a\tb'"#, "                 ^^^^^^^"),
      (["queue", "admit", "\u{1B}[2J"], #"tool queue admit $'\x1b[2J'"#, "                 ^^^^^^^^^^"),
      (["queue", "admit", "--rate=a b"], "tool queue admit '--rate=a b'", "                         ^^^"),
      (
        ["queue", "admit", "--reason", "a b", "-z"], "tool queue admit --reason 'a b' -z",
        "                                 ^"
      ),
      (["queue", "admit", "-z", "*"], "tool queue admit -z '*'", "                  ^"),
    ])
  func quoting(words: [String], line: String, marks: String) throws {
    #expect(try MarksTests.echo(words) == [line, marks])
  }

  @Test(
    "a secret is shown as three points, wherever it stands",
    arguments: [
      (["--password", "hunter2", "queue", "admt"], "tool --password ... queue admt", "                          ^^^^"),
      (["--password=hunter2", "queue", "admt"], "tool --password=... queue admt", "                          ^^^^"),
      (["queue", "admit", "--pin=12"], "tool queue admit --pin=...", "                       ^^^"),
      (["queue", "admit", "--pin", "12"], "tool queue admit --pin ...", "                       ^^^"),
      (["--password=", "queue", "admt"], "tool --password=... queue admt", "                          ^^^^"),
      (["--password=한 글", "queue", "admt"], "tool --password=... queue admt", "                          ^^^^"),
    ])
  func secrets(words: [String], line: String, marks: String) throws {
    #expect(try MarksTests.echo(words) == [line, marks])
  }

  private static let long = [
    "queue", "admit", "--reason", "one two three", "--since", "now", "--rate", "fast", "--delta", "1",
  ]

  @Test(
    "a line that is too long is cut around the mark, at whole words",
    arguments: [
      (80, "tool queue admit --reason 'one two three' --since now --rate fast --delta 1"),
      (60, "… 'one two three' --since now --rate fast --delta 1"),
      (40, "… --since now --rate fast --delta 1"),
      (20, "… --since now --rate fast --delta 1"),
    ])
  func cut(width: Int, line: String) throws {
    let echo = try MarksTests.echo(Self.long, width: width)
    #expect(echo.first == line)
    let mark = try #require(echo.last)
    let before = try #require(line.firstRange(of: "fast")).lowerBound
    #expect(mark == String(repeating: " ", count: line[..<before].displayWidth) + "^^^^")
  }

  @Test("a word is never cut in the middle of a character")
  func characters() {
    let bytes = String(repeating: "열", count: 100).bytes
    for place in 40..<60 {
      let word = EchoWord(bytes, marks: [(place * 3)..<(place * 3 + 3)], secret: nil, limit: 1)
      #expect(Set(word.cells.map(\.text)) == ["…", "열", " "])
    }
  }

  @Test("a long word at the edge is cut rather than left out, and no blank stands twice before what is")
  func edges() throws {
    let topic = String(repeating: "x", count: 60)
    let words = ["queue", "admit", "--reason", String(repeating: "결제완료", count: 5), "--rate", "fast", "--delta", topic]
    let echo = try MarksTests.echo(words, width: 100)
    #expect(
      echo.first == "… 완료결제완료결제완료결제완료결제완료 --rate fast --delta \(String(repeating: "x", count: 35)) …")
    let many = try MarksTests.echo(["queue", "admit"] + [String](repeating: "5", count: 60), width: 60)
    #expect(many.first?.hasSuffix("5 …") == true)
    #expect(many.first?.contains("  …") == false)
  }

  @Test("a marked word that is too long is cut itself")
  func longWord() throws {
    let word = String(repeating: "열", count: 100)
    #expect(
      try MarksTests.echo(["queue", "admit", word, "-n"], width: 40) == [
        "… " + String(repeating: "열", count: 16) + " …", "  " + String(repeating: "^", count: 32),
      ])
  }

  @Test("whatever is marked in however long a line, echo and marks fit the terminal and the mark is seen")
  func always() throws {
    var random = SeededRandom(seed: 11)
    let pieces = [
      "a", "대기열", "👩‍👩‍👧", "e\u{301}", "it's", "x y", "\u{7}", "תור", "--", String(repeating: "ab", count: 60), "",
    ]
    for _ in 0..<2000 {
      let words = (0..<Int.random(in: 1...12, using: &random)).map { _ in
        (0..<Int.random(in: 0...4, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
      }
      let index = words.indices.randomElement(using: &random) ?? 0
      let width = Int.random(in: 40...100, using: &random)
      let mark = Mark(word: index, bytes: 0..<words[index].utf8.count)
      let echo = CommandLineEcho("tool", words.map(\.bytes), marks: [mark], secrets: [], width: width)
      #expect(echo.line.displayWidth <= width, "\(words)")
      #expect(echo.marks.displayWidth <= max(width, echo.line.displayWidth + 1), "\(words)")
      #expect(echo.marks.contains("^"), "\(words) \(index)")
    }
  }

  @Test("a hundred thousand words and a word of a million bytes are shown as quickly as a few")
  func size() {
    let many = [[UInt8]](repeating: "대기열".bytes, count: 100_000)
    let echo = CommandLineEcho("tool", many, marks: [Mark(word: 50_000, bytes: 0..<9)], secrets: [], width: 80)
    #expect(echo.line.hasPrefix("    … 대기열 "))
    #expect(echo.line.hasSuffix(" 대기열 …"))
    let word = [UInt8](repeating: 0x61, count: 1_000_000)
    let cut = CommandLineEcho("tool", [word], marks: [Mark(word: 0, bytes: 500_000..<500_003)], secrets: [], width: 40)
    #expect(cut.line.contains("…aaa") || cut.line.contains("… aaa"))
    #expect(cut.marks.filter { $0 == "^" }.count == 3)
  }
}
