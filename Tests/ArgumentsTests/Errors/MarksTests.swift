import Testing

@testable import Arguments

@Suite("Where in the line a mistake is")
struct MarksTests {
  /// The echo of a command line and what is marked in it, without the indent.
  static func echo(_ words: [String], width: Int = 80) throws -> [String] {
    try Sample.report(words, width: width).split(separator: "\n").dropFirst().prefix(2).map { String($0.dropFirst(4)) }
  }

  @Test(
    "each kind of mistake marks the words that it is about",
    arguments: [
      ("que", "     ^^^"),
      ("queue stat", "           ^^^^"),
      ("queue admit --fil-to 5", "                 ^^^^^^^^"),
      ("queue admit --fil-to=5", "                 ^^^^^^^^"),
      ("queue admit -nzq", "                   ^"),
      ("queue admit -quiet", "                 ^^^^^^"),
      ("queue admit --reason", "                 ^^^^^^^^"),
      ("queue admit -nr", "                   ^"),
      ("queue admit --reason --quiet", "                 ^^^^^^^^ ^^^^^^^"),
      ("queue admit --dry-run=yes", "                          ^^^^"),
      ("queue admit -nq=1", "                    ^^"),
      ("queue admit -nr=7/s", "                    ^"),
      ("queue admit --rate 5", "                        ^"),
      ("queue admit --rate=5", "                        ^"),
      ("queue admit -r5", "                   ^"),
      ("queue admit -delta 5", "                 ^^^^^^"),
      ("queue admit abc", "                 ^^^"),
      ("queue admit 1 2 3", "                   ^ ^"),
      ("outbox replay --status INIT,FIAL --topic t", "                                 ^^^^"),
      ("outbox replay --status=INIT,FIAL --topic t", "                                 ^^^^"),
      ("outbox replay --status= --topic t", "                            ^"),
      ("outbox replay --status=INIT,,FAIL --topic t", "                                 ^"),
      ("index create t a b -x", "                         ^"),
      ("queue admit --fill-to=9 -n 5", "                 ^^^^^^^^^^^    ^"),
      ("outbox replay --topic t --user u", "                             ^^^^^^"),
      ("queue admit ''", "                 ^"),
    ])
  func marks(line: String, marks: String) throws {
    let echo = try Self.echo(Sample.words(line))
    #expect(echo == ["tool " + line, marks])
  }

  @Test("a value of an operand list is marked where it stands")
  func operandList() throws {
    let numbers = OperandList("N", .integer, help: "x")
    let root = CommandSpecification("tool", summary: "x", operands: [numbers])
    guard case .failure(let error) = Parser(root).parse(["1", "2", "x", "4"]) else { throw Sample.Unexpected() }
    #expect(error.marks == [Mark(word: 2, bytes: 0..<1)])
  }

  @Test(
    "a kind that points beyond its word points at what there is of it",
    arguments: [0..<99, -5..<2, 50..<60, (-9)..<(-3), 2..<3])
  func partsBeyond(part: Range<Int>) throws {
    let form = ValueForm(name: "odd", expected: "one of good", example: "good", placeholder: "ODD", choices: ["good"])
    let odd = ValueKind<String>(form) { text throws(ValueMismatch) in
      if text == "good" { return text }
      throw ValueMismatch(part: part)
    } print: {
      $0
    }
    let parser = Parser(
      CommandSpecification(
        "tool", summary: "x", operands: [OptionalOperand("ODD", odd, help: "x")],
        options: [Option("odd", odd, help: "x")]))
    for words in [["--odd", "goood"], ["--odd=goood"], ["goood"], ["--odd="]] {
      #expect(Promises(parser: parser).check(words.map(\.bytes)).broken == nil)
      #expect(Sample.outcome(words, of: parser).hasPrefix("invalid value"))
    }
  }

  @Test("bytes that are not valid UTF-8 are marked from the first bad one on")
  func badBytes() {
    guard case .failure(let error) = Sample.parser.parse(["queue".bytes, [0x61, 0xEA, 0xB0, 0x80, 0xFF, 0x62]]) else {
      return #expect(Bool(false))
    }
    let echo = CommandLineEcho(
      "tool", ["queue".bytes, [0x61, 0xEA, 0xB0, 0x80, 0xFF, 0x62]], marks: error.marks, secrets: [], width: 80)
    #expect(echo.line == #"    tool queue $'a가\xffb'"#)
    #expect(echo.marks == "                    ^^^^^")
  }

  @Test("a correction that doesn't fit the words changes nothing, and neither do marks beyond them")
  func otherWords() throws {
    let error = try Sample.error("queue admit --fil-to 5")
    #expect(error.correction?.applied(to: ["x".bytes]) == ["x".bytes])
    let text = error.text(words: [], isTerminal: true)
    #expect(!text.contains("try:"))
    #expect(text.hasPrefix("tool: unknown option"))
  }
}
