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
        Effect: changes data

        Examples:
          Admit the next 420 people
            $ tool queue admit 420

        Description:
          Moves people from the waiting room to the active set.

          Use it when the sale is stuck.

        Operands:
          [COUNT]  How many people to admit

        Options:
              --fill-to N     Admit until so many are active
          -n, --dry-run       Show the plan only
          -r, --rate RATE     How fast
              --[no-]color    Colour the output [default: on]
          -d, --delta NUMBER  A change
              --since TIME    From when on

        Consent:
              --reason TEXT  Why

        Global options: see `tool help options`

        Exit status:
          75  another admission is running
          Others: see `tool help options`

        See also:
          tool queue status, tool-queue-admit(1)

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

        Global options: --context, --quiet, --verbose, --timeout, --password, --pin,
          --help, --version

        Full help: tool outbox replay --help

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
    let text = HelpPage(Self.path("outbox", "replay"), .full).text(width: 100)
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
      "Examples", "Description", "Commands", "Operands", "Options", "Consent", "Group options", "Environment",
      "Exit status", "See also",
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
        == ["Examples", "Description", "Operands", "Options", "Consent", "Exit status", "See also"])
  }

  @Test(
    "rule 29: options of the groups between stand in full, the nearest group's first; those of the program in one line")
  func inherited() {
    let text = HelpPage(Self.path("cluster", "node", "disk", "check"), .full).text()
    let groups = text[(text.firstRange(of: "Group options:")?.upperBound ?? text.endIndex)...]
    let places = ["--[no-]force", "--[no-]compress", "--region", "Global options: see `tool help options`"].map {
      groups.firstRange(of: $0)?.lowerBound
    }
    #expect(places.allSatisfy { $0 != nil })
    #expect(places.compactMap(\.self) == places.compactMap(\.self).sorted())
    #expect(!text.contains("--context"))
  }

  @Test("rule 29: `help options` lists what all commands share: options, variables and exit statuses")
  func shared() {
    #expect(Sample.outcome("help options") == "options help of tool")
    let text = HelpPage(CommandPath(Sample.root), .options).text()
    for line in [
      "  -c, --context NAME      Where to work [env: T_CONTEXT]\n", "  -h, --help ", "      --version ", "\n  T_HOME ",
      "\n  69  a store cannot be reached\n",
    ] { #expect(text.contains(line), "\(line)") }
    #expect(!text.contains("internals"))
    #expect(HelpPage(CommandPath(Sample.root), .full).text().contains("\nGlobal options: see `tool help options`\n"))
    // A program without commands shares nothing: its page has all.
    let alone = CommandSpecification("tool", summary: "x", options: [Sample.quiet])
    #expect(HelpPage(CommandPath(alone), .full).text().contains("  -q, --quiet"))
    #expect(HelpPage(CommandPath(alone), .full).text().contains("  -h, --help"))
    // A command of that name comes first.
    let named = CommandSpecification("options", summary: "x", examples: [Example("tool options", "x")])
    let parser = Parser(CommandSpecification("tool", summary: "x", subcommands: [named]))
    #expect(Sample.outcome(["help", "options"], of: parser) == "full help of tool options")
  }

  @Test("the details stand in the manual alone, and the help names the page")
  func details() {
    let text = HelpPage(Self.path("queue", "admit"), .full).text()
    #expect(!text.contains("one at a time"))
    #expect(text.contains("tool-queue-admit(1)"))
    #expect(!HelpPage(Self.path("queue", "status"), .full).text().contains("(1)"))
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
        == "--loud and --fast cannot be used together")
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
