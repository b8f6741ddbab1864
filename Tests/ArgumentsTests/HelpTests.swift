import Testing

@testable import Arguments

@Suite("Rules 23, 28 and 29: help")
struct HelpTests {
  private static func path(_ names: String...) -> CommandPath {
    names.reduce(CommandPath(Sample.root)) { path, name in
      path.command.subcommands.first { $0.name == name }.map(path.appending) ?? path
    }
  }

  @Test("the full help has its parts in order")
  func full() {
    #expect(
      HelpPage(Self.path("queue", "admit"), .full).text() == """
        usage: tool queue admit [COUNT | --fill-to N] [options]

        Admit waiting people

        Moves people from the waiting room to the active set.

        Use it when the sale is stuck.

        Effect: changes data

        Examples:
          Admit the next 420 people
            $ tool queue admit 420

        Operands:
          [COUNT]
                How many people to admit

        Options:
              --fill-to N
                Admit until so many are active
          -n, --dry-run
                Show the plan only
          -r, --rate RATE
                How fast
              --[no-]color
                Colour the output [default: on]
          -d, --delta NUMBER
                A change
              --since TIME
                From when on

        Consent:
              --reason TEXT
                Why

        Global options:
          -c, --context NAME
                Where to work [env: T_CONTEXT]
          -q, --quiet
                Print nothing on success
          -v, --verbose
                Say more [env: T_VERBOSE]
              --timeout DURATION
                How long to wait [default: 5s] [env: T_TIMEOUT]
              --password TEXT
                The password [env: T_PASSWORD]
              --pin N
                A secret number [env: T_PIN]
          -h, --help
                Show help: -h a line an option, --help in full
              --version
                Show the version

        Environment:
          T_CONTEXT   The value of --context
          T_VERBOSE   The value of --verbose
          T_TIMEOUT   The value of --timeout
          T_PASSWORD  The value of --password
          T_PIN       The value of --pin
          T_HOME      Where the state lives

        Exit status:
          0   done
          64  the command line is wrong
          69  a store cannot be reached
          75  another admission is running

        See also:
          tool queue status

        """)
  }

  @Test("the short help has a line an option")
  func short() {
    #expect(
      HelpPage(Self.path("outbox", "replay"), .short).text() == """
        usage: tool outbox replay [--user TEXT --key TEXT] --topic TEXT [options]

        Publish stuck events

        Options:
              --status WORD[,...]  Which events
          -i, --id N               One event; may be repeated
              --topic TEXT         Where to
              --user TEXT          As whom
              --key TEXT           With which key

        Everywhere: --context, --quiet, --verbose, --timeout, --password, --pin, --help,
          --version

        In full: tool outbox replay --help

        """)
  }

  @Test("the program's help lists its commands, help among them, and nothing hidden")
  func program() {
    let text = HelpPage(CommandPath(Sample.root), .full).text()
    #expect(text.contains("\nCommands:\n  queue   The waiting room\n  outbox  Stuck events\n"))
    #expect(text.contains("\n  help    Show the help of a command\n"))
    #expect(!text.contains("secret  "))
    #expect(!HelpPage(Self.path("queue", "admit"), .full).text().contains("internals"))
  }

  @Test("choices, defaults, variables and what is required stand behind the help")
  func notes() {
    let text = HelpPage(Self.path("outbox", "replay"), .full).text()
    #expect(text.contains("Which events [one of: INIT, FAIL, RETRY] [default: INIT,FAIL]\n"))
    #expect(text.contains("Where to [required]\n"))
    let secret = DefaultedOption("token", .text, default: "hunter2", help: "A token", isSecret: true)
    let page = HelpPage(CommandPath(CommandSpecification("tool", summary: "x", options: [secret])), .full)
    #expect(!page.text().contains("hunter2"))
  }

  @Test("no line is longer than the terminal, unless one word is", arguments: [40, 60, 80, 100])
  func width(width: Int) {
    for path in CommandPath(Sample.root).all {
      for style in [HelpPage.Style.short, .full] {
        for line in HelpPage(path, style).text(width: width).split(separator: "\n") where !line.contains("$ ") {
          #expect(Columns.width(of: line) <= width || !line.drop { $0 == " " }.contains(" "), "\(line)")
        }
      }
    }
  }

  @Test("a width below 40 is taken as 40, and above 100 as 100")
  func extremeWidths() {
    let page = HelpPage(CommandPath(Sample.root), .full)
    #expect(page.text(width: -5) == page.text(width: 40))
    #expect(page.text(width: 10_000) == page.text(width: 100))
  }

  @Test(
    "the usage line shows groups, lists and what is required",
    arguments: [
      (Constraint.exclusive("A", "--bb"), "tool [A | --bb N]"),
      (.oneOf("A", "--bb"), "tool (A | --bb N)"),
      (.someOf("A", "--bb"), "tool (A | --bb N)..."),
      (.together("A", "--bb"), "tool [A --bb N]"),
    ])
  func synopsis(group: Constraint, text: String) {
    let specification = CommandSpecification(
      "tool", summary: "x", operands: [OptionalOperand("A", .text, help: "x")],
      options: [Option("bb", .integer, help: "x")],
      groups: [group])
    #expect(Synopsis(CommandPath(specification)).text == text + " [options]")
  }

  @Test(
    "columns: wide characters take two, marks none, an emoji of several code points two",
    arguments: [
      ("abc", 3),
      ("대기열", 6),
      ("\u{1112}\u{1161}\u{11AB}", 2),
      ("é", 1),
      ("e\u{301}", 1),
      ("👩‍👩‍👧", 2),
      ("❤️", 2),
      ("🇰🇷", 2),
      ("", 0),
      ("\u{7}", 0),
      ("日本", 4),
      ("ﾊﾝ", 2),
      ("Ａ", 2),
      ("…", 1),
      ("\u{200B}", 0),
    ])
  func columns(text: String, width: Int) { #expect(Columns.width(of: text) == width) }

  @Test(
    "a cut never splits a wide character",
    arguments: [
      ("대기열", 6, "대기열"),
      ("대기열", 5, "대기…"),
      ("대기열", 4, "대…"),
      ("abc", 3, "abc"),
      ("abcd", 3, "ab…"),
      ("abc", 0, "…"),
    ])
  func cuts(text: String, columns: Int, expected: String) { #expect(Columns.cut(text, to: columns) == expected) }

  @Test("text is filled with hanging indents; a word that is too wide stands alone, uncut")
  func wrapping() {
    let layout = TextLayout(width: 12)
    #expect(layout.wrap("one two three four", hanging: 2) == ["one two", "  three four"])
    #expect(layout.wrap("대기열 대기열 끝") == ["대기열", "대기열 끝"])
    #expect(layout.wrap("a abcdefghijklmnop b") == ["a", "abcdefghijklmnop", "b"])
    #expect(layout.wrap("a text [a: b]") == ["a text", "[a: b]"])
    #expect(layout.wrap("[one of: aaaa, bbbb, cccc]") == ["[one of:", "aaaa, bbbb,", "cccc]"])
    #expect(layout.wrap("open [a b") == ["open [a b"])
    #expect(layout.wrap("open [abcdefg b") == ["open", "[abcdefg b"])
    #expect(layout.wrap("", indent: 4) == [])
    #expect(layout.wrap("  a\n b  ") == ["a b"])
    #expect(TextLayout.paragraphs("a\nb\n\n\nc\n") == ["a\nb", "c"])
    #expect(layout.paragraph("  a listing   stays\n  as it is") == ["  a listing   stays", "  as it is"])
  }

  @Test("a table keeps its columns, and a term that is too wide has a line of its own")
  func tables() {
    let layout = TextLayout(width: 30)
    let wide = String(repeating: "x", count: 31)
    #expect(layout.table([("한", "wide"), ("ab", "narrow")]) == ["  한  wide", "  ab  narrow"])
    #expect(layout.table([("a", "one"), (wide, "two")]) == ["  a  one", "  " + wide, "     two"])
    #expect(layout.table([("a", "a text that is longer than the line")]) == ["  a  a text that is longer th…"])
    #expect(
      layout.table([("a", "a text that is longer than the line")], cutsLines: false)
        == ["  a  a text that is longer", "     than the line"])
  }
}
