import Testing

@testable import Arguments

@Suite("Rules 20 to 26: commands, help and errors")
struct CommandsTests {
  private static let rows: [Row] = [
    Row(
      20, "queue admit abc", #"invalid value "abc" for COUNT: expected a whole number of at least 1, for example 10"#),
    Row(
      20, "queue admit --fill-to -1",
      #"invalid value "-1" for --fill-to: expected a whole number of at least 0, for example 10"#),
    Row(20, "queue admit 1 2", #"unexpected operand "2""#),

    Row(21, "queue", "tool queue needs a command"),
    Row(21, "queue -q", "tool queue needs a command"),
    Row(21, "", "tool needs a command"),

    Row(22, "que status", #"unknown command "que"; did you mean 'tool queue'?"#),
    Row(22, "queue stat", #"unknown command "stat"; did you mean 'tool queue status'?"#),
    Row(22, "queue amdit", #"unknown command "amdit"; did you mean 'tool queue admit'?"#),
    Row(22, "admit", #"unknown command "admit"; did you mean 'tool queue admit'?"#),
    Row(22, "outbox admit", #"unknown command "admit"; did you mean 'tool queue admit'?"#),
    Row(22, "secre", #"unknown command "secre""#),
    Row(22, "queue admit --dry", #"unknown option "--dry"; did you mean --dry-run?"#),
    Row(22, "queue admit --fill-too=5", #"unknown option "--fill-too"; did you mean --fill-to?"#),
    Row(22, "queue admit --no-colour", #"unknown option "--no-colour"; did you mean --no-color?"#),
    Row(22, "queue admit -quiet", #"unknown option "-quiet"; did you mean --quiet?"#),
    Row(22, "outbox replay --fill-to 5", #"unknown option "--fill-to"; --fill-to is an option of 'tool queue admit'"#),
    Row(22, "--fill-to 5 queue admit", #"unknown option "--fill-to"; --fill-to is an option of 'tool queue admit'"#),
    Row(22, "queue status -i", #"unknown option "-i"; -i is an option of 'tool outbox replay'"#),
    Row(22, "queue admit --zzzzzzzz", #"unknown option "--zzzzzzzz""#),

    Row(23, "help", "full help of tool"),
    Row(23, "help queue admit", "full help of tool queue admit"),
    Row(23, "queue help admit", "full help of tool queue admit"),
    Row(23, "queue admit --help", "full help of tool queue admit"),
    Row(23, "queue admit -h", "short help of tool queue admit"),
    Row(23, "--help queue admit", "full help of tool queue admit"),
    Row(23, "queue admit -nh", "short help of tool queue admit"),
    Row(23, "queue admit --bogus --help", "full help of tool queue admit"),
    Row(23, "--bogus queue admit --help", "full help of tool queue admit"),
    Row(23, "queue bogus status --help", "full help of tool queue"),
    Row(23, "queue admit abc -h", "short help of tool queue admit"),
    Row(23, "queue admit --reason --help", "full help of tool queue admit"),
    Row(23, "queue admit --reason=--help", "queue admit: --reason --help"),
    Row(23, "outbox replay -h", "short help of tool outbox replay"),
    Row(23, "help quee", #"unknown command "quee"; did you mean 'tool queue'?"#),
    Row(23, "help quee --help", "full help of tool"),
    Row(23, "index create help a b", #"index create: COLUMN ["a", "b"], TABLE help"#),

    Row(24, "--version", "version"),
    Row(24, "queue admit --version", "version"),
    Row(24, "--version --bogus", "version"),
    Row(24, "--version --help", "full help of tool"),
  ]

  @Test("commands, help and mistakes lead where the rules say", arguments: rows)
  func commands(row: Row) { #expect(Sample.outcome(row.line) == row.outcome) }

  @Test("rule 25: a usage error is a message, hints, one usage line and where help is")
  func errorText() throws {
    #expect(
      try Sample.error("queue admit --fil-to 5").text() == """
        tool: unknown option "--fil-to"
          hint: did you mean --fill-to?

        usage: tool queue admit [COUNT | --fill-to N] [options]
        for help: tool queue admit --help

        """)
    #expect(
      try Sample.error("index create").text() == """
        tool: missing TABLE and COLUMN (at least 2)

        usage: tool index create TABLE COLUMN... [options]
        for help: tool index create --help

        """)
  }

  @Test("rule 21: a noun alone gives its short help as its error")
  func nounAlone() throws {
    let error = try Sample.error("queue")
    #expect(error.kind == .missingCommand)
    #expect(
      error.text() == """
        usage: tool queue COMMAND [options]

        The waiting room

        Commands:
          status  Show the waiting room
          admit   Admit waiting people

        Everywhere: --context, --quiet, --verbose, --timeout, --password, --pin, --help,
          --version

        In full: tool queue --help

        """)
    #expect(UsageError.exitStatus == 64)
  }

  @Test(
    "rule 22: suggestions are near, the nearest first, and at most three",
    arguments: [
      ("stauts", ["status", "stats", "start"], ["status", "stats", "start"]),
      ("lst", ["list", "last", "lost", "lust"], ["list", "last", "lost"]),
      ("ad", ["admit", "add"], ["admit", "add"]),
      ("x", ["y", "list"], ["y"]),
      ("", ["list"], []),
      ("completely", ["list"], []),
      ("LIST", ["list"], ["list"]),
    ])
  func nearest(word: String, candidates: [String], expected: [String]) {
    #expect(Suggestions.nearest(to: word, among: candidates) == expected)
  }

  @Test(
    "rule 22: distances count insertions, deletions, replacements and swaps of neighbours",
    arguments: [
      ("", "abc", 3),
      ("abc", "abc", 0),
      ("abc", "acb", 1),
      ("abc", "ab", 1),
      ("abc", "abcd", 1),
      ("abc", "xbc", 1),
      ("ca", "abc", 3),
      ("abcdef", "badcfe", 3),
    ])
  func distances(one: String, other: String, distance: Int) {
    #expect(Suggestions.distance(Array(one.utf8), Array(other.utf8), atMost: 9) == distance)
    #expect(Suggestions.distance(Array(other.utf8), Array(one.utf8), atMost: 9) == distance)
  }

  @Test("rule 26: the same words give the same result, and the variable is the only thing asked for")
  func purity() {
    let line = "queue admit 5 --rate 7/s"
    #expect(Sample.outcome(line) == Sample.outcome(line))
    var asked: [String] = []
    _ = Sample.parser.parse([Array("queue".utf8), Array("status".utf8)]) { name in
      asked.append(name)
      return nil
    }
    #expect(asked == ["T_CONTEXT", "T_VERBOSE", "T_TIMEOUT", "T_PASSWORD", "T_PIN"])
  }
}
