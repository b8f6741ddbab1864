import Testing

@testable import Arguments

@Suite("Rules 1 to 9: words")
struct WordsTests {
  private static let rows: [Row] = [
    Row(1, "queue admit -n", "queue admit: --dry-run true"),
    Row(1, "queue admit --dry-run", "queue admit: --dry-run true"),
    Row(1, "queue admit --DRY-RUN", #"unknown option "--DRY-RUN"; did you mean --dry-run?"#),

    Row(2, "queue admit -nq", "queue admit: --dry-run true, --quiet true"),
    Row(2, "queue admit -nqr7/s", "queue admit: --dry-run true, --quiet true, --rate 7/s"),
    Row(2, "queue admit -nqr 7/s", "queue admit: --dry-run true, --quiet true, --rate 7/s"),
    Row(2, "queue admit -r7/s", "queue admit: --rate 7/s"),
    Row(2, "queue admit -r 7/s", "queue admit: --rate 7/s"),
    Row(2, "queue admit -r=7/s", #""-r=7/s" has two readings; write -r 7/s or -r7/s"#),
    Row(2, "queue admit -nr=7/s", #""-r=7/s" has two readings; write -r 7/s or -r7/s"#),
    Row(2, "queue admit -r=", #""-r=" has two readings"#),
    Row(2, "queue admit -nz", #"unknown option "-z""#),
    Row(2, "queue admit -n한", #"unknown option "-한""#),

    Row(3, "queue admit --reason a", "queue admit: --reason a"),
    Row(3, "queue admit --reason=a", "queue admit: --reason a"),
    Row(3, "queue admit --reason=a=b", "queue admit: --reason a=b"),
    Row(3, "queue admit --reason=--", "queue admit: --reason --"),
    Row(3, "queue admit --reason=", "queue admit: --reason "),
    Row(3, "queue admit --reason ''", "queue admit: --reason "),
    Row(3, "queue admit --reason = 5", "queue admit: --reason =, COUNT 5"),
    Row(3, "queue admit", "queue admit: "),
    Row(3, "queue admit --=x", #"unknown option "--""#),

    Row(4, "queue admit --dry-run=yes", #"--dry-run takes no value, but "yes" was given"#),
    Row(4, "queue admit --no-color=1", #"--no-color takes no value, but "1" was given"#),
    Row(4, "queue admit --verbose=2", #"--verbose takes no value, but "2" was given"#),
    Row(4, "queue admit -n=1", #"-n takes no value, but "1" was given"#),
    Row(4, "queue admit --help=1", #"--help takes no value, but "1" was given"#),

    Row(5, "index create -- -a -b --c", #"index create: COLUMN ["-b", "--c"], TABLE -a"#),
    Row(5, "index create a -- -- b", #"index create: COLUMN ["--", "b"], TABLE a"#),
    Row(5, "index create - b c", #"index create: COLUMN ["b", "c"], TABLE -"#),
    Row(5, "queue admit -- 5", "queue admit: COUNT 5"),
    Row(5, "queue -- admit 5", "queue admit: COUNT 5"),
    Row(
      5, "queue admit -- --help",
      #"invalid value "--help" for COUNT: expected a whole number of at least 1, for example 10"#),
    Row(
      5, "queue admit --reason --",
      #"--reason needs a value, and "--" looks like an option; if it is the value, attach it: --reason=--"#),
    Row(5, "queue admit --reason -", "queue admit: --reason -"),

    Row(
      6, "queue admit --reason --quiet",
      #"--reason needs a value, and "--quiet" looks like an option; if it is the value, attach it: --reason=--quiet"#),
    Row(
      6, "queue admit --reason -5",
      #"--reason needs a value, and "-5" looks like an option; if it is the value, attach it: --reason=-5"#),
    Row(
      6, "queue admit -r -n",
      #"--rate needs a value, and "-n" looks like an option; if it is the value, attach it: --rate=-n"#),
    Row(6, "queue admit --reason", "--reason needs a value: expected a text, for example abc"),
    Row(
      6, "queue admit -nr",
      "--rate needs a value: expected a rate above 0 (a number per s, min, h or d), for example 420/min"),

    Row(7, "queue admit --delta -5", "queue admit: --delta -5.0"),
    Row(7, "queue admit --delta -1.5", "queue admit: --delta -1.5"),
    Row(7, "queue admit --delta -1e3", "queue admit: --delta -1000.0"),
    Row(7, "queue admit -d-5", "queue admit: --delta -5.0"),
    Row(7, "queue admit --delta=-5", "queue admit: --delta -5.0"),
    Row(
      7, "queue admit --delta -x",
      #"--delta needs a value, and "-x" looks like an option; if it is the value, attach it: --delta=-x"#),
    Row(7, "queue admit --since -15m", "queue admit: --since ago(900.0 seconds)"),
    Row(7, "queue admit -5", #"invalid value "-5" for COUNT: expected a whole number of at least 1, for example 10"#),
    Row(7, "shift -1.5", "shift: OFFSET -1.5"),
    Row(7, "shift -1 -2", #"unknown option "-2""#),
    Row(7, "outbox replay -5", #"unknown option "-5""#),

    Row(8, "queue admit 5 -n", "queue admit: --dry-run true, COUNT 5"),
    Row(8, "index create t -q a -v b", #"index create: --quiet true, --verbose 1, COLUMN ["a", "b"], TABLE t"#),
    Row(8, "index create '' '' ''", #"index create: COLUMN ["", ""], TABLE "#),
    Row(8, "index create @file a b", #"index create: COLUMN ["a", "b"], TABLE @file"#),
    Row(8, "''", #"unknown command """#),
  ]

  @Test("the words mean what the rules say", arguments: rows)
  func words(row: Row) { #expect(Sample.outcome(row.line) == row.outcome) }

  @Test("rule 7: a digit that is a short option is an option, not a negative operand")
  func digitOption() {
    let nine = Toggle("nine", short: "9", help: "A digit")
    let root = CommandSpecification("tool", summary: "x", operands: [Sample.offset], options: [nine])
    #expect(Sample.text(Parser(root).parse(["-9", "5"])) == ": --nine true, OFFSET 5.0")
  }

  private static let badWords: [([[UInt8]], String)] = [
    (["queue".bytes, [0x61, 0xFF, 0x1B]], #"the word "a\xff\x1b" is no UTF-8"#),
    (["queue".bytes, "admit".bytes, "--reason".bytes, [0xC3, 0x28]], #"the word "\xc3(" is no UTF-8"#),
    (["--context=".bytes + [0x80]], #"the word "--context=\x80" is no UTF-8"#),
    (["--password=hunter2".bytes + [0x80]], #"the word "--password=" is no UTF-8"#),
    (["--password".bytes, [0x80]], #"the word "--password" is no UTF-8"#),
    ([[UInt8](repeating: 0xFF, count: 300)], "the word \"\(String(repeating: "\\xff", count: 200))…\" is no UTF-8"),
  ]

  @Test("rule 9: bytes that are no UTF-8 are refused, escaped", arguments: badWords)
  func badBytes(words: [[UInt8]], message: String) {
    #expect(Sample.text(Sample.parser.parse(words)) == message)
  }

  @Test("rule 9: names compare by bytes, although Swift's == would call them equal")
  func canonicalEquivalence() {
    let kelvin = "\u{212A}"
    #expect(kelvin == "K")
    let short = Toggle("kilo", short: "K", help: "x")
    let choice = Option("unit", .choice(["K"]), help: "x")
    let parser = Parser(CommandSpecification("tool", summary: "x", options: [short, choice]))
    #expect(Sample.text(parser.parse(["-" + kelvin])) == "unknown option \"-\(kelvin)\"")
    #expect(
      Sample.text(parser.parse(["--unit", kelvin]))
        == "invalid value \"\(kelvin)\" for --unit: expected one of K; did you mean K?")
    #expect(Sample.text(parser.parse(["-K", "--unit", "K"])) == ": --kilo true, --unit K")
  }

  @Test("a word in a message cannot drive the terminal, and a pasted book is cut")
  func quoting() {
    #expect(Word.quoted("a\u{1B}[2J\u{202E}b") == #""a\u{1b}[2J\u{202e}b""#)
    #expect(Word.quoted("대기열 👩‍👩‍👧") == "\"대기열 👩‍👩‍👧\"")
    #expect(Word.quoted(String(repeating: "x", count: 500)).count == 203)
  }
}
