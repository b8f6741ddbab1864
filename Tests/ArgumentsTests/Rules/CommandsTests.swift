import Testing

@testable import Arguments

@Suite("Commands: rules 20 to 26")
struct CommandsTests {
  @Test(
    "rule 20: a refused value is quoted, its option named, what was expected said, with an example",
    arguments: [
      (
        "queue admit abc",
        #"invalid value 'abc' for COUNT: expected a whole number of at least 1, for example 10"#
      ),
      (
        "queue admit --fill-to -1",
        #"invalid value '-1' for --fill-to: expected a whole number of at least 0, for example 10"#
      ),
      ("queue admit 1 2", #"unexpected operand '2' after COUNT"#),
      ("queue status 1", #"unexpected operand '1': this command takes none"#),
      (
        "queue admit dry-run",
        #"invalid value 'dry-run' for COUNT: expected a whole number of at least 1, for example 10; did you mean --dry-run?; try: tool queue admit --dry-run"#
      ),
      (
        "queue status quiet",
        #"unexpected operand 'quiet': this command takes none; did you mean --quiet?; try: tool queue status --quiet"#
      ),
      ("shift 1 index", #"unexpected operand 'index' after OFFSET"#),
      ("shift 1 2 3", #"unexpected operands '2' and '3' after OFFSET"#),
      ("shift 1 2 3 4 5 6", #"unexpected operands '2', '3', '4' and 2 more after OFFSET"#),
    ])
  func values(line: String, outcome: String) { #expect(Sample.outcome(line) == outcome) }

  @Test(
    "rule 20: where the quotes of a text were forgotten, they are offered",
    arguments: [
      (
        ["queue", "admit", "--reason", "too", "many", "people"],
        "if --reason is several words, quote them: 'too many people'; try: tool queue admit --reason 'too many people'"
      ),
      (
        ["queue", "admit", "--reason=too", "many", "-n"],
        "if --reason is several words, quote them: 'too many'; try: tool queue admit '--reason=too many' -n"
      ),
      (
        ["queue", "status", "-c", "my", "context"],
        "if --context is several words, quote them: 'my context'; try: tool queue status -c 'my context'"
      ),
    ])
  func quotes(words: [String], advice: String) {
    #expect(Sample.outcome(words).hasSuffix("; " + advice))
  }

  @Test(
    "rule 20: where an option takes one value at a time, several are written for it",
    arguments: [
      (
        "outbox replay --topic t --id 1 2 3",
        #"unexpected operands '2' and '3': this command takes none; to give several values, write --id 1 --id 2 --id 3; "#
          + "try: tool outbox replay --topic t --id 1 --id 2 --id 3"
      ),
      (
        "outbox replay --topic t -i1 2",
        #"unexpected operand '2': this command takes none; to give several values, write --id 1 --id 2; "#
          + "try: tool outbox replay --topic t --id 1 --id 2"
      ),
      (
        "outbox replay --status=INIT FAIL --topic t",
        #"unexpected operand 'FAIL': this command takes none; to give several values, write --status INIT,FAIL; "#
          + "try: tool outbox replay --status INIT,FAIL --topic t"
      ),
      (
        "queue status --label a b c",
        #"unexpected operands 'b' and 'c': this command takes none; to give several values, write --label a,b,c; "#
          + "try: tool queue status --label a,b,c"
      ),
      ("outbox replay --topic t --id 1 x", #"unexpected operand 'x': this command takes none"#),
      ("outbox replay --id 1 --topic t 2", #"if --topic is several words, quote them: 't 2'; "#),
    ])
  func severalValues(line: String, outcome: String) { #expect(Sample.outcome(line).contains(outcome)) }

  @Test("rule 20: twenty words more are no forgotten quotes")
  func manyWords() {
    for (count, isOffered) in [(19, true), (20, false)] {
      let words = ["queue", "status", "--context"] + [String](repeating: "a", count: count + 1)
      #expect(Sample.outcome(words).contains("quote them") == isOffered, "\(count)")
    }
  }

  @Test("rule 20: so it is where an operand that is due refuses the second value")
  func severalBeforeOperand() {
    let command = CommandSpecification(
      "tool", summary: "x", operands: [Sample.count], options: [ListOption("tag", .text, help: "x")])
    #expect(
      Sample.outcome(["--tag", "a", "b"], of: Parser(command))
        == #"invalid value 'b' for COUNT: expected a whole number of at least 1, for example 10; "#
        + "to give several values, write --tag a --tag b; try: tool --tag a --tag b")
  }

  @Test("rule 20: an operand that is a text may be several words too, and a secret is never joined")
  func quotedOperands() {
    let name = Operand("NAME", .text, help: "x")
    let token = Option("token", .text, help: "x", isSecret: true)
    let parser = Parser(CommandSpecification("tool", summary: "x", operands: [name], options: [token]))
    #expect(
      Sample.outcome(["kim", "min", "su"], of: parser)
        == #"unexpected operands 'min' and 'su' after NAME; if NAME is several words, quote them: 'kim min su'; try: tool 'kim min su'"#
    )
    #expect(Sample.outcome(["kim", "--token", "a", "b"], of: parser) == #"unexpected operand 'b' after NAME"#)
  }

  @Test(
    "rule 21: a noun alone is no command, at any depth",
    arguments: [
      ("queue", "tool queue needs a command"),
      ("queue -q", "tool queue needs a command"),
      ("", "tool needs a command"),
      ("cluster node", "tool cluster node needs a command"),
      ("cluster node disk", "tool cluster node disk needs a command"),
      ("cluster node disk chek", #"unknown command 'chek'; did you mean 'tool cluster node disk check'?"#),
      ("cluster node disk check d --host n:1 --size 1B", "cluster node disk check: --host n:1, --size 1B, DISK d"),
    ])
  func nouns(line: String, outcome: String) { #expect(Sample.outcome(line) == outcome) }

  @Test("rule 21: a noun alone gives its short help as its error")
  func nounAlone() throws {
    let error = try Sample.error("queue")
    #expect(error.kind == .missingCommand)
    let help = """
      usage: tool queue COMMAND [options]

      The waiting room

      Commands:
        status  Show the waiting room
        admit   Admit waiting people

      Global options: --context, --quiet, --verbose, --timeout, --password, --pin,
        --help, --version

      Full help: tool queue --help

      """
    for isTerminal in [false, true] {
      #expect(error.text(words: ["queue".bytes], isTerminal: isTerminal) == help)
    }
    #expect(UsageError.exitStatus == 64)
  }

  @Test(
    "rule 23: help wins over mistakes, wherever it stands",
    arguments: [
      ("help", "full help of tool"),
      ("help queue admit", "full help of tool queue admit"),
      ("queue help admit", "full help of tool queue admit"),
      ("queue admit --help", "full help of tool queue admit"),
      ("queue admit -h", "short help of tool queue admit"),
      ("--help queue admit", "full help of tool queue admit"),
      ("queue admit -nh", "short help of tool queue admit"),
      ("queue admit -zh", "short help of tool queue admit"),
      ("queue admit -znhq", "short help of tool queue admit"),
      // A long name with one hyphen, and a value: no bundle with a letter too much.
      ("queue admit -zoth", #"unknown option '-z'"#),
      ("queue admit -Rh", #"unknown option '-R'; -R is an option of 'tool cluster'"#),
      ("-R x cluster node --help", "full help of tool cluster node"),
      ("-qR x cluster node --help", "full help of tool cluster node"),
      ("-Rx cluster node --help", "full help of tool cluster node"),
      ("queue status --fill-to --help", "full help of tool queue status"),
      ("queue status -R --help", "full help of tool queue status"),
      ("queue admit --bogus --help", "full help of tool queue admit"),
      ("--bogus queue admit --help", "full help of tool queue admit"),
      ("--fill-to 5 queue admit --help", "full help of tool queue admit"),
      ("queue bogus status --help", "full help of tool queue"),
      ("bogus help queue --help", "full help of tool"),
      ("queue admit abc -h", "short help of tool queue admit"),
      ("queue admit --reason --help", "full help of tool queue admit"),
      ("queue admit --reason=--help", "queue admit: --reason --help"),
      ("outbox replay -h", "short help of tool outbox replay"),
      ("help quee", #"unknown command 'quee'; did you mean 'tool queue'?"#),
      ("help quee --help", "full help of tool"),
      ("help help", "full help of tool help"),
      ("help options", "options help of tool"),
      ("queue help options", #"unknown command 'options'; tool queue has: status, admit"#),
      ("queue help help", "full help of tool help"),
      ("help queue admit help", #"unknown command 'help'"#),
      ("index create help a b", #"index create: COLUMN ["a", "b"], TABLE help"#),
    ])
  func help(line: String, outcome: String) { #expect(Sample.outcome(line) == outcome) }

  @Test(
    "rule 24: the version is asked for anywhere, and wins over mistakes, not over help",
    arguments: [
      ("--version", "version"),
      ("queue admit --version", "version"),
      ("--version --bogus", "version"),
      ("--version --help", "full help of tool"),
      (
        "queue admit -- --version",
        #"invalid value '--version' for COUNT: expected a whole number of at least 1, for example 10"#
      ),
    ])
  func version(line: String, outcome: String) { #expect(Sample.outcome(line) == outcome) }

  @Test("rule 26: the same words give the same result, and the variables are the only thing asked for")
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
