import Testing

@testable import Arguments

@Suite("Help: rules 11, 23 and 29")
struct HelpTests {
  static func path(_ names: String...) -> CommandPath {
    names.reduce(CommandPath(Sample.root)) { path, name in
      path.command.subcommands.first { $0.name == name }.map(path.appending) ?? path
    }
  }

  @Test("rule 29: the full help of a command")
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

  @Test("rule 23: the short help has a line an option")
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

  @Test("rule 23: without a terminal, the short help has each option's whole sentence in one line")
  func shortOnPipe() {
    let help = "Put first what is largest in this: total time, mean time, calls or rows, by the statistics of now"
    let root = CommandSpecification(
      "tool", summary: "x", options: [Option("sort", .text, placeholder: "FIGURE", help: help)])
    let page = HelpPage(CommandPath(root), .short)
    #expect(page.text().contains("\n      --sort FIGURE  \(help)\n"))
    let shown = page.text(width: 60)
    #expect(!shown.contains("…") && shown.split(separator: "\n").allSatisfy { $0.count <= 60 })
    #expect(shown.split(whereSeparator: \.isWhitespace).joined(separator: " ").contains(help))
  }

  @Test("the program's help lists its commands, help among them, and nothing hidden")
  func program() {
    let text = HelpPage(CommandPath(Sample.root), .full).text()
    #expect(text.contains("\nCommands:\n  queue    The waiting room\n  outbox   Stuck events\n"))
    #expect(text.contains("\n  help     Show the help of a command\n"))
    #expect(!text.contains("secret  "))
    #expect(!HelpPage(Self.path("queue", "admit"), .full).text().contains("internals"))
  }

  @Test("rule 11: choices, defaults, variables and what is required stand behind the help, never a secret's default")
  func notes() {
    let text = HelpPage(Self.path("outbox", "replay"), .full).text()
    #expect(text.contains("Which events [one of: INIT, FAIL, RETRY] [default: INIT,FAIL]\n"))
    #expect(text.contains("Where to [required]\n"))
    let secret = DefaultedOption("token", .text, default: "hunter2", help: "A token", isSecret: true)
    let page = HelpPage(CommandPath(CommandSpecification("tool", summary: "x", options: [secret])), .full)
    #expect(!page.text().contains("hunter2"))
  }

  /// The titles of the parts of a page, in its order.
  private static func titles(_ path: CommandPath) -> [String] {
    HelpPage(path, .full).text().split(separator: "\n").filter { $0.first?.isUppercase ?? false && $0.hasSuffix(":") }
      .map { String($0.dropLast()) }
  }

  @Test("rule 29: the parts stand in one order on every page")
  func order() {
    let order = [
      "Examples", "Commands", "Operands", "Options", "Consent", "Global options", "Environment", "Exit status",
      "See also",
    ]
    for path in CommandPath(Sample.root).all {
      let titles = Self.titles(path)
      #expect(titles == order.filter(titles.contains), "\(path.text)")
      let lines = HelpPage(path, .full).text().split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.first?.hasPrefix("usage: \(path.text)") ?? false)
      #expect(lines.contains(Substring(path.command.summary)))
    }
    #expect(
      Self.titles(Self.path("queue", "admit"))
        == ["Examples", "Operands", "Options", "Consent", "Global options", "Environment", "Exit status", "See also"])
  }

  @Test("rule 29: options of the commands between stand with the global ones")
  func inherited() {
    let text = HelpPage(Self.path("cluster", "node", "disk", "check"), .full).text()
    let globals = text[(text.firstRange(of: "Global options:")?.upperBound ?? text.endIndex)...]
    let places = ["--[no-]force", "--[no-]compress", "--region", "--context", "--help"].map {
      globals.firstRange(of: $0)?.lowerBound
    }
    #expect(places.allSatisfy { $0 != nil })
    #expect(places.compactMap(\.self) == places.compactMap(\.self).sorted())
  }

  @Test("rule 15: the usage line shows groups of the commands above, and members that they declare")
  func groupsFromAbove() {
    let quiet = Toggle("quiet", help: "x")
    let zone = RequiredOption("zone", .text, placeholder: "ZONE", help: "x")
    let act = CommandSpecification(
      "act", summary: "x", options: [Option("own", .integer, help: "x")], groups: [.exclusive("--own", "--quiet")])
    let root = CommandSpecification(
      "tool", summary: "x", options: [quiet, Toggle("loud", help: "x"), Toggle("fast", help: "x"), zone],
      groups: [.oneOf("--loud", "--fast")], subcommands: [act])
    let path = CommandPath(root).appending(act)
    #expect(Synopsis(path).text == "tool act [--own N | --quiet] (--loud | --fast) --zone ZONE [options]")
    #expect(
      Sample.outcome(["act", "--loud", "--fast", "--zone", "z"], of: Parser(root))
        == "--loud and --fast exclude each other")
    #expect(Audit(root).findings.filter { $0.contains("group") } == [])
  }

  @Test("rule 15: a hidden member of a group isn't in the usage line")
  func hiddenMember() {
    let root = CommandSpecification(
      "tool", summary: "x",
      options: [
        Toggle("one", help: "x"), Toggle("two", help: "x"),
        Option("inner", .text, help: "x", environment: "T_INNER", isHidden: true),
      ], groups: [.exclusive("--one", "--two", "--inner")])
    #expect(Synopsis(CommandPath(root)).text == "tool [--one | --two] [options]")
    // Nor is its variable in the help.
    #expect(!HelpPage(CommandPath(root), .full).text().contains("T_INNER"))
  }

  @Test(
    "rule 15: the usage line shows groups, lists and what is required",
    arguments: [
      (Constraint.exclusive("A", "--bb"), "tool [A | --bb N]"),
      (.oneOf("A", "--bb"), "tool (A | --bb N)"),
      (.someOf("A", "--bb"), "tool (A | --bb N)..."),
      (.together("A", "--bb"), "tool [A --bb N]"),
    ])
  func synopsis(group: Constraint, text: String) {
    let specification = CommandSpecification(
      "tool", summary: "x", operands: [OptionalOperand("A", .text, help: "x")],
      options: [Option("bb", .integer, help: "x")], groups: [group])
    #expect(Synopsis(CommandPath(specification)).text == text + " [options]")
  }
}
