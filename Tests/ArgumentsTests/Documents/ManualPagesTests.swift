import Testing

@testable import Arguments

@Suite("Rule 30: the manual")
struct ManualPagesTests {
  private static let pages = manualPages(for: Sample.root, version: "1.2", date: "March 1, 2025")

  private static func page(_ name: String) -> String { pages.first { $0.name == name }?.text ?? "" }

  @Test("there is a page for the program, for each group and for each command")
  func names() {
    #expect(
      Self.pages.map(\.name) == [
        "tool.1", "tool-queue.1", "tool-queue-status.1", "tool-queue-admit.1", "tool-outbox.1", "tool-outbox-replay.1",
        "tool-index.1", "tool-index-create.1", "tool-shift.1", "tool-cluster.1", "tool-cluster-node.1",
        "tool-cluster-node-disk.1", "tool-cluster-node-disk-check.1",
      ])
  }

  @Test("the checker of mdoc has nothing to say", .enabled(if: Tool("mandoc") != nil))
  func lint() throws {
    let hostile = CommandSpecification(
      "tool", summary: "No It. An Xr 1 \"quoted\" \\backslash",
      discussion: ".Sh NAME\n\n'quote at the start. `.dot --flag` in code. Ends so\n\n  .listing\n  'as it is' - \\n",
      details: ".Pp\n\n  .Ed",
      examples: [Example(".Ed 'x' \\ \"y\"", ".Pp An Ed")],
      operands: [OptionalOperand("NO", .choice(["Xr", "It", ","]), help: "Ar")],
      options: [
        Option("it", .text, short: "N", placeholder: "An", help: ". Fl", section: "It's Xr"),
        Toggle("xr", isNegatable: true, help: "| ( )"),
      ],
      exitStatuses: [ExitStatus(1, ".")], environment: [EnvironmentVariable("NO", "'")],
      subcommands: [CommandSpecification("no", summary: "Xr", subcommands: [Sample.shift])])
    for page in Self.pages + manualPages(for: hostile, version: "1", date: "March 1, 2025") {
      let complaints = try Tool.withFile(page.text) { file in
        try Tool("mandoc")?.run(["-T", "lint", "-W", "warning", file]) ?? ""
      }
      #expect(complaints == "", "\(page.name)\n\(page.text)")
    }
  }

  @Test("what is typed is shown as it must be typed", .enabled(if: Tool("mandoc") != nil))
  func rendering() throws {
    let text = try Tool.withFile(Self.page("tool-queue-admit.1")) { file in
      try Tool("mandoc")?.run(["-T", "ascii", "-O", "width=78", file]) ?? ""
    }
    // Bold and underlined are overstruck: the character before a backspace is dropped.
    var plain = ""
    for scalar in text.unicodeScalars {
      if scalar == "\u{8}" { plain.unicodeScalars.removeLast() } else { plain.unicodeScalars.append(scalar) }
    }
    for line in [
      "tool queue admit [COUNT | --fill-to N] [options]", "-n, --dry-run", "--color, --no-color", "--fill-to N",
      "$ tool queue admit 420", "Colour the output.  [default: on]",
      "The options of tool(1) are accepted before or after the command's name.",
      "People are moved one at a time.", "This command changes data.", "69      a store", "75      another admission",
      "tool(1), tool-queue(1), tool-queue-status(1)",
    ] { #expect(plain.contains(line), "\(line)") }
    #expect(!plain.contains("internals"))
  }

  private static func titles(_ name: String) -> [String] {
    page(name).split(separator: "\n").filter { $0.hasPrefix(".Sh ") }.map { String($0.dropFirst(4)) }
  }

  @Test("the parts stand in the order of the manual, and the date is the one given")
  func order() {
    #expect(
      Self.titles("tool.1") == [
        "NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "GLOBAL OPTIONS", "ENVIRONMENT", "EXIT STATUS", "SEE ALSO",
      ])
    #expect(Self.titles("tool-queue.1") == ["NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "OPTIONS", "SEE ALSO"])
    #expect(
      Self.titles("tool-queue-admit.1") == [
        "NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "EXAMPLES", "SEE ALSO",
      ])
    #expect(Self.page("tool.1").contains("\n.Dd March 1, 2025\n.Dt TOOL 1\n.Os tool 1.2\n"))
    #expect(Self.pages.allSatisfy { !$0.text.contains("Nothing to see") })
  }

  @Test("a group's page lists its commands with their usage lines, and points to their pages")
  func group() {
    let page = Self.page("tool-queue.1")
    #expect(page.contains("\n.Nm \"tool queue admit\"\n[COUNT | --fill-to N] [options]\n"))
    #expect(page.contains("\n.It Xr tool-queue-admit 1\nAdmit waiting people.\n"))
    #expect(!page.contains("dry\\-run"))
    #expect(Self.page("tool.1").contains("\n.It Xr tool-shift 1\n"))
  }

  @Test("what the help says of a command stands in its page as well")
  func sameAsHelp() {
    for path in CommandPath(Sample.root).all where !path.isHidden {
      let page = Self.page(path.pageName + ".1").replacing("\\-", with: "-").replacing("\\&", with: "")
      let command = path.command
      let texts =
        command.options.filter { !$0.details.isHidden }.map(\.details.help) + command.operands.map(\.help)
        + command.examples.map(\.command) + command.exitStatuses.map(\.meaning)
      for text in texts { #expect(page.contains(text), "\(path.text): \(text)") }
    }
  }

  @Test(
    "text becomes a line a sentence, with everything escaped",
    arguments: [
      ("One. Two three.", ["One.", "Two three."]),
      (".dot", [#"\&.dot"#]),
      ("'tick", [#"\&'tick"#]),
      (#"a\b"#, [#"a\eb"#]),
      ("see `a --b` and `c`", [#"see \fBa \-\-b\fP and \fBc\fP"#]),
      ("`a^b~c'd`", [#"\fBa\(hab\(tic\(aqd\fP"#]),
      ("and so on... more", ["and so on... more"]),
      ("", []),
    ])
  func text(text: String, lines: [String]) { #expect(Roff.text(text) == lines) }

  @Test(
    "arguments of macros are no macros",
    arguments: [
      ("No Xr word", #"\&No \&Xr word"#),
      ("--dry-run", #"\-\-dry\-run"#),
      ("a \"b\"", #"a \&\(dqb\(dq"#),
      (",", #"\&,"#),
    ])
  func arguments(text: String, expected: String) { #expect(Roff.arguments(text) == expected) }
}
