import Testing

@testable import Arguments

@Suite("Rules 10 to 17: options")
struct OptionsTests {
  private static let rows: [Row] = [
    Row(10, "queue admit --rate 1/s --rate 2/s", "queue admit: --rate 2/s"),
    Row(
      10, "queue admit --rate x --rate 2/s",
      #"invalid value "x" for --rate: expected a rate above 0 (a number per s, min, h or d), for example 420/min"#),
    Row(10, "outbox replay --topic t --id 1 -i2 --id=3", "outbox replay: --id [1, 2, 3], --topic t"),
    Row(
      10, "outbox replay --topic t --status INIT --status FAIL,RETRY",
      #"outbox replay: --status ["INIT", "FAIL", "RETRY"], --topic t"#),
    Row(10, "queue status -vvv", "queue status: --verbose 3"),
    Row(10, "-v queue -v status -v", "queue status: --verbose 3"),
    Row(10, "queue admit --no-color", "queue admit: --color false"),
    Row(10, "queue admit --no-color --color", "queue admit: --color true"),
    Row(10, "queue admit --color --no-color", "queue admit: --color false"),
    Row(10, "queue admit --no-dry-run", #"unknown option "--no-dry-run"; did you mean --dry-run?"#),

    Row(13, "index create", "missing TABLE and COLUMN (at least 2)"),
    Row(13, "index create t a", "missing COLUMN (at least 2)"),
    Row(13, "outbox replay", "missing --topic TEXT"),

    Row(
      14, "outbox replay --status INT --topic t",
      #"invalid value "INT" for --status: expected one of INIT, FAIL, RETRY; did you mean INIT?"#),
    Row(
      14, "outbox replay --status retry --topic t",
      #"invalid value "retry" for --status: expected one of INIT, FAIL, RETRY; did you mean RETRY?"#),
    Row(
      14, "outbox replay --status zzzzzz --topic t",
      #"invalid value "zzzzzz" for --status: expected one of INIT, FAIL, RETRY"#),

    Row(15, "queue admit 5 --fill-to 9", "COUNT and --fill-to exclude each other"),
    Row(15, "outbox replay --topic t --user u", "--user also needs --key"),
    Row(15, "outbox replay --topic t --key k --user u", "outbox replay: --key k, --topic t, --user u"),

    Row(16, "queue admit --internals", "queue admit: --internals true"),
    Row(16, "queue admit --internal", #"unknown option "--internal""#),
    Row(16, "queue admit --difference 5", "queue admit: --delta 5.0; --difference is now called --delta"),
    Row(
      16, "queue admit --difference=5 --difference 6", "queue admit: --delta 6.0; --difference is now called --delta"),

    Row(17, "-q queue admit", "queue admit: --quiet true"),
    Row(17, "queue -q admit", "queue admit: --quiet true"),
    Row(17, "queue admit -q", "queue admit: --quiet true"),
    Row(17, "--context a queue admit --context b", "queue admit: --context b"),
    Row(17, "outbox replay --topic a,b --status INIT,FAIL", #"outbox replay: --status ["INIT", "FAIL"], --topic a,b"#),
    Row(
      17, "outbox replay --topic t --id 1,2", #"invalid value "1,2" for --id: expected a whole number, for example 10"#),
    Row(
      17, "outbox replay --topic t --status INIT,,FAIL",
      #"invalid value "INIT,,FAIL" for --status: expected one of INIT, FAIL, RETRY; an element of the list is empty"#),
    Row(
      17, "outbox replay --topic t --status=",
      #"invalid value "" for --status: expected one of INIT, FAIL, RETRY; an element of the list is empty"#),
  ]

  @Test("options are read as the rules say", arguments: rows)
  func options(row: Row) { #expect(Sample.outcome(row.line) == row.outcome) }

  @Test(
    "rule 11: a variable gives the value, an empty one doesn't, and an error names it",
    arguments: [
      (["T_TIMEOUT": "9s"], "queue status: --timeout 9.0 seconds by T_TIMEOUT"),
      (["T_TIMEOUT": ""], "queue status: "),
      (["T_VERBOSE": "2"], "queue status: --verbose 2 by T_VERBOSE"),
      (
        ["T_VERBOSE": "yes"],
        #"invalid value "yes" for T_VERBOSE (--verbose): expected a count from 0 to 1000, for example 2"#
      ),
      (
        ["T_TIMEOUT": "9"],
        #"invalid value "9" for T_TIMEOUT (--timeout): expected a duration with its unit (ms, s, m, h, d, w), for example 1m30s; the unit is required: 9s or 9m"#
      ),
      (["T_PIN": "12"], "invalid value for T_PIN (--pin): expected a whole number from 1000 to 9999, for example 1000"),
    ])
  func environment(variables: [String: String], outcome: String) {
    #expect(Sample.outcome("queue status", environment: variables) == outcome)
  }

  @Test(
    "rule 11: a variable that is no UTF-8 is named, and a secret one isn't shown",
    arguments: [
      (
        "T_CONTEXT",
        #"invalid value "a\xff" for T_CONTEXT (--context): expected a text, for example abc; it is no UTF-8"#
      ),
      ("T_PASSWORD", "invalid value for T_PASSWORD (--password): expected a text, for example abc"),
    ])
  func badVariable(name: String, outcome: String) {
    let words = [Array("queue".utf8), Array("status".utf8)]
    let result = Sample.parser.parse(words, environment: { $0 == name ? [0x61, 0xFF] : nil })
    #expect(Sample.text(result) == outcome)
  }

  @Test(
    "rule 11: a secret is in no message, whatever is wrong with it",
    arguments: [
      "--pin hunter2 queue status", "--pin=hunter2 queue status", "--pin -Xunter2 queue status", "--password -Xunter2",
      "--password=hunter2 queue admit --pin 12 nonsense",
    ])
  func secrets(line: String) throws {
    let text = try Sample.error(line).text()
    #expect(!text.contains("unter2"))
    #expect(!text.contains("12\""))
  }

  @Test(
    "rule 11: switches accept the usual words in a variable",
    arguments: [
      ("1", true),
      ("true", true),
      ("YES", true),
      ("on", true),
      ("0", false),
      ("false", false),
      ("no", false),
      ("off", false),
    ])
  func switchVariable(text: String, isOn: Bool) throws {
    let toggle = Toggle("fast", help: "x", environment: "T_FAST")
    let parser = Parser(CommandSpecification("tool", summary: "x", options: [toggle]))
    guard case .run(let invocation) = parser.parse([], environment: ["T_FAST": text]) else { throw Sample.Unexpected() }
    #expect(invocation.values[toggle] == isOn)
    let refused = parser.parse([], environment: ["T_FAST": "maybe"])
    #expect(Sample.text(refused).hasPrefix(#"invalid value "maybe" for T_FAST (--fast): expected 1, true, yes or on"#))
  }

  @Test("rule 12: command line, then environment, then files in order, then the default; the origin is kept")
  func precedence() throws {
    let files = [
      FileValues(path: "near.yaml", values: ["context": "near"]),
      FileValues(path: "far.yaml", values: ["context": "far", "timeout": "7s"]),
    ]
    let environment = ["T_CONTEXT": "variable"]
    #expect(
      Sample.outcome("queue status -c line", environment: environment, files: files)
        == "queue status: --context line, --timeout 7.0 seconds by far.yaml")
    #expect(
      Sample.outcome("queue status", environment: environment, files: files)
        == "queue status: --context variable by T_CONTEXT, --timeout 7.0 seconds by far.yaml")
    #expect(
      Sample.outcome("queue status", files: files)
        == "queue status: --context near by near.yaml, --timeout 7.0 seconds by far.yaml")
    let bad = [FileValues(path: "bad.yaml", values: ["timeout": "x"])]
    #expect(Sample.outcome("queue status", files: bad).hasPrefix(#"invalid value "x" for --timeout in bad.yaml: "#))
    let values = try Sample.values("queue status -c line", environment: ["T_VERBOSE": "1"])
    #expect(values.origin(of: Sample.context) == .commandLine)
    #expect(values.origin(of: Sample.verbose) == .environment("T_VERBOSE"))
    #expect(values.origin(of: Sample.timeout) == .defaultValue)
    #expect(values[Sample.timeout] == .seconds(5))
  }

  @Test("rule 13: an operand and an option that are missing are reported together")
  func missingTogether() {
    let root = CommandSpecification("tool", summary: "x", operands: [Sample.table], options: [Sample.topic])
    #expect(Sample.text(Parser(root).parse([String]())) == "missing TABLE and --topic TEXT")
  }

  @Test(
    "rule 15: groups judge what was given, and the command line silences a variable",
    arguments: [
      (["--a", "1"], [:], ": --a 1"),
      ([], [:], "give one of --a, --b or NAME"),
      (["--a", "1", "--b", "2"], [:], "--a and --b exclude each other"),
      (["--a", "1", "--b", "2", "x"], [:], "--a, --b and NAME exclude each other"),
      (["--a", "1"], ["T_B": "2"], ": --a 1"),
      ([], ["T_B": "2"], ": --b 2 by T_B"),
    ])
  func oneOf(words: [String], environment: [String: String], outcome: String) {
    let root = CommandSpecification(
      "tool", summary: "x", operands: [OptionalOperand("NAME", .text, help: "x")],
      options: [Option("a", .integer, help: "x"), Option("b", .integer, help: "x", environment: "T_B")],
      groups: [.oneOf("--a", "--b", "NAME")])
    #expect(Sample.text(Parser(root).parse(words, environment: environment)) == outcome)
  }

  @Test("rule 15: a default is nothing given, and at least one means at least one")
  func groupsAndDefaults() {
    let first = DefaultedOption("first", .text, default: "x", help: "x")
    let second = Option("second", .text, help: "x")
    let exclusive = Parser(
      CommandSpecification("tool", summary: "x", options: [first, second], groups: [.exclusive("--first", "--second")]))
    #expect(Sample.text(exclusive.parse(["--second", "y"])) == ": --second y")
    let some = Parser(
      CommandSpecification("tool", summary: "x", options: [first, second], groups: [.someOf("--first", "--second")]))
    #expect(Sample.text(some.parse([String]())) == "give at least one of --first or --second")
    #expect(Sample.text(some.parse(["--first", "a", "--second", "b"])) == ": --first a, --second b")
  }

  @Test("keys give typed values, and what is absent gives the key's own answer")
  func typedValues() throws {
    let given = try Sample.values("queue admit 5 --rate 420/min --since @0 -vv -n --no-color")
    #expect(given[Sample.count] == 5)
    #expect(given[Sample.rate] == Rate(perSecond: 7))
    #expect(given[Sample.since] == .absolute(milliseconds: 0))
    #expect(given[Sample.verbose] == 2)
    #expect(given[Sample.dryRun])
    #expect(!given[Sample.color])
    let absent = try Sample.values("queue admit")
    #expect(absent[Sample.count] == nil)
    #expect(absent[Sample.rate] == nil)
    #expect(absent[Sample.verbose] == 0)
    #expect(!absent[Sample.dryRun])
    #expect(absent[Sample.color])
    #expect(absent[Sample.status] == ["INIT", "FAIL"])
    let create = try Sample.values("index create seat status id")
    #expect(try create[Sample.table] == "seat")
    #expect(create[Sample.columns] == ["status", "id"])
    #expect(try Sample.values("outbox replay --topic t")[Sample.topic] == "t")
  }

  @Test("a key that the specification doesn't hold never traps: absent, or an error where a value would be a lie")
  func undeclaredKeys() throws {
    let values = try Sample.values("queue status")
    #expect(values[Sample.columns] == [])
    #expect(values[Sample.count] == nil)
    #expect(throws: UndeclaredKey(name: "TABLE")) { try values[Sample.table] }
    #expect(throws: UndeclaredKey(name: "--topic")) { try values[Sample.topic] }
  }
}
