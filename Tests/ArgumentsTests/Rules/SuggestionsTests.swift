import Testing

@testable import Arguments

@Suite("Suggestions: rule 22")
struct SuggestionsTests {
  @Test(
    "rule 22: no abbreviation is taken; the command that was meant is suggested, from anywhere in the program",
    arguments: [
      ("que status", #"unknown command 'que'; did you mean 'tool queue'?; try: tool queue status"#),
      ("queue stat", #"unknown command 'stat'; did you mean 'tool queue status'?; try: tool queue status"#),
      ("queue amdit", #"unknown command 'amdit'; did you mean 'tool queue admit'?; try: tool queue admit"#),
      ("admit", #"unknown command 'admit'; did you mean 'tool queue admit'?; try: tool queue admit"#),
      ("admit 5", #"unknown command 'admit'; did you mean 'tool queue admit'?; try: tool queue admit 5"#),
      ("status queue", #"unknown command 'status'; did you mean 'tool queue status'?; try: tool queue status"#),
      ("outbox admit", #"unknown command 'admit'; did you mean 'tool queue admit'?; try: tool queue admit"#),
      ("admti", #"unknown command 'admti'; did you mean 'tool queue admit'?; try: tool queue admit"#),
      ("queue chek", #"unknown command 'chek'; did you mean 'tool cluster node disk check'?"#),
      // The words before it are more than commands, and none may be lost.
      ("-q outbox admit", #"unknown command 'admit'; did you mean 'tool queue admit'?"#),
      ("outbox list", #"unknown command 'list'; tool outbox has: replay"#),
      ("-q que status", #"unknown command 'que'; did you mean 'tool queue'?; try: tool -q queue status"#),
    ])
  func commands(line: String, outcome: String) { #expect(Sample.outcome(line) == outcome) }

  @Test(
    "rule 22: the option that was meant is suggested, or the command that has it",
    arguments: [
      ("queue admit --dry", #"unknown option '--dry'; did you mean --dry-run?; try: tool queue admit --dry-run"#),
      (
        "queue admit --fill-too=5",
        #"unknown option '--fill-too'; did you mean --fill-to?; try: tool queue admit --fill-to=5"#
      ),
      (
        "queue admit --no-colour",
        #"unknown option '--no-colour'; did you mean --no-color?; try: tool queue admit --no-color"#
      ),
      ("queue admit -quiet", #"unknown option '-quiet'; did you mean --quiet?; try: tool queue admit --quiet"#),
      ("outbox replay --fill-to 5", #"unknown option '--fill-to'; --fill-to is an option of 'tool queue admit'"#),
      ("outbox replay --fil-too 5", #"unknown option '--fil-too'; 'tool queue admit' has --fill-to"#),
      ("queue status -i", #"unknown option '-i'; -i is an option of 'tool outbox replay'"#),
      ("queue admit --zzzzzzzz", #"unknown option '--zzzzzzzz'"#),
      ("queue admit --ver", #"unknown option '--ver'; did you mean --verbose or --version?"#),
    ])
  func options(line: String, outcome: String) { #expect(Sample.outcome(line) == outcome) }

  @Test(
    "rule 22: an option before the command that has it is moved behind it",
    arguments: [
      (
        "--fill-to 5 queue admit",
        #"unknown option '--fill-to'; --fill-to is an option of 'tool queue admit'; try: tool queue admit --fill-to 5"#
      ),
      (
        "queue --dry-run admit 5",
        #"unknown option '--dry-run'; --dry-run is an option of 'tool queue admit'; try: tool queue admit 5 --dry-run"#
      ),
      (
        "queue --fill-to admit",
        #"unknown option '--fill-to'; --fill-to is an option of 'tool queue admit'"#
      ),
      ("queue --dry-run admit -- 5", #"unknown option '--dry-run'; --dry-run is an option of 'tool queue admit'"#),
      (
        "-r 7/s queue admit 5",
        #"unknown option '-r'; -r is an option of 'tool queue admit'; try: tool queue admit 5 -r 7/s"#
      ),
      (
        "-n queue admit 5",
        #"unknown option '-n'; -n is an option of 'tool queue admit'; try: tool queue admit 5 -n"#
      ),
    ])
  func moved(line: String, outcome: String) { #expect(Sample.outcome(line) == outcome) }

  @Test("rule 22: the opposite of what was asked for is no suggestion")
  func opposites() {
    let plain = Toggle("no-compression", help: "x")
    let place = CommandSpecification("place", summary: "x", options: [plain])
    let parser = Parser(
      CommandSpecification(
        "tool", summary: "x", subcommands: [place, CommandSpecification("other", summary: "x")]))
    for line in ["place --compression", "other --compression"] {
      #expect(Sample.outcome(Sample.words(line), of: parser) == #"unknown option '--compression'"#)
    }
  }

  @Test("rule 22: many owners are counted, not listed")
  func owners() {
    let verbs = ["aa", "bb", "cc", "dd", "ee"].map { name in
      CommandSpecification(name, summary: "x", options: [Toggle("fast", help: "x")])
    }
    let other = CommandSpecification("other", summary: "x")
    let parser = Parser(CommandSpecification("tool", summary: "x", subcommands: verbs + [other]))
    #expect(
      Sample.outcome(["other", "--fast"], of: parser)
        == #"unknown option '--fast'; --fast is an option of 'tool aa', 'tool bb', 'tool cc' and 2 more"#)
    #expect(
      Sample.outcome(["other", "--fsat"], of: parser)
        == #"unknown option '--fsat'; 'tool aa', 'tool bb', 'tool cc' and 2 more have --fast"#)
  }

  @Test("rule 22: an operand that is the noun of this verb is put before it")
  func reversed() {
    let show = CommandSpecification("show", summary: "x")
    let parser = Parser(
      CommandSpecification(
        "tool", summary: "x", options: [Sample.quiet],
        subcommands: [show, CommandSpecification("seat", summary: "x", subcommands: [show])]))
    #expect(
      Sample.outcome(["show", "seat"], of: parser)
        == #"unexpected operand 'seat': this command takes none; did you mean 'tool seat show'?; try: tool seat show"#)
    // With an option before it, which would be lost.
    #expect(
      Sample.outcome(["-q", "show", "seat"], of: parser)
        == #"unexpected operand 'seat': this command takes none; did you mean 'tool seat show'?"#)
  }

  @Test("rule 22: an option isn't moved behind the --, where it would be an operand")
  func movedBehindEnd() {
    let act = CommandSpecification(
      "act", summary: "x", operands: [OperandList("NAME", .text, help: "x")], options: [Toggle("fast", help: "x")])
    let parser = Parser(CommandSpecification("tool", summary: "x", subcommands: [act]))
    #expect(
      Sample.outcome(["--fast", "act", "--", "a"], of: parser)
        == #"unknown option '--fast'; --fast is an option of 'tool act'"#)
    #expect(Sample.outcome(["--fast", "act", "a"], of: parser).hasSuffix("; try: tool act a --fast"))
  }

  @Test(
    "rule 22: a command line that is offered runs, and the guess itself is never run",
    arguments: [
      "que status", "queue admit --fil-to 5", "--fill-to 5 queue admit", "queue admit --color=off",
      "queue admit -r=7/s",
      "queue admit -delta 5", "outbox replay --topic t --status INT", "queue admit --reason too many people",
      "queue status quiet",
    ])
  func corrections(line: String) throws {
    let words = Sample.words(line)
    let error = try Sample.error(words)
    let correction = try #require(error.correction)
    guard case .run = Sample.parser.parse(correction.applied(to: words.map(\.bytes))) else {
      return #expect(Bool(false), "\(line) is mended to what doesn't run")
    }
  }

  @Test("rule 22: what would still be wrong is suggested and not offered")
  func noCorrection() throws {
    for line in ["queue admit --fil-to x", "que", "outbox replay --statu INIT", "--password x queue admit --dry"] {
      #expect(try Sample.error(line).correction == nil, "\(line)")
    }
  }
}
