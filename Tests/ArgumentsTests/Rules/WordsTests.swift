import Testing

@testable import Arguments

@Suite("Words: rules 1 to 9")
struct WordsTests {
  @Test(
    "rule 1: options are a hyphen and a letter, or two hyphens and a name in lower case",
    arguments: [
      ("queue admit -n", "queue admit: --dry-run true"),
      ("queue admit --dry-run", "queue admit: --dry-run true"),
      (
        "queue admit --DRY-RUN",
        #"unknown option '--DRY-RUN'; did you mean --dry-run?; try: tool queue admit --dry-run"#
      ),
      ("queue admit --n", #"unknown option '--n'; did you mean -n?; try: tool queue admit -n"#),
      (
        "queue admit -dry-run",
        #"invalid value 'ry-run' for --delta: expected a number, for example 0.5; did you mean --dry-run?; try: tool queue admit --dry-run"#
      ),
      ("queue admit -N", #"unknown option '-N'"#),
    ])
  func options(line: String, outcome: String) { #expect(Sample.outcome(line) == outcome) }

  @Test(
    "rule 2: letters stand in bundles, and the last may take a value, but not with =",
    arguments: [
      ("queue admit -nq", "queue admit: --dry-run true, --quiet true"),
      ("queue admit -nqr7/s", "queue admit: --dry-run true, --quiet true, --rate 7/s"),
      ("queue admit -nqr 7/s", "queue admit: --dry-run true, --quiet true, --rate 7/s"),
      ("queue admit -r7/s", "queue admit: --rate 7/s"),
      ("queue admit -r 7/s", "queue admit: --rate 7/s"),
      ("queue admit -c=", #"'-c=' is ambiguous; write -c '' or -c '='"#),
      ("queue admit -c=-x", #"'-c=-x' is ambiguous; write -c-x; try: tool queue admit -c-x"#),
      ("queue admit -c=-", #"'-c=-' is ambiguous; write -c - or -c-; try: tool queue admit -c-"#),
      ("queue admit -d=-5", #"'-d=-5' is ambiguous; write -d -5 or -d-5; try: tool queue admit -d-5"#),
      ("queue admit -r=", #"'-r=' is ambiguous"#),
      ("queue admit -r=x", #"'-r=x' is ambiguous"#),
      (
        "queue admit -r=7/s",
        #"'-r=7/s' is ambiguous; write -r 7/s or -r7/s; try: tool queue admit -r7/s"#
      ),
      (
        "queue admit -nr=7/s",
        #"'-r=7/s' is ambiguous; write -r 7/s or -r7/s; try: tool queue admit -nr7/s"#
      ),
      (
        "queue admit -rq",
        #"invalid value 'q' for --rate: expected a rate above 0 (a number per s, min, h or d), for example 420/min"#
      ),
      ("queue admit -nz", #"unknown option '-z'"#),
      ("queue admit -n한", #"unknown option '-한'"#),
      ("queue admit -n-q", #"unknown option '-'; did you mean -n -q?; try: tool queue admit -n -q"#),
      ("queue admit -n-z", #"unknown option '-'"#),
      ("index create t -q-5 a", #"unknown option '-'; if it is an operand, put -- before it: -- -q-5"#),
    ])
  func bundles(line: String, outcome: String) { #expect(Sample.outcome(line) == outcome) }

  @Test(
    "rule 3: the first = divides name and value, and an empty value is a value",
    arguments: [
      ("queue admit --reason a", "queue admit: --reason a"),
      ("queue admit --reason=a", "queue admit: --reason a"),
      ("queue admit --reason=a=b", "queue admit: --reason a=b"),
      ("queue admit --reason==", "queue admit: --reason ="),
      ("queue admit --reason=--", "queue admit: --reason --"),
      ("queue admit --reason=", "queue admit: --reason "),
      ("queue admit --reason ''", "queue admit: --reason "),
      ("queue admit --reason = 5", "queue admit: --reason =, COUNT 5"),
      ("queue admit", "queue admit: "),
      ("queue admit --=x", #"unknown option '--'"#),
    ])
  func values(line: String, outcome: String) { #expect(Sample.outcome(line) == outcome) }

  @Test(
    "rule 4: a value for an option that takes none is refused, with what says the same",
    arguments: [
      (
        "queue admit --dry-run=yes",
        #"--dry-run takes no value, but 'yes' was given; leave the value out: --dry-run; try: tool queue admit --dry-run"#
      ),
      (
        "queue admit --dry-run=no",
        #"--dry-run takes no value, but 'no' was given; leave the option out, which means the same; try: tool queue admit"#
      ),
      (
        "queue admit --color=off",
        #"--color takes no value, but 'off' was given; write --no-color instead; try: tool queue admit --no-color"#
      ),
      (
        "queue admit --no-color=1",
        #"--no-color takes no value, but '1' was given; leave the value out: --no-color; try: tool queue admit --no-color"#
      ),
      (
        "queue admit --no-color=false",
        #"--no-color takes no value, but 'false' was given; write --color instead; try: tool queue admit --color"#
      ),
      (
        "queue admit --verbose=2",
        #"--verbose takes no value, but '2' was given; write --verbose --verbose instead; try: tool queue admit --verbose --verbose"#
      ),
      (
        "queue admit --verbose=5",
        #"--verbose takes no value, but '5' was given; write --verbose --verbose --verbose --verbose --verbose instead; "#
          + "try: tool queue admit --verbose --verbose --verbose --verbose --verbose"
      ),
      (
        "queue admit --verbose=6",
        #"--verbose takes no value, but '6' was given; leave the value out: --verbose; try: tool queue admit --verbose"#
      ),
      (
        "queue admit -v=0",
        #"-v takes no value, but '0' was given; leave the option out, which means the same; try: tool queue admit"#
      ),
      (
        "queue admit --verbose=off",
        #"--verbose takes no value, but 'off' was given; leave the option out, which means the same; try: tool queue admit"#
      ),
      ("queue admit -nq=1", #"-q takes no value, but '1' was given; leave the value out: -q"#),
      (
        "queue admit --dry-run=",
        #"--dry-run takes no value, but '' was given; leave the value out: --dry-run; try: tool queue admit --dry-run"#
      ),
      ("queue admit --help=1", #"--help takes no value, but '1' was given; leave the value out: --help"#),
    ])
  func toggles(line: String, outcome: String) { #expect(Sample.outcome(line) == outcome) }

  @Test(
    "rule 5: -- ends the options, once; - alone is an operand",
    arguments: [
      ("index create -- -a -b --c", #"index create: COLUMN ["-b", "--c"], TABLE -a"#),
      ("index create a -- -- b", #"index create: COLUMN ["--", "b"], TABLE a"#),
      ("index create - b c", #"index create: COLUMN ["b", "c"], TABLE -"#),
      ("queue admit -- 5", "queue admit: COUNT 5"),
      ("queue -- admit 5", "queue admit: COUNT 5"),
      ("queue admit 5 --", "queue admit: COUNT 5"),
      (
        "queue admit -- --help",
        #"invalid value '--help' for COUNT: expected a whole number of at least 1, for example 10"#
      ),
      (
        "queue admit --reason --",
        #"--reason needs a value, and '--' looks like an option; if it is the value, attach it: --reason=--"#
      ),
      ("queue admit --reason -", "queue admit: --reason -"),
      (
        "queue admit -nr-",
        #"invalid value '-' for --rate: expected a rate above 0 (a number per s, min, h or d), for example 420/min"#
      ),
    ])
  func ends(line: String, outcome: String) { #expect(Sample.outcome(line) == outcome) }

  @Test(
    "rule 6: a word like an option is no value unless it is attached",
    arguments: [
      (
        "queue admit --reason --quiet",
        #"--reason needs a value, and '--quiet' looks like an option; if it is the value, attach it: --reason=--quiet"#
      ),
      (
        "queue admit --reason -5",
        #"--reason needs a value, and '-5' looks like an option; if it is the value, attach it: --reason=-5"#
      ),
      (
        "queue admit -r -n",
        #"--rate needs a value, and '-n' looks like an option; if it is the value, attach it: --rate=-n"#
      ),
      ("queue admit --reason=--quiet", "queue admit: --reason --quiet"),
      ("queue admit --reason", "--reason needs a value: expected a text, for example abc; --reason: Why"),
      (
        "queue admit -nr",
        "--rate needs a value: expected a rate above 0 (a number per s, min, h or d), for example 420/min; --rate: How fast"
      ),
      ("outbox replay --status", "--status needs a value: expected one of INIT, FAIL, RETRY; --status: Which events"),
    ])
  func missingValues(line: String, outcome: String) { #expect(Sample.outcome(line) == outcome) }

  @Test("rule 6: a word in the advice is quoted where a shell needs it")
  func quotedAdvice() {
    #expect(
      Sample.outcome(["queue", "admit", "--reason", "-a b"])
        == #"--reason needs a value, and '-a b' looks like an option; if it is the value, attach it: --reason='-a b'"#)
  }

  @Test(
    "rule 7: negative numbers go to options and operands that take numbers",
    arguments: [
      ("queue admit --delta -5", "queue admit: --delta -5.0"),
      ("queue admit --delta -1.5", "queue admit: --delta -1.5"),
      ("queue admit --delta -1e3", "queue admit: --delta -1000.0"),
      ("queue admit -d-5", "queue admit: --delta -5.0"),
      ("queue admit -nd -5", "queue admit: --delta -5.0, --dry-run true"),
      ("queue admit --delta=-5", "queue admit: --delta -5.0"),
      (
        "queue admit --delta -x",
        #"--delta needs a value, and '-x' looks like an option; if it is the value, attach it: --delta=-x"#
      ),
      (
        "queue admit --delta -.5",
        #"invalid value '-.5' for --delta: expected a number, for example 0.5; a digit stands before the point: -0.5"#
      ),
      ("queue admit --since -15m", "queue admit: --since ago(900.0 seconds)"),
      ("queue admit -5", #"invalid value '-5' for COUNT: expected a whole number of at least 1, for example 10"#),
      ("shift -1.5", "shift: OFFSET -1.5"),
      ("shift -1 -2", #"unexpected operand '-2' after OFFSET"#),
      ("outbox replay -5", #"unknown option '-5'"#),
      ("index create t -5 a", #"unknown option '-5'; if it is an operand, put -- before it: -- -5"#),
      ("index create t -- -5 a", #"index create: COLUMN ["-5", "a"], TABLE t"#),
    ])
  func negativeNumbers(line: String, outcome: String) { #expect(Sample.outcome(line) == outcome) }

  @Test("rule 7: a digit that is a short option is an option, not a negative operand")
  func digitOption() {
    let nine = Toggle("nine", short: "9", help: "A digit")
    let root = CommandSpecification("tool", summary: "x", operands: [Sample.offset], options: [nine])
    #expect(Sample.outcome(["-9", "5"], of: Parser(root)) == ": --nine true, OFFSET 5.0")
    #expect(
      Sample.outcome(["-8"], of: Parser(root)) == #"unknown option '-8'; if it is an operand, put -- before it: -- -8"#)
  }

  @Test(
    "rule 8: options and operands stand in any order, and empty words are words",
    arguments: [
      ("queue admit 5 -n", "queue admit: --dry-run true, COUNT 5"),
      ("index create t -q a -v b", #"index create: --quiet true, --verbose 1, COLUMN ["a", "b"], TABLE t"#),
      ("index create '' '' ''", #"index create: COLUMN ["", ""], TABLE "#),
      ("index create @file a b", #"index create: COLUMN ["a", "b"], TABLE @file"#),
      ("queue admit --reason @file", "queue admit: --reason @file"),
      ("''", #"unknown command ''; tool has: queue, outbox, index, shift, cluster, help"#),
      ("queue admit ''", #"invalid value '' for COUNT: expected a whole number of at least 1, for example 10"#),
    ])
  func order(line: String, outcome: String) { #expect(Sample.outcome(line) == outcome) }
}
