import Testing

@testable import Arguments

@Suite("Where values come from: rules 11 and 12")
struct OriginsTests {
  @Test(
    "rule 11: a variable gives the value, an empty one doesn't, and an error names it",
    arguments: [
      (["T_TIMEOUT": "9s"], "queue status: --timeout 9.0 seconds by T_TIMEOUT"),
      (["T_TIMEOUT": ""], "queue status: "),
      (["T_VERBOSE": "2"], "queue status: --verbose 2 by T_VERBOSE"),
      (
        ["T_VERBOSE": "yes"],
        #"invalid value 'yes' for T_VERBOSE (--verbose): expected a count from 0 to 1000, for example 2"#
      ),
      (
        ["T_TIMEOUT": "9"],
        #"invalid value '9' for T_TIMEOUT (--timeout): expected a duration with its unit (ms, s, m, h, d, w), for example 1m30s; the unit is required: 9s or 9m"#
      ),
      (["T_PIN": "12"], "invalid value for T_PIN (--pin): expected a whole number from 1000 to 9999, for example 1000"),
    ])
  func environment(variables: [String: String], outcome: String) {
    #expect(Sample.outcome("queue status", environment: variables) == outcome)
  }

  @Test(
    "rule 11: a variable that is not valid UTF-8 is named, and a secret one isn't shown",
    arguments: [
      (
        "T_CONTEXT",
        #"invalid value 'a\xff' for T_CONTEXT (--context): expected a text, for example abc; it is not valid UTF-8"#
      ),
      ("T_PASSWORD", "invalid value for T_PASSWORD (--password): expected a text, for example abc"),
    ])
  func badVariable(name: String, outcome: String) {
    let result = Sample.parser.parse(
      ["queue".bytes, "status".bytes], environment: { $0 == name ? [0x61, 0xFF] : nil })
    #expect(Sample.text(result) == outcome)
  }

  @Test(
    "rule 11: a secret is in no message and no echo, whatever is wrong with the line",
    arguments: [
      "--pin hunter2 queue status", "--pin=hunter2 queue status", "--pin -Xunter2 queue status", "--password -Xunter2",
      "--password=hunter2 queue admit --pin 12 nonsense", "--password hunter2 queue admt",
      "--pasword hunter2 queue status", "--pasword=hunter2 queue status", "-password hunter2 queue status",
      "queue status --passwort=hunter2", "bogus --password hunter2", "queue admit --password hunter2 --reason",
      "queue admit 1 2 --password=hunter2", "--password-url hunter2", "--password-url=hunter2", "--password:hunter2",
      "--passwordhunter2 queue", "--pin=hunter2", "--no-password hunter2", "--no-pin hunter2",
      "-password:hunter2 queue status",
    ])
  func secrets(line: String) throws {
    let text = try Sample.report(Sample.words(line))
    #expect(!text.contains("unter2"), "\(text)")
    #expect(!text.contains("12\""), "\(text)")
  }

  @Test("rule 11: a secret of another command, or behind its letter, isn't echoed either")
  func secretsElsewhere() throws {
    let login = CommandSpecification(
      "login", summary: "x", options: [Option("token", .text, short: "t", help: "x", isSecret: true)])
    let other = CommandSpecification("other", summary: "x")
    let parser = Parser(CommandSpecification("tool", summary: "x", subcommands: [login, other]))
    for line in [
      "logn --token hunter2", "other --token=hunter2", "other --tokn hunter2", "other -thunter2", "other -t hunter2",
      "login -t=hunter2", "login -token hunter2 x",
    ] {
      let words = Sample.words(line)
      guard case .failure(let error) = parser.parse(words) else { throw Sample.Unexpected() }
      let text = error.text(words: words.map(\.bytes), isTerminal: true)
      #expect(!text.contains("unter2"), "\(text)")
    }
  }

  @Test("rule 11: a bad byte in a secret, or in its option, doesn't show it")
  func badSecrets() throws {
    let options: [any OptionDeclaration] = [
      Option("redis", .text, short: "p", help: "x", isSecret: true, formerNames: ["cachestore"]),
      Option("region", .text, short: "r", help: "x"), Toggle("fast", short: "f", help: "x"),
    ]
    let parser = Parser(CommandSpecification("tool", summary: "x", options: options))
    let bad: [UInt8] = [0xFF]
    for start in [
      "--redis=", "--redsi=", "-redis=", "-redsi=", "-p", "-p=", "-fp", "--cachestore=", "--cachstore=", "--redis",
      "--redis:", "--redis-url=",
    ] {
      for value in [bad + "hunter2".bytes, "hun".bytes + bad + "ter2".bytes, "hunter2".bytes + bad] {
        let words = [start.bytes + value]
        guard case .failure(let error) = parser.parse(words) else { throw Sample.Unexpected() }
        let text = error.text(words: words, isTerminal: true)
        #expect(!text.contains("ter2") && !text.contains("hun"), "\(text)")
      }
    }
    for words in [["--red".bytes + bad + "is".bytes, "hunter2".bytes], ["-p".bytes, "hunter2".bytes + bad]] {
      guard case .failure(let error) = parser.parse(words) else { throw Sample.Unexpected() }
      #expect(!error.text(words: words, isTerminal: true).contains("hunter2"))
    }
    // It may begin in two places.
    let twice = ["-predis=hunter2".bytes + bad]
    guard case .failure(let error) = parser.parse(twice) else { throw Sample.Unexpected() }
    #expect(error.text(words: twice, isTerminal: true).contains("    tool -p...\n"))
    // What is known to be none is shown.
    let region = ["--region=eu".bytes + bad]
    guard case .failure(let shown) = parser.parse(region) else { throw Sample.Unexpected() }
    #expect(shown.text(words: region, isTerminal: true).contains(#"'--region=eu\xff'"#))
  }

  @Test("rule 11: a secret that is refused is neither corrected nor taken for another option")
  func refusedSecrets() {
    let options: [any OptionDeclaration] = [
      Option("kind", .choice(["alpha", "beta"]), help: "x", isSecret: true),
      Option("pin", .integer, short: "p", help: "x", isSecret: true), Toggle("plain", help: "x"),
    ]
    let parser = Parser(CommandSpecification("tool", summary: "x", options: options))
    #expect(Sample.outcome(["--kind", "alpa"], of: parser) == "invalid value for --kind: expected one of alpha, beta")
    #expect(
      Sample.outcome(["-plain"], of: parser) == "invalid value for --pin: expected a whole number, for example 10")
  }

  @Test(
    "rule 11: an option with a secret in it that stands where a value was wanted isn't in the message",
    arguments: [
      ["queue", "admit", "--reason", "--password=hunter2"], ["queue", "admit", "--reason", "--pasword=hunter2"],
      ["queue", "admit", "--reason", "-password=hunter2"], ["queue", "admit", "--reason", "--password:hunter2"],
    ])
  func secretAsValue(words: [String]) throws {
    let text = try Sample.report(words)
    #expect(!text.contains("hunter2"), "\(text)")
    #expect(text.hasPrefix("tool: --reason needs a value, and the next word looks like an option\n"))
  }

  @Test("rule 11: what follows the name of a secret is shown as far as it may be a name")
  func secretNames() {
    #expect(Sample.outcome("--password-url hunter2") == #"unknown option '--password-url'"#)
    #expect(Sample.outcome("--password:hunter2") == #"unknown option '--password...'"#)
    #expect(Sample.outcome("--passwords=x") == #"unknown option '--passwords'; did you mean --password?"#)
  }

  @Test("rule 11: an option of another command that only begins like a secret is none")
  func similarName() throws {
    let login = CommandSpecification("login", summary: "x", options: [Option("token-file", .path, help: "x")])
    let other = CommandSpecification(
      "other", summary: "x", options: [Option("token", .text, help: "x", isSecret: true)])
    let words = ["other", "--token-file", "a.txt"]
    let parser = Parser(CommandSpecification("tool", summary: "x", subcommands: [login, other]))
    guard case .failure(let error) = parser.parse(words) else { throw Sample.Unexpected() }
    #expect(error.secrets.isEmpty)
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
    #expect(Sample.text(refused).hasPrefix(#"invalid value 'maybe' for T_FAST (--fast): expected 1, true, yes or on"#))
  }

  @Test("rule 11: a list's variable holds what one word may hold")
  func listVariable() {
    let list = ListOption("part", .integer, separator: ",", help: "x", environment: "T_PART")
    let parser = Parser(CommandSpecification("tool", summary: "x", options: [list]))
    #expect(Sample.outcome([], environment: ["T_PART": "1,2"], of: parser) == ": --part [1, 2] by T_PART")
    #expect(Sample.outcome(["--part", "3"], environment: ["T_PART": "1,2"], of: parser) == ": --part [3]")
    #expect(
      Sample.outcome([], environment: ["T_PART": "1,x"], of: parser)
        == #"invalid value 'x' for T_PART (--part): expected a whole number, for example 10"#)
  }

  /// A file of the project, of the user and of the system.
  private static let files = [
    FileValues(path: "project.yaml", values: ["context": "project"]),
    FileValues(path: "user.yaml", values: ["context": "user", "timeout": "7s"]),
    FileValues(path: "system.yaml", values: ["context": "system", "timeout": "8s", "verbose": "1"]),
  ]

  @Test(
    "rule 12: the command line, then variables, then the files from the nearest to the farthest",
    arguments: [
      (
        "queue status -c line", ["T_CONTEXT": "variable"],
        "queue status: --context line, --timeout 7.0 seconds by user.yaml, --verbose 1 by system.yaml"
      ),
      (
        "queue status", ["T_CONTEXT": "variable", "T_VERBOSE": "3"],
        "queue status: --context variable by T_CONTEXT, --timeout 7.0 seconds by user.yaml, --verbose 3 by T_VERBOSE"
      ),
      (
        "queue status", [:],
        "queue status: --context project by project.yaml, --timeout 7.0 seconds by user.yaml, --verbose 1 by system.yaml"
      ),
    ])
  func precedence(line: String, environment: [String: String], outcome: String) {
    #expect(Sample.outcome(line, environment: environment, files: Self.files) == outcome)
  }

  @Test("rule 12: each value says where it came from, and one that nobody gave is the default's")
  func origins() throws {
    let values = try Sample.values("queue admit 5 -c line", environment: ["T_VERBOSE": "1"])
    #expect(values.origin(of: Sample.context) == .commandLine)
    #expect(values.origin(of: Sample.count) == .commandLine)
    #expect(values.origin(of: Sample.verbose) == .environment("T_VERBOSE"))
    #expect(values.origin(of: Sample.timeout) == .defaultValue)
    #expect(values[Sample.timeout] == .seconds(5))
    guard case .run(let invocation) = Sample.parser.parse(["queue", "status"], files: Self.files) else {
      throw Sample.Unexpected()
    }
    #expect(invocation.values.origin(of: Sample.timeout) == .file("user.yaml"))
  }

  @Test("rule 12: a file's mistake is said with the file")
  func badFile() {
    let bad = [FileValues(path: "bad.yaml", values: ["timeout": "x"])]
    #expect(Sample.outcome("queue status", files: bad).hasPrefix(#"invalid value 'x' for --timeout in bad.yaml: "#))
  }
}
