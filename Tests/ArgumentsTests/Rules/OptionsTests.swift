import Testing

@testable import Arguments

@Suite("Options: rules 10 and 13 to 17")
struct OptionsTests {
  @Test(
    "rule 10: the last scalar wins, lists append, letters count, and --no- switches off",
    arguments: [
      ("queue admit --rate 1/s --rate 2/s", "queue admit: --rate 2/s"),
      (
        "queue admit --rate x --rate 2/s",
        #"invalid value 'x' for --rate: expected a rate above 0 (a number per s, min, h or d), for example 420/min"#
      ),
      ("outbox replay --topic t --id 1 -i2 --id=3", "outbox replay: --id [1, 2, 3], --topic t"),
      (
        "outbox replay --topic t --status INIT --status FAIL,RETRY",
        #"outbox replay: --status ["INIT", "FAIL", "RETRY"], --topic t"#
      ),
      ("outbox replay --topic t --status INIT,INIT", #"outbox replay: --status ["INIT", "INIT"], --topic t"#),
      ("queue status -vvv", "queue status: --verbose 3"),
      ("-v queue -v status --verbose", "queue status: --verbose 3"),
      ("queue admit -nn", "queue admit: --dry-run true"),
      ("queue admit --no-color", "queue admit: --color false"),
      ("queue admit --no-color --color", "queue admit: --color true"),
      ("queue admit --color --no-color", "queue admit: --color false"),
      (
        "queue admit --no-dry-run",
        #"unknown option '--no-dry-run'; leave the option out, which means the same"#
      ),
      (
        "queue admit --no-fill-to",
        #"unknown option '--no-fill-to'; leave the option out, which means the same"#
      ),
      (
        "queue admit --no-difference", #"unknown option '--no-difference'; leave the option out, which means the same"#
      ),
      // Neither is what leaving them out says: a default and a variable may say otherwise.
      ("queue admit --no-timeout", #"unknown option '--no-timeout'"#),
      ("queue admit --no-context", #"unknown option '--no-context'"#),
      ("cluster node disk check d --no-level", #"unknown option '--no-level'"#),
      ("queue admit --no-internals", #"unknown option '--no-internals'"#),
      ("queue status --no-dry-run", #"unknown option '--no-dry-run'"#),
    ])
  func repetition(line: String, outcome: String) { #expect(Sample.outcome(line) == outcome) }

  @Test("rule 10: what its variable may switch on can be switched off, what only a word can switch on cannot")
  func negatable() {
    #expect(Sample.force.isNegatable)
    #expect(Sample.color.isNegatable)
    #expect(Sample.compress.isNegatable)
    #expect(!Sample.dryRun.isNegatable)
    let line = "cluster node --no-force disk check d --host n:1 --size 1B"
    #expect(Sample.outcome(line, environment: ["T_FORCE": "1"]).contains("--force false,"))
  }

  @Test(
    "rule 13: all that is missing is reported at once, with an example",
    arguments: [
      (
        "index create",
        "missing TABLE and COLUMN (at least 2); TABLE: The table; COLUMN (at least 2): The columns, in order; for example: tool index create seat status id"
      ),
      (
        "index create t a",
        "missing COLUMN (at least 2); COLUMN (at least 2): The columns, in order; for example: tool index create seat status id"
      ),
      (
        "outbox replay --user u",
        "missing --topic TEXT and --key TEXT (with --user); --topic TEXT: Where to; for example: tool outbox replay --topic t --status INIT,FAIL | wc -l"
      ),
      (
        "cluster node disk check",
        "missing DISK, one of --host HOST:PORT or --link URL and one of --size SIZE or --share PERCENT; DISK: Which disk; "
          + "for example: tool cluster node disk check sda --host n1:9100 --size 1GiB"
      ),
    ])
  func missing(line: String, outcome: String) { #expect(Sample.outcome(line) == outcome) }

  @Test("rule 13: an operand and an option are missing together, and without an example none is shown")
  func missingTogether() {
    let root = CommandSpecification("tool", summary: "x", operands: [Sample.table], options: [Sample.topic])
    #expect(
      Sample.outcome([], of: Parser(root)) == "missing TABLE and --topic TEXT; TABLE: The table; --topic TEXT: Where to"
    )
  }

  @Test(
    "rule 14: a refused choice is answered with all of them, and the nearest",
    arguments: [
      (
        "outbox replay --status INT --topic t",
        #"invalid value 'INT' for --status: expected one of INIT, FAIL, RETRY; did you mean INIT?; try: tool outbox replay --status INIT --topic t"#
      ),
      (
        "outbox replay --status=INIT,retry --topic t",
        #"invalid value 'retry' for --status: expected one of INIT, FAIL, RETRY; did you mean RETRY?; try: tool outbox replay --status=INIT,RETRY --topic t"#
      ),
      (
        "outbox replay --status zzzzzz --topic t",
        #"invalid value 'zzzzzz' for --status: expected one of INIT, FAIL, RETRY"#
      ),
      (
        "cluster node disk check d --host n:1 --size 1B -lful",
        #"invalid value 'ful' for --level: expected one of brief, full, deep; did you mean full?; try: tool cluster node disk check d --host n:1 --size 1B -lfull"#
      ),
    ])
  func choices(line: String, outcome: String) { #expect(Sample.outcome(line) == outcome) }

  @Test(
    "rule 15: options that exclude or need each other are judged together",
    arguments: [
      ("queue admit 5 --fill-to 9", "COUNT and --fill-to cannot be used together"),
      ("outbox replay --topic t --user u", "--user also needs --key TEXT"),
      ("outbox replay --topic t --key k --user u", "outbox replay: --key k, --topic t, --user u"),
      ("cluster node disk check d --host n:1 --link a://b --size 1B", "--host and --link cannot be used together"),
      (
        "cluster node disk check d --size 1B",
        "give one of --host HOST:PORT or --link URL; for example: tool cluster node disk check sda --host n1:9100 --size 1GiB"
      ),
    ])
  func groups(line: String, outcome: String) { #expect(Sample.outcome(line) == outcome) }

  @Test(
    "rule 16: hidden options work and are never suggested; a former name works with one warning",
    arguments: [
      ("queue admit --internals", "queue admit: --internals true"),
      ("queue admit --internal", #"unknown option '--internal'"#),
      ("queue admit --difference 5", "queue admit: --delta 5.0; --difference is now called --delta"),
      (
        "queue admit --difference=5 --difference 6",
        "queue admit: --delta 6.0; --difference is now called --delta"
      ),
      ("secret", "secret: "),
      ("secre", #"unknown command 'secre'; tool has: queue, outbox, index, shift, cluster, help"#),
      ("queue secret", #"unknown command 'secret'; tool queue has: status, admit"#),
      ("queue status --internals", #"unknown option '--internals'"#),
      ("outbox replay --internal", #"unknown option '--internal'"#),
      ("queue status --buried", #"unknown option '--buried'"#),
      ("queue status --burie", #"unknown option '--burie'"#),
      ("queue status -B", #"unknown option '-B'"#),
      (
        "queue admit internals",
        #"invalid value 'internals' for COUNT: expected a whole number of at least 1, for example 10"#
      ),
      ("queue admit -internals", #"unknown option '-i'; -i is an option of 'tool outbox replay'"#),
      ("secret --buried", "secret: --buried true"),
    ])
  func hidden(line: String, outcome: String) { #expect(Sample.outcome(line) == outcome) }

  @Test("rule 16: a hidden noun isn't suggested for a verb before it")
  func hiddenNoun() {
    let show = CommandSpecification("show", summary: "x")
    let seat = CommandSpecification("seat", summary: "x", subcommands: [show], isHidden: true)
    let parser = Parser(CommandSpecification("tool", summary: "x", subcommands: [show, seat]))
    #expect(Sample.outcome(["show", "seat"], of: parser) == #"unexpected operand 'seat': this command takes none"#)
  }

  @Test("rule 16: the negation of a former name is a former name too")
  func formerNegation() {
    let line = "cluster node --no-zip disk check d --host n:1 --size 1B"
    #expect(Sample.outcome(line).contains("--compress false,"))
    #expect(Sample.outcome(line).hasSuffix("; --no-zip is now called --no-compress"))
  }

  @Test(
    "rule 17: options of a command hold before and after the words below it, and commas divide only where declared",
    arguments: [
      ("-q queue admit", "queue admit: --quiet true"),
      ("queue -q admit", "queue admit: --quiet true"),
      ("queue admit -q", "queue admit: --quiet true"),
      ("--context a queue admit --context b", "queue admit: --context b"),
      ("outbox replay --topic a,b --status INIT,FAIL", #"outbox replay: --status ["INIT", "FAIL"], --topic a,b"#),
      (
        "outbox replay --topic t --id 1,2",
        #"invalid value '1,2' for --id: expected a whole number, for example 10"#
      ),
      (
        "outbox replay --topic t --status INIT,,FAIL",
        #"invalid value 'INIT,,FAIL' for --status: expected one of INIT, FAIL, RETRY; an element of the list is empty"#
      ),
      (
        "outbox replay --topic t --status=",
        #"invalid value '' for --status: expected one of INIT, FAIL, RETRY; an element of the list is empty"#
      ),
    ])
  func globals(line: String, outcome: String) { #expect(Sample.outcome(line) == outcome) }

  @Test("rule 17: an option of each level is accepted at each place below it")
  func levels() {
    let words = "cluster node disk check d --host n:1 --size 1B".split(separator: " ").map(String.init)
    for place in 1...words.count where place != 6 && place != 8 {
      let line = words[..<place] + ["--region", "eu"] + words[place...]
      #expect(Sample.outcome(Array(line)).contains("--region eu,"), "\(line)")
    }
    #expect(Sample.outcome("--region eu cluster").hasPrefix(#"unknown option '--region'"#))
  }
}
