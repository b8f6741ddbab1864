import Testing
import Text

@testable import Arguments

@Suite("What stands on standard error: rule 25")
struct ErrorTextTests {
  @Test("rule 25: on a pipe the message, hints, one usage line and where help is")
  func pipe() throws {
    #expect(
      try Sample.report(Sample.words("queue admit --fil-to 5"), isTerminal: false) == """
        tool: unknown option '--fil-to'
          hint: did you mean --fill-to?
          try: tool queue admit --fill-to 5

        usage: tool queue admit [COUNT | --fill-to N] [options]
        for help: tool queue admit --help

        """)
    #expect(
      try Sample.report(["index", "create"], isTerminal: false) == """
        tool: missing TABLE and COLUMN (at least 2)
          hint: TABLE: The table
          hint: COLUMN (at least 2): The columns, in order
          hint: for example: tool index create seat status id

        usage: tool index create TABLE COLUMN... [options]
        for help: tool index create --help

        """)
  }

  @Test("rule 25: on a terminal the command line as well, with the wrong words marked")
  func terminal() throws {
    #expect(
      try Sample.report(Sample.words("queue admit --fil-to 5")) == """
        tool: unknown option '--fil-to'
            tool queue admit --fil-to 5
                             ^^^^^^^^
          hint: did you mean --fill-to?
          try: tool queue admit --fill-to 5

        usage: tool queue admit [COUNT | --fill-to N] [options]
        for help: tool queue admit --help

        """)
  }

  @Test("rule 25: what is missing or came from elsewhere is nowhere on the command line, so it isn't echoed")
  func nowhere() throws {
    let missing = try Sample.report(["index", "create"])
    #expect(missing == (try Sample.report(["index", "create"], isTerminal: false)))
    guard case .failure(let error) = Sample.parser.parse(["queue", "status"], environment: ["T_TIMEOUT": "x"]) else {
      throw Sample.Unexpected()
    }
    #expect(error.marks.isEmpty)
    #expect(!error.text(words: ["queue".bytes, "status".bytes], isTerminal: true).contains("^"))
  }

  @Test("rule 25: a long usage line is filled on a terminal and stays one line on a pipe")
  func usageLine() throws {
    let words = ["cluster", "node", "disk", "check"]
    let usage =
      "usage: tool cluster node disk check DISK (--host HOST:PORT | --link URL) (--size SIZE | --share PERCENT)... [options]\n"
    #expect(try Sample.report(words, isTerminal: false).contains("\n" + usage))
    for line in try Sample.report(words, width: 60).split(separator: "\n") where line.hasPrefix("usage") {
      #expect(line.displayWidth <= 60)
    }
    #expect(try Sample.report(words, width: 60).contains("\n       [options]\n"))
    // No line to read is wider than 100 columns, however wide the terminal.
    #expect(try Sample.report(words, width: 200) == Sample.report(words, width: 100))
    #expect(try Sample.report(words, width: 200).split(separator: "\n").contains { $0.hasPrefix("       ") })
  }

  @Test("the lines are told apart, so that whoever prints them can colour them")
  func lines() throws {
    let words = Sample.words("queue admit --fil-to 5")
    let lines = try Sample.error(words).lines(words: words.map(\.bytes), isTerminal: true)
    #expect(
      lines == [
        .message(program: "tool", #"unknown option '--fil-to'"#), .commandLine("    tool queue admit --fil-to 5"),
        .marks("                     ^^^^^^^^"), .advice(label: "hint", "did you mean --fill-to?"),
        .advice(label: "try", "tool queue admit --fill-to 5"), .blank,
        .usage("usage: tool queue admit [COUNT | --fill-to N] [options]"), .help("for help: tool queue admit --help"),
      ])
  }

  @Test("a command line to copy is quoted for a shell, and a very long one is not offered")
  func copied() throws {
    #expect(
      try Sample.report(["queue", "admit", "--reason", "it's 5", "--fil-to", "5"], isTerminal: false)
        .contains("\n  try: tool queue admit --reason 'it'\\''s 5' --fill-to 5\n"))
    let long = ["queue", "admit", "--reason", String(repeating: "x", count: 1000), "--fil-to", "5"]
    #expect(!(try Sample.report(long).contains("try: ")))
  }

  @Test("no message, hint or echo holds a character that a terminal obeys")
  func controls() throws {
    let hostile = "\u{1B}[31m\u{202E}\u{7}\u{9B}x\n"
    for words in [
      [hostile], ["queue", "admit", hostile], ["queue", "admit", "--" + hostile], ["queue", "admit", "-" + hostile],
      ["queue", "admit", "--rate", hostile], ["queue", "admit", "--dry-run=" + hostile],
      ["queue", "admit", "--reason", "-" + hostile], ["queue", "admit", "-r=" + hostile], ["queue", "status", hostile],
      ["queue", "admit", "--reason", "a", hostile],
    ] {
      let text = try Sample.report(words)
      let controls = text.unicodeScalars.filter { $0.isTerminalControl && $0 != "\n" }
      #expect(controls.isEmpty, "\(words)")
    }
  }
}
