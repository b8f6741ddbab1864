import Testing
import Text

@testable import Terminal

@Suite("Sentences for a person")
struct SentenceTests {
  private static func written(
    _ text: String, width: Int?, lead: String = "", isColored: Bool = false
  ) throws -> String {
    try Capture.of(terminalWidth: width, isColored: isColored) {
      try $0.writeText(text, lead: lead, leadStyle: .yellow)
    }
  }

  static let hint = "look at the plan with `usher queue admit 420 --dry-run --queue tickets`, then add `--yes`"

  @Test("are one line on a pipe, whatever their length")
  func pipe() throws {
    #expect(try Self.written(Self.hint, width: nil, lead: "  hint: ") == "  hint: \(Self.hint)\n")
  }

  @Test("go on under their beginning on a terminal")
  func hanging() throws {
    #expect(
      try Self.written("a server that is full must not refuse what makes room", width: 40, lead: "warning: ") == """
        warning: a server that is full must not
                 refuse what makes room

        """)
    #expect(
      try Self.written("admitted 420 of 18,204 people to queue 'tickets'", width: 30) == """
        admitted 420 of 18,204 people
          to queue 'tickets'

        """)
    #expect(
      try Self.written("  waiting for pid 4711, which has a transaction open", width: 40) == """
          waiting for pid 4711, which has a
            transaction open

        """)
  }

  @Test("are as they were where they fit, also with blanks in them")
  func fits() throws {
    #expect(try Self.written("a  b", width: 4) == "a  b\n")
    #expect(try Self.written("", width: 4) == "\n")
    #expect(try Self.written("", width: 4, lead: "usher: ") == "usher: \n")
  }

  @Test("never break a command, which has a line of its own where it is too long")
  func commands() throws {
    #expect(
      try Self.written(Self.hint, width: 40, lead: "  hint: ") == """
          hint: look at the plan with
                `usher queue admit 420 --dry-run --queue tickets`,
                then add `--yes`

        """)
  }

  @Test(
    "know a command by its backquotes, or by the colon before it and the program that it calls",
    arguments: [
      ("undo with: usher undo 01J8", ["undo", "with:", "usher undo 01J8"]),
      ("try: usher status; then look", ["try:", "usher status;", "then", "look"]),
      ("with: eval \"$(usher sandbox env)\"", ["with:", "eval \"$(usher sandbox env)\""]),
      ("run `usher doctor`, or wait", ["run", "`usher doctor`,", "or", "wait"]),
      ("(see `usher sandbox status`)", ["(see", "`usher sandbox status`)"]),
      ("mean 'usher queue admit'?", ["mean", "'usher queue admit'?"]),
      ("it's the bands' own, isn't it", ["it's", "the", "bands'", "own,", "isn't", "it"]),
      ("queue 'vip queue' is 'on'", ["queue", "'vip queue'", "is", "'on'"]),
      ("a ` alone", ["a", "`", "alone"]),
      ("usher is a word: not a command", ["usher", "is", "a", "word:", "not", "a", "command"]),
      ("", []),
    ])
  func units(_ text: String, _ expected: [String]) {
    #expect(Sentence(text).units == expected)
  }

  @Test("are divided anywhere in a script without blanks")
  func divided() {
    let text = "see 待っている人をすべて入れる now"
    let lines = Sentence(text).lines(first: 10, others: 8)
    #expect(lines == ["see 待って", "いる人を", "すべて入", "れる now"])
  }

  @Test("keep a quotation together only where it is short")
  func quotations() {
    let long = "'" + Array(repeating: "word", count: 20).joined(separator: " ") + "'"
    #expect(Sentence(long).units.count == 20)
  }

  @Test("lose nothing and are no wider than the terminal, but for a word or a command that is", arguments: 20...100)
  func everyWidth(width: Int) throws {
    let text = Self.hint + " 대기열에 18,204명이 기다리고 있습니다; undo with: usher undo 01J8ZQ4X2M3N4P5Q6R7S8T9V0W"
    let lines = try Self.written(text, width: width, lead: "note: ").split(separator: "\n").map(String.init)
    #expect(lines.joined(separator: " ").split(separator: " ") == ("note: " + text).split(separator: " "))
    for line in lines {
      let rest = Sentence(String(line.drop { $0 == " " })).units
      #expect(line.displayWidth <= width || rest.count == 1 || line.contains("usher"), "\(line)")
    }
    #expect(lines.contains { $0.hasSuffix("usher undo 01J8ZQ4X2M3N4P5Q6R7S8T9V0W") })
  }

  @Test("have their label coloured, not the blanks around it, and are coloured line by line")
  func colors() throws {
    #expect(
      try Self.written("it is full", width: 80, lead: "  x: ", isColored: true)
        == "  \u{1b}[33mx:\u{1b}[0m it is full\n")
    let dim = try Capture.of(terminalWidth: 10, isColored: true) { try $0.writeText("one two three", style: .dim) }
    #expect(dim == "\u{1b}[2mone two\u{1b}[0m\n  \u{1b}[2mthree\u{1b}[0m\n")
  }

  @Test("hold no control character")
  func controls() throws {
    #expect(try Self.written("a\u{1b}[2Jb", width: 80, lead: "w: ") == "w: a\\x1b[2Jb\n")
  }

  @Test("go on below a label that leaves no room beside it")
  func narrow() throws {
    #expect(
      try Self.written("nobody waits here", width: 20, lead: "warning: ") == """
        warning: nobody
            waits here

        """)
  }
}
